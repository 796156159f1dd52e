using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Progress;
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
        // What was typed here is not typed again there.
        Assert.Contains("6 sessions, at £45.00 each.", await Part(referral.Id, "ask"));
        Assert.Equal("Slower recovery.", await Part(referral.Id, "declined"));
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

    Task<string?> Part(Guid referral, string key) => world.Ask<string>("select part ->> 'text' from report, jsonb_array_elements(content) part where referral_id = @referral and kind = 'treatment_extension' and state = 'draft' and part ->> 'key' = @key", new { referral, key });

    [Fact]
    public async Task The_words_of_a_request_follow_into_its_report_and_never_over_what_the_author_wrote()
    {
        var referral = await InTreatment();
        var clinician = await world.Actor(Clinician);
        var (write, ask) = (new WriteReport(world.Database, world.Catalogue()), new AskForSessions(world.Database, TimeProvider.System));
        var report = (await write.Start(clinician, Guid.CreateVersion7(), referral.Id, ReportKind.TreatmentExtension, Ct)).Value;
        Assert.Equal("", await Part(referral.Id, "ask"));
        Assert.True((await ask.Handle(clinician, new(Guid.CreateVersion7(), referral.Id, report, Form()), Ct)).IsDone);
        var until = Web.Components.Display.Formats.Date(Form().Until.ToDate()!.Value);
        Assert.Equal($"6 sessions, in clinic, at £45.00 each.\n2 sessions, hydrotherapy, at £60.00 each.\nIn all 8 sessions, £390.00, until {until}.", await Part(referral.Id, "ask"));
        Assert.Equal("returns-to-bed-rest", await Part(referral.Id, "declined"));

        // The author writes the one part anew; then the request is changed.
        var draft = (await write.Open(clinician, report, Ct)).Value!;
        var typed = draft.Sections.Select(part => part.Key == "declined" ? part with { Text = "In my own words." } : part).ToList();
        Assert.True((await write.Save(clinician, report, draft.Version, typed, Ct)).IsDone);
        var other = Form();
        (other.Lines, other.OutcomeIfDeclined) = ([new() { Sessions = "1" }], "Pain comes back.");
        Assert.True((await ask.Handle(clinician, new(Guid.CreateVersion7(), referral.Id, report, other), Ct)).IsDone);
        Assert.Equal($"1 session.\nIn all 1 session, until {until}.", await Part(referral.Id, "ask"));
        Assert.Equal("In my own words.", await Part(referral.Id, "declined"));

        // "Fill again from the record" knows them too; and a tab that was open meanwhile is told.
        Assert.Equal("Pain comes back.", (await write.FromRecord(clinician, report, Ct)).Value!.Single(part => part.Key == "declined").Text);
        Assert.IsType<Failure.Conflict>((await write.Save(clinician, report, draft.Version + 1, typed, Ct)).Failure);
    }

    [Fact]
    public async Task What_was_given_otherwise_than_authorised_stands_in_the_panel_for_the_clinic_alone()
    {
        var referral = await InTreatment();
        await world.Run("""
            alter table authority_entry disable trigger ledger_is_append_only;
            update authority_entry set modality = 'hydrotherapy' where referral_id = @Id and kind = 'authorised';
            alter table authority_entry enable trigger ledger_is_append_only;
            insert into treatment_session (id, referral_id, clinician_id, held_at, treatments, response, concern, state, signed_at, author_name, author_hcpc)
            select gen_random_uuid(), @Id, id, held.at::timestamptz, held.given, 'well', 'none', 'signed', now(), display_name, 'PH104512'
            from portal_user, (values ('2026-11-02 10:00+00', array['hydrotherapy', 'education']), ('2026-11-09 10:00+00', array['massage', 'hydrotherapy', 'taping'])) held (at, given) where user_name = @Clinician;
            """, new { referral.Id, Clinician });
        foreach (var (person, sees) in ((string, bool)[])[(Clinician, true), (Triage, true), (Lead, false), (Solicitor, false), (Funder, false)])
        {
            using var browser = await SignedIn(person);
            var panel = browser.Render<FundingPanel>(with => with.Add(funding => funding.ReferralId, referral.Id));
            await panel.WaitForStateAsync(() => panel.FindAll(".balance li").Count > 0);
            Assert.Equal((person, sees), (person, panel.Markup.Contains("Given otherwise than authorised: 1 session.")));
            Assert.Equal((person, sees), (person, panel.Markup.Contains("9 Nov 2026: massage and taping")));
        }
    }

    [Fact]
    public async Task The_navigation_says_how_many_requests_wait_for_a_funder()
    {
        var referral = await InTreatment();
        var (request, _) = await world.Asked(referral.Id);
        var waiting = (await new ListRequests(world.Database).Handle(await world.Actor(Funder), new(false, null), Ct)).Value!.Waiting;
        using var browser = await SignedIn(Funder);
        var count = browser.Render<WaitingCount>();
        await count.WaitForStateAsync(() => count.Markup.Length > 0);
        Assert.Equal($"({waiting} waiting)", count.Find("span").TextContent);

        foreach (var person in (string[])[OtherFunder, Solicitor, Clinician])
        {
            await world.AddFunders();
            using var other = await SignedIn(person);
            Assert.Equal("", other.Render<WaitingCount>().Markup.Trim());
        }
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
