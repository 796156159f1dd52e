using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Closing;

public sealed class ClosingPageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    Task<BunitContext> Browser(string person) => database.SignedIn(person, services => services
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddProgress().AddInvoices()
        .AddSingleton<ReferralPortal.Web.Platform.LiveUpdates>().AddLogging());

    [Fact]
    public async Task A_referrer_says_on_the_report_that_it_was_seen_and_is_then_asked_one_question()
    {
        var ended = await database.Ended();
        await using var browser = await Browser(Solicitor);
        var page = browser.Render<ReportAcknowledgement>(with => with.Add(one => one.ReportId, ended.ReportId));
        page.WaitForState(() => page.FindAll("button").Count == 1);
        await page.Press("I have seen this report");

        page.WaitForAssertion(() => Assert.StartsWith("Seen by ", page.Find(".seen li").TextContent.Trim(), StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("input[type=radio]").Count));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("Choose a number from 1 to 5", page.Markup, StringComparison.Ordinal));
        page.FindAll("input[type=radio]")[4].Change(true);
        page.WaitForState(() => page.FindAll("textarea").Count == 1);
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("You gave the clinic 5 of 5", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_clinic_sees_who_has_seen_it_and_has_nothing_to_press()
    {
        var ended = await database.Ended();
        await using var browser = await Browser(Triage);
        var page = browser.Render<ReportAcknowledgement>(with => with.Add(one => one.ReportId, ended.ReportId));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("button")));
        Assert.Empty(page.FindAll(".question"));
    }

    [Fact]
    public async Task Closing_before_the_report_was_seen_asks_why()
    {
        var ended = await database.Ended();
        await using var browser = await Browser(Triage);
        var actor = await database.Actor(Triage);
        var panel = browser.Render<DischargePanel>(with => with.Add(one => one.Referral, ended.Id).Add(one => one.Version, 3).Add(one => one.Actor, actor));
        panel.WaitForState(() => panel.FindAll("button").Count > 0);
        Assert.Contains("Northgate Law has not acknowledged it yet.", panel.Markup, StringComparison.Ordinal);

        await panel.Press("Close referral");
        panel.WaitForAssertion(() => Assert.Contains("say why the referral is closed before", panel.Markup, StringComparison.Ordinal));
        panel.Find("#close-reason").Input("They will not answer.");
        await panel.Press("Close referral");
        panel.WaitForAssertion(() => Assert.Contains("The referral is closed.", panel.Markup, StringComparison.Ordinal));
        Assert.Contains("How it ended", panel.Markup, StringComparison.Ordinal);
        Assert.Contains(panel.FindAll("button"), button => button.TextContent == "Reopen referral");
    }

    [Fact]
    public async Task The_list_to_close_leads_to_each_referral()
    {
        var ended = await database.Ended();
        await using var browser = await Browser(Triage);
        var page = browser.Opened<ToClosePage>(_ => { });
        Assert.Contains(page.FindAll("tbody a"), link => link.GetAttribute("href") == $"/referrals/{ended.Reference}/care");
    }
}
