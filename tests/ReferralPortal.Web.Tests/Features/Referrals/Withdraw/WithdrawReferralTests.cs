using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Platform;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Withdraw;

public sealed class WithdrawReferralTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<Outcome<ReferralState>> Withdraw(string person, TestReferral referral, WithdrawReason? reason = WithdrawReason.ClaimEnded, string words = "", int? version = null) =>
        await new WithdrawReferral(database.Database, database.Catalogue()).Handle(await database.Actor(person), new(referral.Id, version ?? referral.Version, reason, words), Ct);

    [Theory]
    [InlineData(Solicitor)]
    [InlineData(Partner)]
    [InlineData(Triage)]
    public async Task Its_referrer_and_the_clinic_s_administrator_may_withdraw_it(string person)
    {
        var referral = await database.AddReferral(state: ReferralState.Accepted);
        Assert.True((await Withdraw(person, referral)).IsDone);
        await using var owner = await database.Owner();
        Assert.Equal(("withdrawn", 4, (DateTime?)null), await owner.QuerySingleAsync<(string, int, DateTime?)>("select state, version, due_at from referral where id = @Id", new { referral.Id }));
        Assert.Equal("withdrawn", await owner.ExecuteScalarAsync<string>("select distinct state from referral_party where referral_id = @Id", new { referral.Id }));
        Assert.Equal(("withdraw", "accepted", "withdrawn", "claim_ended"), await owner.QuerySingleAsync<(string, string, string, string)>(
            "select action, from_state, to_state, reason_code from referral_event where referral_id = @Id and version = 4", new { referral.Id }));
        Assert.Equal(1, await owner.ExecuteScalarAsync<int>("select count(*) from audit_entry where referral_id = @Id and action = 'withdraw'", new { referral.Id }));
        Assert.Equal(1, await owner.ExecuteScalarAsync<int>("select count(*) from outbox_message where referral_id = @Id and kind = 'referral_withdrawn'", new { referral.Id }));
    }

    [Theory]
    [InlineData(CaseManager)]
    [InlineData(Funder)]
    [InlineData(Clinician)]
    [InlineData(Lead)]
    public async Task A_party_that_did_not_send_it_is_refused(string person)
    {
        var referral = await database.AddReferral(others: [(CaseManager, PartyRole.CaseManager), (Funder, PartyRole.Funder)]);
        Assert.IsType<Failure.Refused>((await Withdraw(person, referral)).Failure);
    }

    [Theory]
    [InlineData(Stranger)]
    [InlineData(Auditor)]
    public async Task For_anybody_else_it_is_missing(string person) =>
        Assert.Same(Outcome.Missing, (await Withdraw(person, await database.AddReferral())).Failure);

    [Theory]
    [InlineData(ReferralState.Discharged)]
    [InlineData(ReferralState.Closed)]
    [InlineData(ReferralState.Declined)]
    [InlineData(ReferralState.Withdrawn)]
    public async Task What_has_ended_is_not_withdrawn(ReferralState state) =>
        Assert.IsType<Failure.Refused>((await Withdraw(Solicitor, await database.AddReferral(state: state))).Failure);

    [Fact]
    public async Task A_reason_is_needed_and_words_where_the_reason_says_nothing()
    {
        var referral = await database.AddReferral();
        Assert.Equal(["Reason"], ((Failure.Invalid)(await Withdraw(Solicitor, referral, reason: null)).Failure!).Errors.Keys);
        Assert.Equal(["Words"], ((Failure.Invalid)(await Withdraw(Solicitor, referral, WithdrawReason.Other, "  ")).Failure!).Errors.Keys);
        Assert.Equal(["Words"], ((Failure.Invalid)(await Withdraw(Solicitor, referral, words: new string('x', 2001))).Failure!).Errors.Keys);
    }

    [Fact]
    public async Task Somebody_who_saw_an_older_version_is_told_who_changed_it()
    {
        var referral = await database.AddReferral();
        Assert.True((await Withdraw(Triage, referral)).IsDone);
        var second = Assert.IsType<Failure.Conflict>((await Withdraw(Solicitor, referral)).Failure);
        Assert.Equal("Dana Whitfield", second.ChangedBy);
        Assert.Equal("withdrew the referral", second.WhatChanged);
    }

    [Fact]
    public async Task What_was_booked_is_cancelled_and_the_clinician_s_time_is_free_again()
    {
        var referral = await database.AddReferral(state: ReferralState.InTreatment);
        await using var owner = await database.Owner();
        await owner.ExecuteAsync("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
            select gen_random_uuid(), @Id, 'treatment', (select id from clinic limit 1), u.id, now() + interval '5 days', now() + interval '5 days 1 hour' from portal_user u where user_name = @Clinician
            """, new { referral.Id, Clinician });
        Assert.True((await Withdraw(Solicitor, referral)).IsDone);
        Assert.Equal([("attended", "5"), ("cancelled", "2")],
            (await owner.QueryAsync<(string, string)>("select state, attendance_code from appointment where referral_id = @Id order by starts_at", new { referral.Id })).ToList());
    }
}
