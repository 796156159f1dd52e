using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Dapper;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals.Submit.Drafts;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

/// <summary>The form as a person meets it, on the real database, without a browser.</summary>
public sealed class FormPageTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    AnswerSwallower wire = null!;
    NpgsqlDataSource source = null!;
    CatalogueContent catalogue = null!;

    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
        wire = new AnswerSwallower(world.AppConnection);
        source = NpgsqlDataSource.Create(wire.ConnectionString);
        catalogue = await new CatalogueStore(world.Sources, TimeProvider.System).Get(Ct);
    }

    [Fact]
    public async Task Continue_on_an_empty_part_lists_what_is_missing_and_says_it_beside_each_field()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, new ReferralForm(), "patient");

        await page.Find("form").SubmitAsync();

        var summary = page.WaitForElement("[role=alert]");
        Assert.Equal("There is a problem", summary.QuerySelector("h2")!.TextContent);
        Assert.Contains("#patient-date-of-birth", summary.QuerySelectorAll("a").Single(link => link.TextContent == "Date of birth must be entered").GetAttribute("href"));
        var name = page.Find("#patient-given-name");
        Assert.Equal("true", name.GetAttribute("aria-invalid"));
        Assert.Equal("Error: Enter the patient’s first name", page.Find("#" + name.GetAttribute("aria-describedby")).TextContent.Trim());
        browser.JSInterop.VerifyFocusAsyncInvoke();
    }

    [Fact]
    public async Task Continue_leads_to_the_next_part_and_from_a_change_back_to_the_check()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "patient");
        await page.Find("form").SubmitAsync();
        Assert.EndsWith("/incident", Address(browser).Uri);

        page = await Open(browser, ExampleForms.Solicitor(catalogue), "patient", "check");
        await page.Find("form").SubmitAsync();
        Assert.EndsWith("/check", Address(browser).Uri);
    }

    [Fact]
    public async Task What_is_typed_is_saved_without_leaving_the_field()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, new ReferralForm(), "patient");

        await page.Find("#patient-family-name").InputAsync("Ó Súilleabháin");

        page.WaitForAssertion(() => Assert.Matches(@"Saved \d\d:\d\d", page.Find(".saved").TextContent));
        Assert.Equal("Ó Súilleabháin", (await Stored(page)).Patient.FamilyName);
    }

    [Fact]
    public async Task An_emergency_yes_puts_999_before_everything_else_until_it_has_been_read()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "safety");
        Assert.Empty(page.FindAll("#safety-told-by"));

        await Answer(page, "cauda_equina", RedFlagAnswer.Yes);

        var notice = page.WaitForElement("[role=alertdialog]");
        Assert.Contains("999", notice.TextContent);
        Assert.DoesNotContain("Samaritans", notice.TextContent);
        Assert.Empty(page.FindAll("form, .summary, h1 ~ form"));

        await Press(page, "I have read this");
        page.WaitForElement("#safety-told-by");
        await page.Find("form").SubmitAsync();
        page.WaitForElement("[role=alert]");
        Assert.Contains("Enter who told the patient to get help now", page.Find("#error-summary").TextContent);
        Assert.Contains("cauda_equina", (await Stored(page)).Safety.Read);
    }

    [Fact]
    public async Task The_direction_to_999_is_still_there_after_coming_back_from_elsewhere()
    {
        await using var browser = await SignedIn();
        var form = ExampleForms.Solicitor(catalogue);
        form.Safety.Answers["head_injury"] = RedFlagAnswer.Yes;
        var page = await Open(browser, form, "consent");
        page.WaitForElement("[role=alertdialog]");
    }

    [Fact]
    public async Task Thoughts_of_suicide_show_whom_to_call_before_and_after()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "safety");
        await Answer(page, "suicidal_thoughts", RedFlagAnswer.Yes);
        Assert.Contains("116 123", page.WaitForElement("[role=alertdialog]").TextContent);
        await Press(page, "I have read this");
        page.WaitForElement("#safety-told-by");
        Assert.Contains("116 123", page.Markup);
    }

    [Fact]
    public async Task A_yes_by_mistake_is_taken_back_and_the_question_is_open_again()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "safety");
        await Answer(page, "cauda_equina", RedFlagAnswer.Yes);
        page.WaitForElement("[role=alertdialog]");
        await Press(page, "I pressed “yes” by mistake");
        page.WaitForElement("form");
        var stored = await Stored(page);
        Assert.False(stored.Safety.Answers.ContainsKey("cauda_equina"));
        Assert.Empty(stored.Safety.OnceYes);
    }

    [Fact]
    public async Task An_urgent_yes_shows_same_day_advice_and_goes_on()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "safety");
        await Answer(page, "weight_loss", RedFlagAnswer.Yes);
        page.WaitForAssertion(() => Assert.Contains(catalogue.RedFlagAdvice.Single(advice => advice.Tier == "urgent").Heading, page.Markup));
        await page.Find("form").SubmitAsync();
        Assert.EndsWith("/claim", Address(browser).Uri);
    }

    [Fact]
    public async Task A_patient_whom_we_have_referred_already_is_pointed_out_once_and_never_in_the_way()
    {
        await using var browser = await SignedIn();
        var (_, reference) = await ExampleForms.Submitted(world, await world.Actor("solicitor@northgate-law.example"), Siobhan);
        var form = ExampleForms.Solicitor(catalogue);
        Siobhan(form);
        form.Patient.FamilyName = "Delaneyy";
        var page = await Open(browser, form, "patient");
        await page.Find("#patient-family-name").InputAsync("Delany");

        page.WaitForAssertion(() => Assert.Contains($"You may have referred this patient already: {reference}", page.Find("[role=status] .notice").TextContent));
        Assert.Contains("submitted", page.Find("[role=status] .notice").TextContent);
        await page.FindAll("button").Single(button => button.TextContent.StartsWith("This is somebody else", StringComparison.Ordinal)).ClickAsync();
        Assert.Empty(page.FindAll("[role=status] .notice"));

        await page.Find("form").SubmitAsync();
        Assert.EndsWith("/incident", Address(browser).Uri);
        Assert.Single((await Stored(page)).Patient.SomebodyElse);
    }

    [Fact]
    public async Task Of_another_firm_s_patient_nothing_is_rendered()
    {
        await ExampleForms.Submitted(world, await world.Actor("solicitor@northgate-law.example"), Known);
        await using var stranger = await SignedIn("solicitor@harbour-legal.example");
        var known = ExampleForms.Solicitor(catalogue);
        Known(known);
        var unknown = ExampleForms.Solicitor(catalogue);
        unknown.Patient.FamilyName = "Nobodyatall";
        var shown = new List<string>();
        foreach (var form in new[] { unknown, known })
        {
            var page = await Open(stranger, form, "patient");
            await page.Find("#patient-given-name").InputAsync(form.Patient.GivenName + " ");
            // Longer than the pause, by the saving that follows it.
            page.WaitForAssertion(() => Assert.Matches(@"Saved \d\d:\d\d", page.Find(".saved").TextContent));
            shown.Add(string.Concat(page.FindAll("[role=status]").Select(region => region.OuterHtml)));
            Assert.DoesNotContain("already", page.Markup);
        }
        Assert.Equal(shown[0], shown[1]);
    }

    static void Known(ReferralForm form) => (form.Patient.GivenName, form.Patient.FamilyName) = ("Ewa", "Kowalczyk");

    static void Siobhan(ReferralForm form) => (form.Patient.GivenName, form.Patient.FamilyName, form.Patient.NhsNumber) = ("Siobhán", "Delaney", "");

    [Fact]
    public async Task Two_presses_make_one_referral()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "check");
        var submit = Button(page, "Submit referral");
        await Task.WhenAll(submit.ClickAsync(), submit.ClickAsync());
        page.WaitForAssertion(() => Assert.EndsWith("/submitted", Address(browser).Uri));
        Assert.Equal(1, await Referrals(page));
    }

    [Fact]
    public async Task When_the_answer_is_lost_the_page_finds_out_that_the_referral_arrived()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "check");
        wire.SwallowAnswersTo("insert into referral_event");
        await Press(page, "Submit referral");
        page.WaitForAssertion(() => Assert.EndsWith("/submitted", Address(browser).Uri));
        Assert.Equal(1, await Referrals(page));
    }

    [Fact]
    public async Task With_the_database_away_the_page_says_that_it_was_not_submitted_and_keeps_everything()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "check");
        wire.RefuseEverybody();
        await Press(page, "Submit referral");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".trouble")));
        Assert.Equal(0, await Referrals(page));

        wire.LetThrough();
        if (page.FindAll(".trouble button").Count > 0)
        {
            await Press(page, "Check again");
            page.WaitForAssertion(() => Assert.Contains("Not submitted", page.Find(".trouble").TextContent));
        }
        await Press(page, "Submit referral");
        page.WaitForAssertion(() => Assert.EndsWith("/submitted", Address(browser).Uri));
        Assert.Equal(1, await Referrals(page));
    }

    [Fact]
    public async Task A_second_tab_learns_that_the_referral_was_already_submitted()
    {
        await using var browser = await SignedIn();
        var first = await Open(browser, ExampleForms.Solicitor(catalogue), "check");
        await using var other = await SignedIn();
        var second = other.Render<FormPage>(page => page.Add(form => form.DraftId, first.Instance.DraftId).Add(form => form.Section, "check"));
        second.WaitForAssertion(() => Button(second, "Submit referral"));

        await Press(first, "Submit referral");
        first.WaitForAssertion(() => Assert.EndsWith("/submitted", Address(browser).Uri));
        await Press(second, "Submit referral");

        second.WaitForAssertion(() => Assert.EndsWith("/submitted?already=true", Address(other).Uri));
        var confirmation = other.Render<SubmittedPage>(page => page.Add(submitted => submitted.DraftId, first.Instance.DraftId));
        confirmation.WaitForAssertion(() => Assert.Contains("Already submitted as R-", confirmation.Markup));
        Assert.Equal(1, await Referrals(first));
    }

    [Fact]
    public async Task A_mistake_found_on_submitting_leads_to_its_field()
    {
        await using var browser = await SignedIn();
        var form = ExampleForms.Solicitor(catalogue);
        form.Patient.Postcode = "nowhere";
        var page = await Open(browser, form, "check");
        await Press(page, "Submit referral");
        page.WaitForAssertion(() => Assert.EndsWith("/patient?return=check", page.Find("#error-summary a").GetAttribute("href")));
        Assert.Equal(0, await Referrals(page));
    }

    [Fact]
    public async Task Another_firms_draft_is_not_found()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, ExampleForms.Solicitor(catalogue), "patient");
        await using var stranger = await SignedIn("solicitor@harbour-legal.example");
        var missing = false;
        Address(stranger).OnNotFound += (_, _) => missing = true;
        var other = stranger.Render<FormPage>(form => form.Add(view => view.DraftId, page.Instance.DraftId).Add(view => view.Section, "patient"));
        other.WaitForAssertion(() => Assert.True(missing));
        Assert.DoesNotContain("Niamh", other.Markup);
    }

    async Task<BunitContext> SignedIn(string userName = "solicitor@northgate-law.example")
    {
        var actor = await world.Actor(userName);
        var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.AddAuthorization().SetAuthorized(actor.DisplayName).SetClaims(new Claim(PortalClaims.Person, actor.UserId.ToString()));
        browser.Services
            .AddSingleton(new PortalDataSources(source, source))
            .AddSingleton(TimeProvider.System)
            .AddSingleton<PortalDatabase>()
            .AddSingleton<CatalogueStore>()
            .AddScoped<CurrentActor>()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddDocuments()
            .AddSubmittingReferrals();
        browser.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return browser;
    }

    /// <summary>A form that is filled in this far, opened at a part.</summary>
    async Task<IRenderedComponent<FormPage>> Open(BunitContext browser, ReferralForm form, string part, string? back = null)
    {
        var actor = await browser.Services.GetRequiredService<CurrentActor>().Get(Ct);
        var draft = (await new StartDraft(world.Database).Handle(actor, Ct)).Value;
        await new SaveDraft(world.Database).Handle(actor, new(draft, 1, form), Ct);
        if (back is not null) Address(browser).NavigateTo($"{FormAddress.Tasks(draft)}/{part}?return={back}");
        var page = browser.Render<FormPage>(view => view.Add(opened => opened.DraftId, draft).Add(opened => opened.Section, part));
        page.WaitForState(() => page.FindAll(".skeleton, [aria-busy]").Count == 0 && page.FindAll("form, [role=alertdialog], .summary-list").Count > 0);
        return page;
    }

    async Task<ReferralForm> Stored(IRenderedComponent<FormPage> page)
    {
        await using var owner = await world.Owner();
        return PortalJson.Read<ReferralForm>((await owner.ExecuteScalarAsync<string>("select form::text from referral_draft where id = @DraftId", new { page.Instance.DraftId }))!);
    }

    async Task<int> Referrals(IRenderedComponent<FormPage> page)
    {
        await using var owner = await world.Owner();
        return await owner.ExecuteScalarAsync<int>("select count(*)::int from referral where id = @DraftId", new { page.Instance.DraftId });
    }

    static NavigationManager Address(BunitContext browser) => browser.Services.GetRequiredService<NavigationManager>();

    static Task Answer(IRenderedComponent<FormPage> page, string question, RedFlagAnswer answer) =>
        page.Find($"#safety-answers-{question.Replace('_', '-')}-{(answer switch { RedFlagAnswer.Yes => 0, RedFlagAnswer.No => 1, _ => 2 })}").ChangeAsync(true);

    static IElement Button(IRenderedComponent<FormPage> page, string words) => page.FindAll("button").Single(button => button.TextContent.Trim() == words);

    static Task Press(IRenderedComponent<FormPage> page, string words) => page.Press(words);

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await wire.DisposeAsync();
    }
}
