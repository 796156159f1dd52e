using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Dashboard;

/// <summary>The pages as the clinic manager sees them.</summary>
public sealed class DashboardPageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    readonly FakeTimeProvider clock = TestClock.At("2026-11-26 12:00");

    Task<BunitContext> Browser(string person = Lead) => database.SignedIn(person, services => services
        .AddSingleton<TimeProvider>(clock).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddProgress().AddDashboard());

    async Task<TestReferral> World()
    {
        await database.Sent("2026-11-10 08:00", Stranger).Then(database, "accept", "2026-11-11 08:00", ReferralState.Accepted);
        await database.Sent("2026-11-24 09:00").Runs(database, "triage", "2026-11-25 20:00");
        return await database.Sent("2026-11-09 10:00").Then(database, "decline", "2026-11-10 10:00", ReferralState.Declined, "outside_area");
    }

    [Fact]
    public async Task Every_figure_leads_to_the_referrals_behind_it_and_every_chart_has_its_table()
    {
        var declined = await World();
        await using var browser = await Browser();
        var page = browser.Opened<DashboardPage>(_ => { });

        Assert.Equal("2 Nov 2026 to 26 Nov 2026", page.Find(".period strong").TextContent);
        var tiles = page.FindAll(".counts a").ToDictionary(tile => tile.QuerySelector(".label")!.TextContent, tile => (tile.QuerySelector(".number")!.TextContent, tile.GetAttribute("href")));
        Assert.True(int.Parse(tiles["received"].TextContent, System.Globalization.CultureInfo.InvariantCulture) >= 3);
        Assert.Equal("/admin/dashboard/referrals?measure=declined", tiles["declined"].Item2);
        Assert.Equal("/triage?tab=overdue", tiles["overdue now"].Item2);

        // Each chart is named by its sentence, and its numbers stand in a table with a caption; each week leads to its referrals.
        var charts = page.FindAll("figure.week-chart");
        Assert.True(charts.Count >= 3);
        Assert.All(charts, chart =>
        {
            Assert.Contains("The same numbers stand in the table below.", chart.QuerySelector("svg[role=img]")!.GetAttribute("aria-label"), StringComparison.Ordinal);
            Assert.NotEmpty(chart.QuerySelector("table caption")!.TextContent);
            Assert.Equal(4, chart.QuerySelectorAll("tbody tr").Length);
        });
        Assert.Contains(page.FindAll("figure.week-chart a"), link => link.GetAttribute("href") == "/admin/dashboard/referrals?measure=received&week=2026-11-09");
        Assert.All(page.FindAll("table"), table => Assert.NotNull(table.QuerySelector("caption")));

        // Reasons stand with the clinic's own words, and lead on.
        var reason = page.FindAll("table").Single(table => table.QuerySelector("caption")!.TextContent == "Declined by reason").QuerySelector("tbody tr")!;
        Assert.Equal("Outside the area we serve", reason.QuerySelector("th")!.TextContent);
        browser.Address().NavigateTo(reason.QuerySelector("a")!.GetAttribute("href")!);
        var list = browser.Opened<BehindFigurePage>(_ => { });
        Assert.Contains(list.FindAll("tbody a"), link => link.GetAttribute("href") == $"/referrals/{declined.Reference}");
        Assert.Contains("Outside the area we serve · 2 Nov 2026 to 26 Nov 2026", list.Find(".lead").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Ollerenshaw", list.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_chosen_stands_in_the_address()
    {
        await using var browser = await Browser();
        var page = browser.Opened<DashboardPage>(_ => { });
        page.Find("#dashboard-clinic").Change(page.FindAll("#dashboard-clinic option")[^1].GetAttribute("value"));
        page.WaitForAssertion(() => Assert.EndsWith("/admin/dashboard?clinic=none", browser.Address().Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("/admin/dashboard?period=year&clinic=none", page.FindAll("a.filter")[2].GetAttribute("href")));
    }

    [Fact]
    public async Task Days_that_are_none_are_told_and_others_stand_in_the_address()
    {
        await using var browser = await Browser();
        browser.Address().NavigateTo("/admin/dashboard?clinic=none");
        var page = browser.Opened<DashboardPage>(_ => { });
        page.FindAll(".days input")[3].Input("40");
        page.Find("form.days").Submit();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".days [aria-invalid=true]")));
        page.FindAll(".days input")[3].Input("25");
        page.Find("form.days").Submit();
        page.WaitForAssertion(() => Assert.EndsWith("/admin/dashboard?from=2026-11-02&to=2026-11-25&clinic=none", browser.Address().Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_quiet_period_says_so()
    {
        await using var browser = await Browser();
        browser.Address().NavigateTo("/admin/dashboard?from=2024-01-01&to=2024-01-02");
        Assert.Equal("Nothing happened in these days", browser.Opened<DashboardPage>(_ => { }).WaitForElement(".empty h2").TextContent);
    }

    [Fact]
    public async Task The_report_is_chosen_by_organisation_and_month_and_leads_to_its_files()
    {
        await World();
        var northgate = (await database.Actor(Solicitor)).OrganisationId;
        await using var browser = await Browser();
        browser.Address().NavigateTo($"/admin/dashboard/report?month=2026-11&organisation={northgate}");
        var page = browser.Opened<MonthlyReportPage>(_ => { });

        Assert.Equal("Northgate Law: referrals in November 2026", page.WaitForElement("article h1").TextContent);
        Assert.Contains(page.FindAll("a[download]"), link => link.GetAttribute("href") == $"/admin/dashboard/report.csv?month=2026-11&organisation={northgate}");
        Assert.DoesNotContain("Ollerenshaw", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Open now", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_no_clinic_manager_finds_no_such_page()
    {
        await using var browser = await Browser(Triage);
        var asked = false;
        browser.Address().OnNotFound += (_, _) => asked = true;
        browser.Render<DashboardPage>().WaitForState(() => asked);
    }
}
