using Dapper;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Answer;

public sealed class AnswerRequestTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    // A Wednesday in winter, when London's clocks show UTC: the clinics are open from 8 to 20.
    readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 2, 4, 10, 0, 0, TimeSpan.Zero));

    async Task<Outcome<ReferralState>> Answer(string person, TestReferral referral, string words = "The left side.", int? version = null) =>
        await new AnswerRequest(database.On(clock), database.Catalogue()).Handle(await database.Actor(person), new(referral.Id, version ?? referral.Version, words), Ct);

    Task<TestReferral> Asked() => database.AddReferral(
        state: ReferralState.InformationRequested, submittedAt: clock.GetUtcNow().AddDays(-2),
        dueAt: clock.GetUtcNow().AddHours(-1), pausedAt: clock.GetUtcNow().AddHours(-3),
        others: [(CaseManager, PartyRole.CaseManager)]);

    [Fact]
    public async Task Answering_goes_back_to_triage_with_the_working_days_that_were_left()
    {
        var referral = await Asked();
        Assert.Equal(ReferralState.InTriage, (await Answer(Solicitor, referral)).Value);

        await using var owner = await database.Owner();
        // Triage is promised in working days: it stopped and was due on this same Wednesday, so it is due when the clinics close on it.
        var (state, due, paused) = await owner.QuerySingleAsync<(string, DateTime, DateTime?)>("select state, due_at, clock_paused_at from referral where id = @Id", new { referral.Id });
        Assert.Equal(("in_triage", new DateTime(2026, 2, 4, 20, 0, 0, DateTimeKind.Utc), null), (state, due.ToUniversalTime(), paused));
    }

    [Fact]
    public async Task The_answer_stands_on_the_timeline_of_every_party()
    {
        var referral = await Asked();
        await Answer(Solicitor, referral, "  The left side.\nSince March.  ");
        foreach (var person in (string[])[Solicitor, CaseManager, Triage])
        {
            var page = (await new ViewReferral(database.Database).Handle(await database.Actor(person), referral.Reference, Ct)).Value!;
            Assert.Equal("The left side.\nSince March.", page.Timeline[^1].Words);
        }
    }

    [Theory]
    [InlineData(CaseManager, typeof(Failure.Refused))]
    [InlineData(Triage, typeof(Failure.Refused))]
    [InlineData(Clinician, typeof(Failure.Refused))]
    [InlineData(Stranger, typeof(Failure.Missing))]
    [InlineData(Auditor, typeof(Failure.Missing))]
    public async Task Nobody_but_its_referrer_answers(string person, Type failure) =>
        Assert.IsType(failure, (await Answer(person, await Asked())).Failure);

    [Fact]
    public async Task A_colleague_of_the_referrer_may_answer() => Assert.True((await Answer(Partner, await Asked())).IsDone);

    [Theory]
    [InlineData("", "Write your answer")]
    [InlineData("   ", "Write your answer")]
    public async Task An_empty_answer_is_asked_for_again(string words, string error) =>
        Assert.Equal(error, Assert.IsType<Failure.Invalid>((await Answer(Solicitor, await Asked(), words)).Failure).Errors["Words"]);

    [Fact]
    public async Task Nothing_is_answered_that_was_not_asked() =>
        Assert.IsType<Failure.Refused>((await Answer(Solicitor, await database.AddReferral(state: ReferralState.InTriage))).Failure);

    [Fact]
    public async Task Two_colleagues_answering_at_once_store_one_answer()
    {
        var referral = await Asked();
        var both = await Task.WhenAll(Answer(Solicitor, referral, "From the solicitor"), Answer(Partner, referral, "From the partner"));
        Assert.Single(both, outcome => outcome.IsDone);
        Assert.Equal("answered the request for information", Assert.IsType<Failure.Conflict>(both.Single(outcome => !outcome.IsDone).Failure).WhatChanged);
    }
}
