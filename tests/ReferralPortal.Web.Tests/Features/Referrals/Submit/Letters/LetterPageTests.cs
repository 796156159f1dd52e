using System.Security.Claims;
using Bunit;
using Dapper;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.Submit.Letters;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>The page as a person meets it, on the real database, without a browser.</summary>
public sealed class LetterPageTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_goes_into_the_draft_before_it_is_confirmed_and_only_what_is_confirmed_does()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, new ReferralForm());
        await Paste(page, LetterFixture.One("d12-upper").Text);

        Assert.Equal(PortalJson.Text(new ReferralForm()), PortalJson.Text(await Stored(page)));
        Assert.Empty(page.FindAll("input[type=radio][checked]"));

        await page.Find("#letter-family-name-0").ChangeAsync(true);
        await page.Find("#letter-given-name-1").ChangeAsync(true); // leave it
        await page.Find("#letter-region-hand-left-0").ChangeAsync(true);
        await Press(page, "Put the confirmed answers into the form");

        page.WaitForAssertion(() => Assert.EndsWith(FormAddress.Tasks(page.Instance.DraftId), Address(browser).Uri));
        var form = await Stored(page);
        Assert.Equal(("", "Maclean", ""), (form.Patient.GivenName, form.Patient.FamilyName, form.Patient.Address));
        Assert.Equal(new[] { new Web.Components.Body.BodySite("hand", Domain.Referrals.BodySide.Left) }, form.Injury.Regions);
        Assert.Equal([FormSection.Patient, FormSection.Injury], form.Started.Order());
        Assert.Empty(form.Visited);
        Assert.Empty(form.Safety.Answers);
    }

    [Fact]
    public async Task What_is_typed_already_is_shown_beside_the_letters_value_and_kept_unless_the_person_says_otherwise()
    {
        await using var browser = await SignedIn();
        var form = new ReferralForm { Patient = { GivenName = "Fergie", FamilyName = "maclean", Phone = "01632 960777" } };
        form.Visited.Add(FormSection.Patient);
        var page = await Open(browser, form);
        await Paste(page, LetterFixture.One("d12-upper").Text);

        Assert.Equal("The form has: Fergie", page.Find("#letter-given-name-hint").TextContent);
        Assert.Contains("Keep what the form has", page.Find("#letter-given-name").TextContent);
        Assert.Empty(page.FindAll("#letter-family-name")); // it says the same
        Assert.Contains("Last name", page.Find(".quiet").TextContent);

        await page.Find("#letter-given-name-1").ChangeAsync(true);
        await page.Find("#letter-phone-0").ChangeAsync(true);
        await Press(page, "Put the confirmed answers into the form");

        page.WaitForAssertion(() => Assert.EndsWith(FormAddress.Tasks(page.Instance.DraftId), Address(browser).Uri));
        var stored = await Stored(page);
        Assert.Equal(("Fergie", "maclean", "07700 900652"), (stored.Patient.GivenName, stored.Patient.FamilyName, stored.Patient.Phone));
        Assert.DoesNotContain(FormSection.Patient, stored.Visited); // to be gone through again
    }

    [Fact]
    public async Task A_draft_that_was_saved_elsewhere_meanwhile_is_compared_again_and_not_written_over()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, new ReferralForm());
        await Paste(page, LetterFixture.One("d12-upper").Text);
        await page.Find("#letter-given-name-0").ChangeAsync(true);
        await page.Find("#letter-family-name-0").ChangeAsync(true);
        await new SaveDraft(world.Database).Handle(await world.Actor(People.Solicitor), new(page.Instance.DraftId, 2, new ReferralForm { Patient = { GivenName = "Other" } }), Ct);

        await Press(page, "Put the confirmed answers into the form");

        page.WaitForAssertion(() => Assert.Contains("in another tab", page.Markup));
        Assert.Equal("Other", (await Stored(page)).Patient.GivenName);
        Assert.Equal("The form has: Other", page.Find("#letter-given-name-hint").TextContent);
        Assert.False(page.Find("#letter-given-name-0").HasAttribute("checked")); // chosen against another answer
        Assert.True(page.Find("#letter-family-name-0").HasAttribute("checked"));

        await Press(page, "Put the confirmed answers into the form");
        page.WaitForAssertion(() => Assert.EndsWith(FormAddress.Tasks(page.Instance.DraftId), Address(browser).Uri));
        Assert.Equal(("Other", "Maclean"), ((await Stored(page)).Patient.GivenName, (await Stored(page)).Patient.FamilyName));
    }

    [Fact]
    public async Task Choosing_nothing_says_so_and_each_bad_file_says_why()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, new ReferralForm());
        await Press(page, "Read the letter");
        Assert.Contains("Choose a file, or paste the letter’s text", page.WaitForElement("#error-summary").TextContent);

        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary([0x89, 0x50, 0x4E, 0x47, 1, 2], "letter.pdf"));
        page.WaitForAssertion(() => Assert.Contains("This is a picture", page.Find("#letter-file-error").TextContent));

        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(LetterFixture.One("d09-case-manager").Text, "letter.txt"));
        page.WaitForElement("#letter-family-name");
        Assert.Contains("Ask the patient about this", page.Markup);
        await Press(page, "Put the confirmed answers into the form");
        Assert.Contains("Mark at least one value", page.WaitForElement("#error-summary").TextContent);
        Assert.Equal("#letter-given-name", new Uri(page.Find("#error-summary a").GetAttribute("href")!, UriKind.RelativeOrAbsolute).ToString()[^"#letter-given-name".Length..]);
    }

    [Fact]
    public async Task An_employer_is_offered_no_answers_about_a_claim()
    {
        await using var browser = await SignedIn(People.Employer);
        var page = await Open(browser, new ReferralForm(), People.Employer);
        await Paste(page, LetterFixture.One("d08-intermediary").Text);
        Assert.Empty(page.FindAll("[id^=letter-claim-reference], [id^=letter-liability], [id^=letter-case-manager]"));
        Assert.NotEmpty(page.FindAll("#letter-family-name"));
    }

    [Fact]
    public async Task Another_persons_draft_is_not_found()
    {
        await using var browser = await SignedIn();
        var page = await Open(browser, new ReferralForm { Patient = { FamilyName = "Unmistakable" } });
        await using var stranger = await SignedIn(People.Stranger);
        var missing = false;
        Address(stranger).OnNotFound += (_, _) => missing = true;
        var other = stranger.Render<LetterPage>(view => view.Add(opened => opened.DraftId, page.Instance.DraftId));
        other.WaitForAssertion(() => Assert.True(missing));
        Assert.DoesNotContain("Unmistakable", other.Markup);
    }

    async Task<BunitContext> SignedIn(string userName = People.Solicitor)
    {
        BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);
        var actor = await world.Actor(userName);
        var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.AddAuthorization().SetAuthorized(actor.DisplayName).SetClaims(new Claim(PortalClaims.Person, actor.UserId.ToString()));
        browser.Services
            .AddSingleton(world.Sources)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<PortalDatabase>()
            .AddSingleton<CatalogueStore>()
            .AddScoped<CurrentActor>()
            .AddSubmittingReferrals();
        browser.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return browser;
    }

    async Task<IRenderedComponent<LetterPage>> Open(BunitContext browser, ReferralForm form, string userName = People.Solicitor)
    {
        var actor = await world.Actor(userName);
        var draft = (await new StartDraft(world.Database).Handle(actor, Ct)).Value;
        await new SaveDraft(world.Database).Handle(actor, new(draft, 1, form), Ct);
        var page = browser.Render<LetterPage>(view => view.Add(opened => opened.DraftId, draft));
        page.WaitForElement("#letter-text");
        return page;
    }

    static async Task Paste(IRenderedComponent<LetterPage> page, string text)
    {
        await page.Find("#letter-text").InputAsync(text);
        await Press(page, "Read the letter");
        page.WaitForElement("#letter-region-hand-left, .part");
        Assert.DoesNotContain(text, page.Markup); // the letter is not kept
    }

    async Task<ReferralForm> Stored(IRenderedComponent<LetterPage> page)
    {
        await using var owner = await world.Owner();
        return PortalJson.Read<ReferralForm>((await owner.ExecuteScalarAsync<string>("select form::text from referral_draft where id = @DraftId", new { page.Instance.DraftId }))!);
    }

    static NavigationManager Address(BunitContext browser) => browser.Services.GetRequiredService<NavigationManager>();

    static Task Press(IRenderedComponent<LetterPage> page, string words) => page.Press(words);
}
