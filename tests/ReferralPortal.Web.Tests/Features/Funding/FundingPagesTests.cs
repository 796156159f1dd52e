using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Funding.Approvals;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using TestContext = Xunit.TestContext;
using static ReferralPortal.Web.Tests.Features.Funding.FundingWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Funding;

/// <summary>The forms and lists of funding as people use them, on the real database.</summary>
public sealed class FundingPagesTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Task<TestReferral> InTreatment() => world.AddReferral(state: ReferralState.InTreatment, redFlag: null, others: [(Funder, PartyRole.Funder)]);

    Task<BunitContext> SignedIn(string who) => world.SignedIn(who, services => services.AddLogging().AddSingleton<LiveUpdates>().AddFunding().AddProgress().AddReports());

    static async Task Press<T>(IRenderedComponent<T> page, string words) where T : IComponent =>
        await page.InvokeAsync(() => page.FindAll("button").First(button => button.TextContent.Trim().StartsWith(words, StringComparison.Ordinal)).ClickAsync(new()));

    static async Task Type<T>(IRenderedComponent<T> page, string field, string text) where T : IComponent => await page.InvokeAsync(() => page.Find($"[name='{field}']").Input(text));

    [Fact]
    public async Task A_funder_authorises_in_part_from_the_list_with_the_report_beside_it()
    {
        var referral = await InTreatment();
        var (request, _) = await world.Asked(referral.Id);
        using var browser = await SignedIn(Funder);
        browser.Services.GetRequiredService<NavigationManager>().NavigateTo($"/approvals?request={request}");
        var page = browser.Render<ApprovalsPage>();
        await page.WaitForStateAsync(() => page.Markup.Contains("lifts-with-both-arms") && page.Markup.Contains("returns-to-bed-rest"));
        Assert.Contains("Answer due in 21 days", page.Markup);

        await Press(page, "Authorise in part");
        await Press(page, "Authorise this part");
        // All of it is what stands there at first.
        await page.WaitForStateAsync(() => page.Markup.Contains("Clinic and referrer are told") || page.FindAll("[role=alert]").Count > 0);
        Assert.Equal("authorised", await world.Ask<string>("select state from extension_request where id = @request", new { request }));
    }

    [Fact]
    public async Task Declining_without_a_reason_is_said_beside_the_field_and_answers_nothing()
    {
        var (request, _) = await world.Asked((await InTreatment()).Id);
        using var browser = await SignedIn(Funder);
        browser.Services.GetRequiredService<NavigationManager>().NavigateTo($"/approvals?request={request}");
        var page = browser.Render<ApprovalsPage>();
        await page.WaitForStateAsync(() => page.FindAll("button").Any(button => button.TextContent.Trim() == "Decline"));
        await Press(page, "Decline");
        await Press(page, "Decline the request");
        Assert.Contains("Choose why it is declined", page.Find("[role=alert]").TextContent);
        Assert.Equal("waiting", await world.Ask<string>("select state from extension_request where id = @request", new { request }));
    }

    [Fact]
    public async Task The_list_says_who_waits_how_long_and_what_to_do_when_nothing_does()
    {
        using var browser = await SignedIn(Funder);
        browser.Services.GetRequiredService<NavigationManager>().NavigateTo("/approvals?q=nobody-is-called-this");
        var page = browser.Render<ApprovalsPage>();
        await page.WaitForStateAsync(() => page.Markup.Contains("Nothing matches"));
        browser.Services.GetRequiredService<NavigationManager>().NavigateTo("/approvals?tab=answered&q=nobody-is-called-this");
        await page.WaitForStateAsync(() => page.FindAll("a[aria-current=page]").Any(tab => tab.TextContent.Contains("Answered")));
    }

    [Fact]
    public async Task The_clinician_asks_for_lines_and_goes_on_to_the_report()
    {
        var referral = await InTreatment();
        using var browser = await SignedIn(Clinician);
        var page = browser.Opened<AskPage>(with => with.Add(ask => ask.Reference, referral.Reference));
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        Assert.Contains("Enter how many sessions", page.Find("[role=alert]").TextContent);

        await Type(page, "Lines.0.Sessions", "6");
        await Type(page, "Lines.0.UnitPrice", "45");
        Assert.Contains("6 sessions, £270.00", page.Find("p[role=status]").TextContent);
        var until = Domain.LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(60);
        await Type(page, "Until-day", $"{until.Day}");
        await Type(page, "Until-month", $"{until.Month}");
        await Type(page, "Until-year", $"{until.Year}");
        await Type(page, "OutcomeIfDeclined", "Slower recovery.");
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        await page.WaitForStateAsync(() => browser.Services.GetRequiredService<NavigationManager>().Uri.EndsWith("/edit", StringComparison.Ordinal) || page.FindAll("[role=alert]").Count > 0);
        Assert.EndsWith("/edit", browser.Services.GetRequiredService<NavigationManager>().Uri);
        Assert.Equal(1, await world.Ask<int>("select count(*)::int from extension_request request join report on report.id = request.report_id where request.referral_id = @Id and request.state = 'draft' and report.kind = 'treatment_extension' and report.state = 'draft'", new { referral.Id }));
    }

    [Fact]
    public async Task The_funding_panel_shows_the_balance_the_ledger_in_words_and_takes_an_authority_back_with_a_reason()
    {
        var referral = await InTreatment();
        using var browser = await SignedIn(Clinician);
        var panel = browser.Render<FundingPanel>(with => with.Add(funding => funding.ReferralId, referral.Id));
        await panel.WaitForStateAsync(() => panel.FindAll(".balance li").Count > 0);
        Assert.Equal(["8 sessions authorised", "1 used", "0 booked", "7 left"], panel.FindAll(".balance li").Take(4).Select(item => string.Join(' ', item.TextContent.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))));
        Assert.Contains("Authorised: 8 sessions, £640.00", panel.Find(".ledger").TextContent);
        Assert.Contains("Session used on", panel.Find(".ledger").TextContent);
        Assert.Contains(panel.FindAll("a"), link => link.TextContent == "Request more sessions");

        await Press(panel, "Withdraw authority");
        await panel.InvokeAsync(() => panel.FindAll("button.button-danger").Single().ClickAsync(new()));
        await panel.WaitForStateAsync(() => panel.Markup.Contains("Write why it is withdrawn"));
        await Type(panel, "Reason", "The claim was settled.");
        await panel.InvokeAsync(() => panel.FindAll("button.button-danger").Single().ClickAsync(new()));
        await panel.WaitForStateAsync(() => panel.Markup.Contains("nothing more is paid for"));
        Assert.Contains("Withdrawn: nothing more is covered – The claim was settled.", panel.Find(".ledger").TextContent);
    }

    [Fact]
    public async Task A_referrer_reads_the_funding_and_is_offered_nothing_that_it_may_not_do()
    {
        var referral = await InTreatment();
        await world.Asked(referral.Id);
        using var browser = await SignedIn(Solicitor);
        var panel = browser.Render<FundingPanel>(with => with.Add(funding => funding.ReferralId, referral.Id));
        await panel.WaitForStateAsync(() => panel.Markup.Contains("Waiting for the answer"));
        Assert.Empty(panel.FindAll("button"));
        Assert.DoesNotContain(panel.FindAll("a"), link => link.TextContent.Contains("Request more") || link.TextContent.Contains("Answer"));
    }

    [Fact]
    public async Task A_stranger_sees_that_there_is_nothing()
    {
        var referral = await InTreatment();
        using var browser = await SignedIn(Stranger);
        var panel = browser.Render<FundingPanel>(with => with.Add(funding => funding.ReferralId, referral.Id));
        await panel.WaitForStateAsync(() => panel.Markup.Contains("There is nothing to see here"));
        Assert.DoesNotContain("Ribble", panel.Markup);
    }
}
