using System.Text.Json;
using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.View;

public sealed class ViewReferralTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<Outcome<ReferralView>> Open(string person, string reference) =>
        await new ViewReferral(database.Database).Handle(await database.Actor(person), reference, Ct);

    async Task<ReferralView> See(string person, string reference) =>
        (await Open(person, reference)).Value ?? throw new InvalidOperationException($"{person} does not see {reference}.");

    [Fact]
    public async Task The_clinic_sees_all_of_it()
    {
        var referral = await database.AddReferral(others: [(CaseManager, PartyRole.CaseManager)]);
        var page = await See(Triage, referral.Reference);

        Assert.Equal(Sight.All, page.Sight);
        Assert.Equal("Maud Ollerenshaw", page.Header.PatientName);
        Assert.Equal(["Northgate Law", "Pennine Case Management", "Physio.co.uk"], page.Parties.Select(party => party.Organisation));
        Assert.Equal(ReferralWorld.Symptoms, page.Clinical!.Symptoms);
        Assert.Contains("bladder", page.Safety!.Answers);
        Assert.Equal("9434765919", page.Contact!.NhsNumber);
        Assert.Equal(["initial_assessment"], page.Reports.Select(report => report.Kind));
        Assert.Equal(["submit", "ask_for_information", "acknowledge_alert", "start_triage"], page.Timeline.Select(happened => happened.Action));
        Assert.Equal(new SessionCount(Used: 1, Missed: 0, Booked: 0, Authorised: 8), page.Sessions);
        Assert.Equal(7, page.Sessions.Left);
        Assert.Equal(RedFlagTier.Urgent, page.Header.StandingRedFlag);
    }

    [Fact]
    public async Task A_case_manager_sees_the_progress_but_not_what_the_clinic_keeps_to_itself()
    {
        var referral = await database.AddReferral(others: [(CaseManager, PartyRole.CaseManager)]);
        var page = await See(CaseManager, referral.Reference);

        Assert.Equal(["initial_assessment"], page.Reports.Select(report => report.Kind));
        Assert.DoesNotContain(page.Timeline, happened => happened.Audience == "clinic");
        Assert.Empty(page.Capacities);
    }

    [Fact]
    public async Task An_employer_sees_no_clinical_detail_of_its_worker_s_referral()
    {
        var referral = await database.AddReferral(referrer: Employer);
        var page = await See(Employer, referral.Reference);

        Assert.Null(page.Clinical);
        Assert.Null(page.Safety);
        Assert.Null(page.Injury);
        Assert.DoesNotContain(page.Timeline, happened => happened.Action is "acknowledge_alert");
        // The whole of what the page is given, searched for the words that were planted.
        var all = JsonSerializer.Serialize(page);
        foreach (var planted in (string[])[ReferralWorld.Symptoms, ReferralWorld.History, ReferralWorld.Told, ReferralWorld.GoalWords, "bladder", "nprs"])
            Assert.DoesNotContain(planted, all);
        // It refers, so it reads the question that it has to answer.
        Assert.Contains(ReferralWorld.Question, all);
    }

    [Fact]
    public async Task A_payer_sees_neither_the_safety_answers_nor_what_others_wrote_to_each_other()
    {
        var referral = await database.AddReferral(others: [(Funder, PartyRole.Funder)]);
        var page = await See(Funder, referral.Reference);

        var all = JsonSerializer.Serialize(page);
        foreach (var planted in (string[])[ReferralWorld.Symptoms, ReferralWorld.History, ReferralWorld.Told, ReferralWorld.Question, "bladder", "4 Mill Lane"])
            Assert.DoesNotContain(planted, all);
        Assert.Equal(640, Assert.Single(page.Authorities).Pounds);
    }

    [Fact]
    public async Task A_reader_who_does_not_see_safety_answers_does_not_see_their_mark_either()
    {
        var referral = await database.AddReferral(referrer: Employer, redFlag: RedFlagTier.Emergency);
        var page = await See(Employer, referral.Reference);
        Assert.Null(page.Header.RedFlagTier);
        Assert.Null(page.Header.StandingRedFlag);
        Assert.Null(page.Header.AlertAcknowledgedAt);
    }

    [Theory]
    [InlineData("as stored")]
    [InlineData("lower case")]
    [InlineData("without hyphens")]
    [InlineData("with the letter O")]
    public async Task A_reference_is_read_however_it_was_typed(string how)
    {
        var referral = await database.AddReferral();
        var typed = how switch
        {
            "lower case" => referral.Reference.ToLowerInvariant(),
            "without hyphens" => referral.Reference.Replace("-", ""),
            "with the letter O" => "R-" + referral.Reference[2..].Replace('0', 'O'),
            _ => referral.Reference,
        };
        Assert.Equal(referral.Reference, (await See(Solicitor, typed)).Header.Reference);
    }

    [Fact]
    public async Task A_stranger_s_a_nonexistent_and_an_impossible_reference_are_missing_alike()
    {
        var referral = await database.AddReferral();
        foreach (var person in (string[])[Stranger, CaseManager, Funder, Employer, Auditor])
        {
            foreach (var reference in (string[])[referral.Reference, Reference.FromNumber(1).ToString(), "R-0000-0001", "nonsense", "", new string('x', 5000)])
                Assert.Same(Outcome.Missing, (await Open(person, reference)).Failure);
        }
    }

    [Fact]
    public async Task Opening_it_is_audited_and_failing_to_open_it_leaves_no_trace_of_the_referral()
    {
        var referral = await database.AddReferral();
        await Open(Solicitor, referral.Reference);
        await Open(Stranger, referral.Reference);

        await using var owner = await database.Owner();
        var entries = await owner.QueryAsync<(string Action, string Name)>(
            "select a.action, u.user_name from audit_entry a join portal_user u on u.id = a.actor_id where a.referral_id = @Id", new { referral.Id });
        Assert.Equal([("view_referral", Solicitor)], entries);
    }

    [Fact]
    public async Task An_organisation_that_is_a_party_twice_sees_one_referral()
    {
        var referral = await database.AddReferral(others: [(Solicitor, PartyRole.CaseManager)]);
        var page = await See(Solicitor, referral.Reference);
        Assert.Equal(2, page.Header.MyRoles.Length);
    }
}
