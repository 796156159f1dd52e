using System.Text.Json;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Home;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Home;

public sealed class ReadHomeTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<HomeView?> Home(string person) => await new ReadHome(database.Database).Handle(await database.Actor(person), Ct);

    [Fact]
    public async Task A_referrer_sees_what_the_clinic_asks_it_and_what_changed()
    {
        var asked = await database.AddReferral(Health, ReferralState.InformationRequested);
        var home = (await Home(Health))!;
        Assert.Equal(asked.Id, Assert.Single(home.ToAnswer).Id);
        Assert.Equal(1, home.Count(ReferralState.InformationRequested));
        Assert.Contains(home.Changes, change => change.Reference == asked.Reference);
        Assert.Empty(home.Alerts);
    }

    [Fact]
    public async Task What_somebody_else_has_to_answer_is_not_asked_of_a_case_manager()
    {
        await database.AddReferral(Solicitor, ReferralState.InformationRequested, others: [(CaseManager, PartyRole.CaseManager)]);
        Assert.Empty((await Home(CaseManager))!.ToAnswer);
    }

    [Fact]
    public async Task The_clinic_sees_red_flags_that_nobody_has_cleared_the_emergencies_first()
    {
        var urgent = await database.AddReferral(state: ReferralState.Submitted, redFlag: RedFlagTier.Urgent, submittedAt: DateTimeOffset.UtcNow.AddDays(-3000));
        var emergency = await database.AddReferral(state: ReferralState.Submitted, redFlag: RedFlagTier.Emergency);
        var ended = await database.AddReferral(state: ReferralState.Withdrawn, redFlag: RedFlagTier.Emergency);
        var alerts = (await Home(Triage))!.Alerts.Select(alert => alert.Id).ToList();
        Assert.True(alerts.IndexOf(emergency.Id) >= 0 && alerts.IndexOf(emergency.Id) < alerts.IndexOf(urgent.Id));
        Assert.DoesNotContain(ended.Id, alerts);
    }

    [Fact]
    public async Task A_stopped_clock_is_not_overdue()
    {
        var before = (await Home(Triage))!.Overdue;
        await database.AddReferral(state: ReferralState.InTriage, dueAt: DateTimeOffset.UtcNow.AddDays(-2));
        await database.AddReferral(state: ReferralState.InformationRequested, dueAt: DateTimeOffset.UtcNow.AddDays(-2), pausedAt: DateTimeOffset.UtcNow.AddDays(-3));
        Assert.Equal(before + 1, (await Home(Triage))!.Overdue);
    }

    [Fact]
    public async Task Nothing_of_it_shows_to_a_stranger_by_either_wall_alone()
    {
        var referral = await database.AddReferral(Solicitor, ReferralState.InformationRequested, others: [(Funder, PartyRole.Funder)]);
        var member = await database.Actor(Solicitor);
        async Task<bool> Shows(PortalDatabase through, Actor actor)
        {
            var home = new ReadHome(through);
            return JsonSerializer.Serialize(await home.Handle(actor, Ct)).Contains(referral.Reference) || await home.Concerns(actor, referral.Id, Ct);
        }

        Assert.True(await Shows(database.Database, member));
        Assert.True(await Shows(database.WithoutRowLevelSecurity(), (await database.Actor(Stranger)).DisguisedAs(member)));
        foreach (var person in (string[])[Stranger, Intermediary, Auditor])
        {
            var stranger = await database.Actor(person);
            Assert.False(await Shows(database.Database, stranger));
            Assert.False(await Shows(database.WithoutRowLevelSecurity(), stranger));
            Assert.False(await Shows(database.Database, stranger.DisguisedAs(member)));
        }
    }

    [Fact]
    public async Task An_employer_s_changes_say_nothing_of_red_flags()
    {
        await database.AddReferral(Employer, redFlag: RedFlagTier.Emergency);
        var home = (await Home(Employer))!;
        Assert.NotEmpty(home.Changes);
        Assert.DoesNotContain(home.Changes, change => change.Happened.Action == "acknowledge_alert");
    }

    [Fact]
    public async Task An_auditor_has_no_referrals_at_home() => Assert.Null(await Home(Auditor));
}
