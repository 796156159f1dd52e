using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Measures.Wording;
using ReferralPortal.Web.Features.Progress.Recovery;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Progress.Reports;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

/// <summary>EQ-5D-5L from the paper form: recorded by what was answered, with and without its wording on the portal, and never scored.</summary>
public sealed class Eq5dTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    async Task<RecordedScore> Standing(TestReferral referral) => Assert.Single((await world.Measures(referral)).Of("eq5d5l"));

    [Theory]
    [InlineData("21232", "70", 6, new[] { 2, 1, 2, 3, 2, 70 })]
    [InlineData("21232", "", 5, new[] { 2, 1, 2, 3, 2, -1 })]
    [InlineData("", "0", 1, new[] { -1, -1, -1, -1, -1, 0 })]
    [InlineData("2-232", " 100 ", 5, new[] { 2, -1, 2, 3, 2, 100 })]
    public async Task What_stands_on_paper_is_kept_as_answers_and_no_score_is_made_up(string profile, string scale, int answered, int[] answers)
    {
        var referral = await world.AddReferral();
        Assert.True((await world.Record(referral.Id, "eq5d5l", OnPaper(profile, scale))).IsDone);
        Assert.Equal([("eq5d5l", null, answered, "eq5d5l-1", "clinic")], await world.Standing(referral.Id));
        Assert.Equal(answers.Select(answer => answer < 0 ? (int?)null : answer), (await Standing(referral)).Given);
    }

    [Theory]
    [InlineData("21239", "70", "Profile")]
    [InlineData("2123", "70", "Profile")]
    [InlineData("012345678901234567890", "70", "Profile")]
    [InlineData("21232", "101", "Scale")]
    [InlineData("21232", "-1", "Scale")]
    [InlineData("21232", "70.5", "Scale")]
    [InlineData("21232", "99999999999999", "Scale")]
    [InlineData(" ", "", "Profile")]
    [InlineData("-----", "", "Profile")]
    public async Task What_cannot_stand_there_is_refused_beside_its_field(string profile, string scale, string field)
    {
        var referral = await world.AddReferral();
        Assert.Equal([field], Assert.IsType<Failure.Invalid>((await world.Record(referral.Id, "eq5d5l", OnPaper(profile, scale))).Failure).Errors.Keys);
        Assert.Empty(await world.Standing(referral.Id));
    }

    [Fact]
    public async Task A_number_is_no_score_of_it() =>
        Assert.IsType<Failure.Invalid>((await world.Record((await world.AddReferral()).Id, "eq5d5l", Entered("70"))).Failure);

    [Fact]
    public async Task Loading_the_wording_later_changes_nothing_about_what_is_stored()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "eq5d5l", OnPaper("21232", "70"));
        var before = await Standing(referral);
        var version = await world.Ask<int>("select version from outcome_measure where key = 'eq5d5l'");
        try
        {
            Assert.Equal(6, (await new LoadWording(world.Database, world.Catalogue()).Handle(await world.Actor(Lead), new("eq5d5l", version, LoadWordingTests.Wording(OutcomeMeasures.Eq5d5l), "Licence 1"), Ct)).Value);

            var worded = await world.AddReferral();
            var form = Filled("21232.");
            form.Answers[5] = 70;
            Assert.True((await world.Record(worded.Id, "eq5d5l", form)).IsDone);
            var filledIn = await Standing(worded);
            Assert.Equal((before.Answers, before.Answered, before.Value, before.RuleVersion), (filledIn.Answers, filledIn.Answered, filledIn.Value, filledIn.RuleVersion));
            Assert.Equal(before.Given, (await Standing(referral)).Given);
        }
        finally
        {
            Assert.True((await new LoadWording(world.Database, world.Catalogue()).Handle(await world.Actor(Lead), new("eq5d5l", version + 1, null, ""), Ct)).IsDone);
        }
    }

    [Fact]
    public async Task The_clinic_reads_what_was_answered_in_recovery_and_a_party_only_when()
    {
        var referral = await world.AddReferral(others: [(CaseManager, PartyRole.CaseManager)]);
        await world.Record(referral.Id, "eq5d5l", OnPaper("21232", "70"));
        async Task<RecoveryScore> Read(string person, PortalDatabase database) =>
            (await new ReadRecovery(database).Handle(await world.Actor(person), referral.Reference, null, Ct)).Value!.Scores.Single(score => score.MeasureKey == "eq5d5l");

        Assert.Equal([2, 1, 2, 3, 2, 70], (await Read(Clinician, world.Database)).Given);
        foreach (var person in (string[])[Solicitor, CaseManager])
        {
            var score = await Read(person, world.Database);
            Assert.Equal((null, null, 6), (score.Answers, score.Value, score.Answered));
            Assert.Null((await Read(person, world.WithoutRowLevelSecurity())).Answers); // by the question alone
        }
    }

    [Fact]
    public async Task A_report_says_it_in_words_and_judges_a_change_by_the_measures_own_rule()
    {
        var referral = await world.Treated();
        await world.Record(referral.Id, "eq5d5l", OnPaper("21232", "70"));
        // Three points of ten: 30 % of the first score, which is less than five points and matters.
        await world.Record(referral.Id, "rmdq", Filled("111111111100000000000000"));
        await world.Record(referral.Id, "rmdq", Filled("111111100000000000000000"));

        var text = (await world.Draft(referral, ReportKind.Progress)).Sections.Single(section => section.Key == "scores").Text;
        Assert.Contains("EQ-5D-5L: 21232, VAS 70 on ", text);
        Assert.Contains("recorded, not scored", text);
        Assert.Matches("RMDQ: 10 on .*, 7 on .*, a meaningful improvement \\(at least 3\\)", text);
    }

    Task<BunitContext> Browser() => world.SignedIn(Clinician, services => services.AddMeasures()
        .AddSingleton<ITextSender>(new NotificationWorld.Texts(false)).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<LiveUpdates>().AddLogging());

    [Fact]
    public async Task A_clinician_types_it_from_the_form_and_puts_it_right()
    {
        var referral = await world.AddReferral();
        await using var browser = await Browser();
        var page = browser.Opened<FillMeasurePage>(it => it.Add(page => page.Reference, referral.Reference).Add(page => page.Key, "eq5d5l"));

        Assert.Contains("mobility, self-care, usual activities, pain/discomfort, anxiety/depression", page.Find("#profile-hint").TextContent);
        await page.InvokeAsync(() => page.Find("#profile").Input("21932"));
        await page.InvokeAsync(() => page.Find("#scale").Input("170"));
        await page.InvokeAsync(() => page.Button("Save answers").Click());
        page.WaitForAssertion(() => Assert.Contains("five digits from 1 to 5", page.Find("#profile-error").TextContent));
        Assert.Contains("from 0 to 100", page.Find("#scale-error").TextContent);

        await page.InvokeAsync(() => page.Find("#profile").Input("21232"));
        await page.InvokeAsync(() => page.Find("#scale").Input("70"));
        await page.InvokeAsync(() => page.Button("Save answers").Click());
        page.WaitForAssertion(() => Assert.Contains("The answers are saved.", page.Markup));
        page.WaitForAssertion(() => Assert.Equal("21232, VAS 70", page.Find(".taken strong").TextContent));

        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.StartsWith("Correct", StringComparison.Ordinal)).Click());
        Assert.Equal(("21232", "70"), (page.Find("#profile").GetAttribute("value"), page.Find("#scale").GetAttribute("value")));
        await page.InvokeAsync(() => page.Find("#profile").Input("11232"));
        await page.InvokeAsync(() => page.Find("#reason").Input("Misread"));
        await page.InvokeAsync(() => page.Button("Save correction").Click());
        page.WaitForAssertion(() => Assert.Contains("The answers are corrected.", page.Markup));
        Assert.Equal([1, 1, 2, 3, 2, 70], (await Standing(referral)).Given);
    }

    [Fact]
    public async Task The_panel_offers_it_and_shows_what_was_answered_first_and_last()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "eq5d5l", OnPaper("21232", "70"));
        await world.Record(referral.Id, "eq5d5l", OnPaper("11121", "85"));
        await using var browser = await Browser();
        var panel = browser.Render<MeasuresPanel>(it => it.Add(panel => panel.Reference, referral.Reference));
        panel.WaitForState(() => panel.FindAll("table").Count > 0);

        Assert.Contains(panel.FindAll("option"), option => option.TextContent == "EQ-5D-5L (profile and scale only)");
        var row = panel.FindAll("tbody tr").Single(row => row.TextContent.Contains("EQ-5D-5L", StringComparison.Ordinal));
        Assert.Equal(["21232, VAS 70", "11121, VAS 85", "Recorded, not scored"], row.QuerySelectorAll("td").Take(3).Select(cell => cell.TextContent.Trim()));
    }
}
