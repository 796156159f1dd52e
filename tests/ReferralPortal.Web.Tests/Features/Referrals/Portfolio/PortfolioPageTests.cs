using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Portfolio;
using ReferralPortal.Web.Platform;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Portfolio;

public sealed class PortfolioPageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    Task<BunitContext> Browser(string person) => database.SignedIn(person, services => services.AddSingleton<LiveUpdates>().AddLogging());

    [Fact]
    public async Task A_case_manager_sees_each_patient_with_what_is_meant_by_stuck_and_views_stand_in_the_address()
    {
        var referral = await database.AddReferral(CaseManager, ReferralState.InTreatment);
        await using var browser = await Browser(CaseManager);
        var page = browser.Opened<PortfolioPage>(_ => { });
        Assert.Contains(page.FindAll("tbody th a"), link => link.GetAttribute("href") == $"/referrals/{referral.Reference}");
        Assert.Equal(["/portfolio?view=waiting", "/portfolio?view=stuck", "/portfolio?view=missed", "/portfolio?view=improving", "/portfolio", "/portfolio?own=1"], page.FindAll("a.filter").Select(link => link.GetAttribute("href")));
        Assert.Contains("NPRS 8 → 5: better by a change that matters", page.Markup, StringComparison.Ordinal);
        Assert.Contains($"{CourseRules.WeeksWithoutChange} weeks", page.Find("details p").TextContent, StringComparison.Ordinal);
        browser.Address().NavigateTo("/portfolio?view=missed");
        Assert.Equal("Nobody here", browser.Opened<PortfolioPage>(_ => { }).Find(".empty h2").TextContent);
    }

    [Fact]
    public async Task An_employers_portfolio_speaks_of_appointments_alone()
    {
        await database.AddReferral(Employer, ReferralState.InTreatment);
        await using var browser = await Browser(Employer);
        var page = browser.Opened<PortfolioPage>(_ => { });
        foreach (var word in new[] { "NPRS", "score", "Improving" }) Assert.DoesNotContain(word, page.Markup, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Whoever_refers_nothing_finds_no_portfolio()
    {
        await using var browser = await Browser(Funder);
        var missing = false;
        browser.Address().OnNotFound += (_, _) => missing = true;
        browser.Render<PortfolioPage>().WaitForState(() => missing);
    }
}
