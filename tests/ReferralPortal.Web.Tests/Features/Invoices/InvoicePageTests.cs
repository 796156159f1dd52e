using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Invoices.Fees;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Invoices;

public sealed class InvoicePageTests(InvoiceWorld world) : IClassFixture<InvoiceWorld>
{
    Task<BunitContext> Browser(string person) => world.Database.SignedIn(person, services => services
        .AddSingleton<TimeProvider>(world.Clock).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddProgress().AddInvoices().AddLogging());

    [Fact]
    public async Task A_run_is_looked_at_issued_and_then_stands_below_with_its_number()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-10-05 10:00");
        await using var browser = await Browser(Lead);
        browser.Address().NavigateTo("/invoices/run?month=2026-10");
        var page = browser.Opened<RunPage>(_ => { });
        Assert.Contains(page.FindAll("details.payer tbody a"), link => link.GetAttribute("href") == $"/referrals/{referral.Reference}");
        Assert.DoesNotContain("Ollerenshaw", page.Markup, StringComparison.Ordinal);

        page.FindAll("button").Single(button => button.TextContent == "Issue invoice to Ribble Insurance").Click();
        page.WaitForAssertion(() => Assert.Contains("The invoice to Ribble Insurance is issued.", page.Markup, StringComparison.Ordinal));
        var link = page.FindAll("table a").Single(link => link.TextContent.StartsWith("INV-", StringComparison.Ordinal));

        var open = browser.Opened<InvoicePage>(with => with.Add(one => one.Typed, link.TextContent));
        Assert.Equal($"Invoice {link.TextContent}", open.Find("article h1").TextContent);
        Assert.Contains(open.FindAll("a[download]"), file => file.GetAttribute("href") == $"/invoices/{link.TextContent}.csv");
        // One after the other: an event that is sent before the last one was drawn finds no handler.
        open.Find("#credit-line").Change("0");
        open.WaitForAssertion(() => Assert.Equal("0", open.Find("#credit-line").GetAttribute("value")));
        open.FindAll("input[type=radio]")[1].Change(true);
        open.WaitForAssertion(() => Assert.True(open.FindAll("input[type=radio]")[1].HasAttribute("checked")));
        open.Find("#credit-reason").Input("Agreed by telephone.");
        open.WaitForAssertion(() => Assert.Equal("Agreed by telephone.", open.Find("#credit-reason").GetAttribute("value")));
        await open.Press("Issue credit note");
        open.WaitForAssertion(() => Assert.True(open.Markup.Contains("Credited since:", StringComparison.Ordinal), open.FindAll("section.credit").FirstOrDefault()?.OuterHtml));
        Assert.DoesNotContain(open.FindAll("button"), button => button.TextContent == "Issue credit note");
    }

    [Fact]
    public async Task A_payer_sees_its_own_invoices_and_nothing_to_bill_with()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-09-05 10:00");
        var number = InvoiceRules.Number((await world.IssueStatement(referral.Id)).Value);
        await using var browser = await Browser(Funder);
        var list = browser.Opened<InvoicesPage>(_ => { });
        Assert.Contains(list.FindAll("tbody a"), link => link.TextContent == number);
        Assert.Empty(list.FindAll(".button-primary"));
        Assert.Empty(browser.Opened<InvoicePage>(with => with.Add(one => one.Typed, number)).FindAll("button"));

        await using var other = await Browser(Solicitor);
        var missing = false;
        other.Address().OnNotFound += (_, _) => missing = true;
        other.Render<InvoicePage>(with => with.Add(one => one.Typed, number)).WaitForState(() => missing);
    }

    [Fact]
    public async Task Prices_are_typed_and_what_is_wrong_stands_beside_its_field()
    {
        await using var browser = await Browser(Lead);
        var payer = (await world.Database.Actor(Health)).OrganisationId;
        Assert.Contains(browser.Opened<FeesPage>(_ => { }).FindAll("tbody a"), link => link.GetAttribute("href") == $"/admin/fees/{payer}");
        var page = browser.Opened<FeePage>(with => with.Add(one => one.Whose, payer.ToString()));
        Assert.Contains("The clinic’s own: £55.00", page.Markup, StringComparison.Ordinal);
        page.Find("#treatment").Input("12.345");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("such as 55.00", page.Find("#treatment-error").TextContent, StringComparison.Ordinal));
        page.Find("#treatment").Input("12.34");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("Treatment session £12.34", page.Find(".before").TextContent, StringComparison.Ordinal));
    }
}
