using Bunit;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Amend;

public sealed class AmendPageTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    static IRenderedComponent<AmendPage> Open(BunitContext browser, string reference, string? part = null) =>
        browser.Opened<AmendPage>(view => view.Add(page => page.Typed, reference).Add(page => page.Section, part));

    [Fact]
    public async Task A_correction_is_typed_kept_shown_as_old_and_new_and_sent_with_its_reason()
    {
        var (id, reference) = await world.Sent();
        await using var browser = await world.SignedIn(Solicitor);
        var part = Open(browser, reference, "patient");
        await part.Find("#patient-postcode").InputAsync("SK4 2AB");
        await part.Find("form").SubmitAsync();
        part.WaitForAssertion(() => Assert.EndsWith($"/referrals/{reference}/amend", browser.Address().Uri));

        // Another page, as after a lost connection: it is still there.
        var page = Open(browser, reference);
        Assert.Equal(["Postcode"], page.FindAll(".changes dt").Select(found => found.TextContent));
        Assert.Equal(("was M3 6BZ", "now SK4 2AB"), (page.Find("del").TextContent.Trim(), page.Find("ins").TextContent.Trim()));
        Assert.Contains("1 correction", page.Find(".task-list").TextContent);

        await page.Find("form.send").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Say why you correct the answers", page.Find("[role=alert]").TextContent));
        Assert.Equal("reason", page.Find("[role=alert] a").GetAttribute("data-focus"));
        await page.Find("#reason").InputAsync("Misheard");
        await page.Find("form.send").SubmitAsync();
        page.WaitForAssertion(() => Assert.EndsWith($"/referrals/{reference}", browser.Address().Uri));
        Assert.Equal("SK4 2AB", await world.Ask<string>("select postcode from patient where id = @id", new { id }));
    }

    [Fact]
    public async Task Nothing_is_offered_to_send_before_something_differs_and_parties_are_not_asked()
    {
        var (_, reference) = await world.Sent();
        await using var browser = await world.SignedIn(Solicitor);
        var page = Open(browser, reference);
        Assert.Empty(page.FindAll("form"));
        Assert.Contains("Nothing is corrected yet", page.Markup);
        Assert.DoesNotContain(page.FindAll(".task-list a"), link => link.TextContent == "Funding");
        var claim = Open(browser, reference, "claim");
        Assert.Empty(claim.FindAll("[role=combobox]"));
    }

    [Fact]
    public async Task A_part_that_is_not_right_says_so_and_one_that_nobody_touched_does_not()
    {
        var referral = await world.AddReferral(state: ReferralState.InTriage);
        await using var browser = await world.SignedIn(Solicitor);
        // The test's referral has no answer to a question of today's form: nobody is held up by that.
        var untouched = Open(browser, referral.Reference, "claim");
        await untouched.Find("form").SubmitAsync();
        untouched.WaitForAssertion(() => Assert.EndsWith("/amend", browser.Address().Uri));

        var touched = Open(browser, referral.Reference, "patient");
        await touched.Find("#patient-postcode").InputAsync("nowhere");
        await touched.Find("form").SubmitAsync();
        touched.WaitForAssertion(() => Assert.Equal("true", touched.Find("#patient-postcode").GetAttribute("aria-invalid")));
    }

    [Fact]
    public async Task An_emergency_yes_puts_999_before_everything_else_and_a_slip_puts_the_answer_back()
    {
        var (_, reference) = await world.Sent();
        await using var browser = await world.SignedIn(Solicitor);
        var page = Open(browser, reference, "safety");
        await page.Find("#safety-answers-cauda-equina-0").ChangeAsync(true);
        Assert.Contains("999", page.WaitForElement("[role=alertdialog]").TextContent);
        await page.Press("I pressed “yes” by mistake");
        page.WaitForElement("form");
        Assert.True(page.Find("#safety-answers-cauda-equina-1").HasAttribute("checked"));
        Assert.Contains("Nothing is corrected yet", Open(browser, reference).Markup);
    }

    [Fact]
    public async Task A_step_of_the_clinic_meanwhile_is_told_and_the_corrections_and_the_reason_stay()
    {
        var (id, reference) = await world.Sent();
        await using var browser = await world.SignedIn(Solicitor);
        await (Open(browser, reference, "patient") is var part ? part.Find("#patient-postcode").InputAsync("SK4 2AB") : Task.CompletedTask);
        await part.Find("form").SubmitAsync();
        var page = Open(browser, reference);
        await page.Find("#reason").InputAsync("Misheard");
        await world.StartTriage(id);
        await page.Find("form.send").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("started triage", page.Find("[role=alert]").TextContent));
        Assert.Equal("Misheard", page.Find("#reason").GetAttribute("value") ?? page.Find("#reason").TextContent);
        await page.Find("form.send").SubmitAsync();
        page.WaitForAssertion(() => Assert.EndsWith($"/referrals/{reference}", browser.Address().Uri));
    }

    [Fact]
    public async Task One_that_is_booked_says_why_not_and_one_of_others_is_not_found()
    {
        var booked = await world.AddReferral(state: ReferralState.AppointmentBooked);
        await using var solicitor = await world.SignedIn(Solicitor);
        Assert.Contains("can no longer be corrected here", Open(solicitor, booked.Reference).Find(".notice").TextContent);

        foreach (var person in (string[])[Stranger, CaseManager])
        {
            await using var other = await world.SignedIn(person);
            var missing = false;
            other.Address().OnNotFound += (_, _) => missing = true;
            other.Render<AmendPage>(view => view.Add(page => page.Typed, (world.Sent().GetAwaiter().GetResult()).Reference)).WaitForAssertion(() => Assert.True(missing));
        }
    }

    [Fact]
    public async Task The_clinic_s_question_leads_to_correcting_and_back_to_the_answer()
    {
        var (id, reference) = await world.Sent();
        await new AskForInformation(world.Database, world.Catalogue()).Handle(await world.Actor(Triage), new(id, 1, [], "Which postcode?"), Ct);
        await using var browser = await world.SignedIn(Solicitor);
        var question = browser.Opened<AnswerPage>(view => view.Add(page => page.Typed, reference));
        Assert.Contains(question.FindAll("a"), link => link.GetAttribute("href") == $"/referrals/{reference}/amend?then=answer");

        await world.Corrected(reference, form => form.Patient.Postcode = "SK4 2AB");
        var answer = browser.Opened<AnswerPage>(view => view.Add(page => page.Typed, reference));
        Assert.Contains("Your corrections were sent", answer.Find(".notice").TextContent);
    }

    [Fact]
    public async Task The_timeline_says_what_was_and_what_is()
    {
        var (_, reference) = await world.Sent();
        await world.Corrected(reference, form => form.Injury.Symptoms = "Worse at night");
        await using var browser = await world.SignedIn(Triage);
        var referral = (await new ViewReferral(world.Database).Handle(await world.Actor(Triage), reference, Ct)).Value!;
        var tab = browser.Render<TimelineTab>(view => view.Add(page => page.Referral, referral).Add(page => page.Words, new TimelineWords(world.Catalogue().Get(Ct).AsTask().Result)));
        var first = tab.FindAll("li")[0];
        Assert.Contains("corrected answers", first.TextContent);
        Assert.Equal(("was Stiff neck, worse in the morning.", "now Worse at night"), (first.QuerySelector("del")!.TextContent.Trim(), first.QuerySelector("ins")!.TextContent.Trim()));
        Assert.Equal("Misheard on the telephone", first.QuerySelector("blockquote")!.TextContent);
    }

    [Fact]
    public async Task Triage_is_shown_what_was_corrected_since_the_clinic_last_acted()
    {
        var (id, reference) = await world.Sent();
        await world.StartTriage(id);
        await world.Corrected(reference, form => form.Injury.Symptoms = "Worse at night");
        await using var browser = await world.SignedIn(Triage);
        var group = (await world.Catalogue().Get(Ct)).Group.Name;

        var mark = await Mark();
        Assert.Contains("Amended since the clinic last acted", mark.Find(".notice").TextContent);
        Assert.Equal("now Worse at night", mark.Find("ins").TextContent.Trim());

        await new AcceptReferral(world.Database, world.Catalogue()).Handle(await world.Actor(Triage), new(id, 3, await world.Clinic(), null, Priority.Routine), Ct);
        Assert.Empty((await Mark()).FindAll(".notice"));

        async Task<IRenderedComponent<AmendedSince>> Mark()
        {
            var referral = (await new ViewReferral(world.Database).Handle(await world.Actor(Triage), reference, Ct)).Value!;
            return browser.Render<AmendedSince>(view => view.Add(notice => notice.Referral, referral).Add(notice => notice.ClinicGroup, group).Add(notice => notice.Seen, long.MaxValue));
        }
    }
}
