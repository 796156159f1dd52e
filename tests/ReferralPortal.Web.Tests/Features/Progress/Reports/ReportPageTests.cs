using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>The pages as people meet them.</summary>
public sealed class ReportPageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    Task<BunitContext> Browser(string person) => database.SignedIn(person, services => services
        .AddSingleton<TimeProvider>(clock).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddProgress().AddFunding().AddClosing());

    [Fact]
    public async Task What_is_typed_is_saved_after_two_seconds_and_when_a_field_is_left()
    {
        var draft = await database.Draft(await database.Treated(), ReportKind.Progress);
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<WriteReportPage>(with => with.Add(one => one.Id, draft.Id));
        // Away from the page's dispatcher, which waits for it.
        string Kept(string part) => Task.Run(() => database.Ask<string>("select s ->> 'text' from report, jsonb_array_elements(content) s where id = @Id and s ->> 'key' = @part", new { draft.Id, part })).Result!;

        page.Find("#sections-treatment").Input("Exercise twice a week.");
        page.WaitForAssertion(() => Assert.Contains("Saving", page.Find(".saved").TextContent));
        clock.Advance(ReportKeeper.Soon);
        page.WaitForAssertion(() => Assert.Contains($"Saved {Web.Components.Display.Formats.Time(clock.GetUtcNow())}", page.Find(".saved").TextContent));
        Assert.Equal("Exercise twice a week.", Kept("treatment"));

        page.Find("#sections-next").Input("Three more sessions.");
        page.Find("#sections-next").Blur();
        page.WaitForAssertion(() => Assert.Equal("Three more sessions.", Kept("next")));
    }

    [Fact]
    public async Task Filling_again_shows_what_would_change_before_anything_does()
    {
        var referral = await database.Treated();
        var draft = await database.Draft(referral, ReportKind.Progress);
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<WriteReportPage>(with => with.Add(one => one.Id, draft.Id));
        page.Find("#sections-goals").Input("My own words.");
        AngleSharp.Dom.IElement Fill(string heading) => page.FindAll("button").Single(button => button.TextContent.Trim() == $"Fill again from the record for {heading}");

        await Fill("Goals").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("taken away: My own words.", page.Find(".difference del").TextContent));
        Assert.Contains(ReferralWorld.GoalWords, page.Find(".difference ins").TextContent);
        Assert.Equal("My own words.", page.Find("#sections-goals").GetAttribute("value"));
        await page.Press("Keep what is written");
        Assert.Empty(page.FindAll(".difference"));

        await Fill("Goals").ClickAsync(new());
        page.WaitForElement(".difference");
        await page.Press("Replace");
        page.WaitForAssertion(() => Assert.Contains(ReferralWorld.GoalWords, page.Find("#sections-goals").GetAttribute("value")));
        await Fill("Next step").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("The record says nothing about this.", page.Markup));
    }

    [Fact]
    public async Task Signing_asks_for_the_name_and_leads_to_the_signed_report()
    {
        var draft = await database.Draft(await database.Treated(), ReportKind.Progress);
        await database.Fill(draft);
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<WriteReportPage>(with => with.Add(one => one.Id, draft.Id));
        Assert.Equal(["At once", "After the patient has checked the facts, or after 3 working days"], page.FindAll("#release .choice > span").Select(label => label.FirstChild!.TextContent.Trim()));

        await page.Press("Sign report");
        page.WaitForAssertion(() => Assert.Contains("There is a problem", page.Find("[role=alert]").TextContent));
        page.Find("#signature").Input("Beth Entwistle");
        await page.Press("Sign report");
        page.WaitForAssertion(() => Assert.EndsWith($"/reports/{draft.Id}", browser.Address().Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_tab_that_saved_stops_this_one_and_what_is_typed_stays_on_the_page()
    {
        var draft = await database.Draft(await database.Treated(), ReportKind.Progress);
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<WriteReportPage>(with => with.Add(one => one.Id, draft.Id));
        await database.Fill(draft, "from another tab");
        page.Find("#sections-work").Input("Back at work.");
        page.Find("#sections-work").Blur();
        page.WaitForAssertion(() => Assert.Contains("Saving has stopped.", page.Find("[role=alert]").TextContent));
        Assert.Equal("Back at work.", page.Find("#sections-work").GetAttribute("value"));
    }

    [Fact]
    public async Task The_preview_has_a_tab_for_each_reader_and_shows_what_that_reader_sees()
    {
        var draft = await database.Draft(await database.Treated(), ReportKind.InitialAssessment);
        await database.Fill(draft);
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<PreviewReportPage>(with => with.Add(one => one.Id, draft.Id));
        Assert.Equal(["Referrer", "Case manager", "Funder", "Patient"], page.FindAll(".tabs a").Select(tab => tab.TextContent.Trim()));
        Assert.Contains("[subjective]", page.Find("article").TextContent);
        browser.Address().NavigateTo($"/reports/{draft.Id}/preview?tab=funder");
        page.WaitForAssertion(() => Assert.DoesNotContain("[subjective]", page.Find("article").TextContent));
        Assert.Contains("leaves out what the patient told in confidence", page.Find("article").TextContent);
        Assert.Contains("To be signed by Beth Entwistle", page.Find("article footer").TextContent);
    }

    [Fact]
    public async Task A_reader_asks_on_the_page_and_the_author_answers_there()
    {
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        await using (var browser = await Browser(Solicitor))
        {
            var page = browser.Opened<ReadReportPage>(with => with.Add(one => one.Id, report));
            Assert.Equal($"/referrals/{referral.Reference}?tab=progress", page.Find("a.back").GetAttribute("href"));
            Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Trim() == "Amend");
            page.WaitForAssertion(() => page.Button("Ask the author"));
            await page.Press("Ask the author");
            page.Find("#part").Change("1");
            page.Find("#question").Input("Which exercises?");
            await page.Press("Send question");
            page.WaitForAssertion(() => Assert.Contains("due in", page.Find(".threads").TextContent));
        }
        await using (var browser = await Browser(Clinician))
        {
            var work = browser.Render<ReportWork>();
            work.WaitForAssertion(() => Assert.Contains("Northgate Law asks: due in", work.Markup));
            var page = browser.Opened<ReadReportPage>(with => with.Add(one => one.Id, report));
            page.WaitForElement(".threads textarea").Input("Rows and rotations.");
            await page.Press("Send answer");
            page.WaitForAssertion(() => Assert.Contains("Answered", page.Find(".thread-head").TextContent));
            Assert.Contains("Rows and rotations.", page.Find(".answer").TextContent);
        }
    }

    [Fact]
    public async Task An_amendment_begins_with_its_reason()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress);
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<ReadReportPage>(with => with.Add(one => one.Id, report));
        await page.Press("Amend");
        await page.Press("Write the amendment");
        page.WaitForAssertion(() => Assert.Contains("Say in up to 1,000 characters", page.Find(".confirm .has-error").TextContent));
        page.Find("#amendment-reason").Input("The side was wrong.");
        await page.Press("Write the amendment");
        page.WaitForAssertion(() => Assert.EndsWith("/edit", browser.Address().Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_panel_shows_each_version_and_who_has_read_it_and_offers_what_may_be_written_now()
    {
        var referral = await database.Treated();
        var (report, withPatient) = (await database.Signed(referral, ReportKind.Progress), await database.Signed(referral, ReportKind.Discharge, patientChecks: true));
        await database.Opened(Solicitor, report);
        await using var browser = await Browser(Clinician);
        var panel = browser.Render<ReportsPanel>(with => with.Add(one => one.ReferralId, referral.Id).Add(one => one.Version, referral.Version));
        panel.WaitForElement(".reports");
        var rows = panel.FindAll(".reports > li").ToDictionary(row => row.QuerySelector("a")!.GetAttribute("href")!, row => row.TextContent);
        Assert.Contains("Opened by 1 reader", rows[$"/reports/{report}"]);
        Assert.Contains("Amara Okafor, Northgate Law", rows[$"/reports/{report}"]);
        Assert.Contains("With the patient until", rows[$"/reports/{withPatient}"]);
        await panel.Press("Write report");
        Assert.Equal(["Initial assessment report", "Progress report", "Discharge report", "Immediate needs assessment"], panel.FindAll("#kind .choice").Select(choice => choice.TextContent.Trim()));
    }

    [Fact]
    public async Task The_clinic_sees_with_whom_a_report_is_and_its_author_releases_it()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress, patientChecks: true);
        await using (var triage = await Browser(Triage))
            Assert.DoesNotContain(triage.Opened<ReadReportPage>(with => with.Add(one => one.Id, report)).FindAll("button"), button => button.TextContent.Trim() == "Release now");
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<ReadReportPage>(with => with.Add(one => one.Id, report));
        Assert.Contains("Not released: no reader sees it yet.", page.Markup);
        await page.Press("Release now");
        page.WaitForAssertion(() => Assert.DoesNotContain("Not released", page.Markup));
    }
}
