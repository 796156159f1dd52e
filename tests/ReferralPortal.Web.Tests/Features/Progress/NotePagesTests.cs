using Bunit;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Caseload;
using ReferralPortal.Web.Features.Progress.Record;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

/// <summary>The clinician's pages as a clinician meets them, on the real database, without a browser.</summary>
public sealed class NotePagesTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_assessment_is_begun_typed_kept_left_and_gone_on_with_in_another_browser()
    {
        var (_, reference) = await world.Booked();
        await using var browser = await SignedIn();
        var page = browser.Opened<AssessmentPage>(form => form.Add(view => view.Reference, reference));
        page.WaitForElement("#code-1").Change("1");
        await Press(page, "Begin the note");
        page.WaitForElement("#subjective").Input("Stiff in the morning.");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find(".saved").GetAttribute("data-unsaved")));
        page.WaitForAssertion(() => Assert.Contains("Saved", page.Find(".saved").TextContent));
        page.WaitForElement("#plan").Input("Exercise");
        await Press(page, "Finish later");
        page.WaitForAssertion(() => Assert.EndsWith($"/referrals/{reference}/care", browser.Address().Uri));

        await using var other = await SignedIn();
        var again = other.Opened<AssessmentPage>(form => form.Add(view => view.Reference, reference));
        again.WaitForAssertion(() => Assert.Equal(("Stiff in the morning.", "Exercise"), (again.Find("#subjective").GetAttribute("value"), again.Find("#plan").GetAttribute("value"))));
    }

    [Fact]
    public async Task Signing_a_note_that_is_not_whole_says_beside_each_field_what_is_missing()
    {
        var (id, reference) = await world.Assessed();
        var appointment = await world.AddAppointment(id, state: "attended");
        await using var browser = await SignedIn();
        var page = browser.Opened<SessionPage>(form => form.Add(view => view.Reference, reference).Add(view => view.Appointment, appointment));
        await Press(page, "Begin the note");
        page.WaitForElement("#response");
        await Press(page, "Sign session");

        page.WaitForAssertion(() => Assert.Equal("There is a problem", page.Find("#error-summary h2").TextContent));
        Assert.Equal("true", page.Find("#response").GetAttribute("aria-invalid"));
        Assert.Contains("Type your name as it stands on your account", page.Find("#error-summary").TextContent);
    }

    [Fact]
    public async Task A_session_is_recorded_and_signed()
    {
        var (id, reference) = await world.Assessed();
        var appointment = await world.AddAppointment(id);
        var clinician = await world.Actor(People.Clinician);
        await using var browser = await SignedIn();
        var page = browser.Opened<SessionPage>(form => form.Add(view => view.Reference, reference).Add(view => view.Appointment, appointment));
        page.WaitForElement("#code-0").Change("0");
        await Press(page, "Begin the note");
        page.WaitForElement("#treatments-0").Change(true);
        page.WaitForElement("#treatments-7").Change(true);
        page.WaitForElement("#response").Input("Walks without a stick.");
        page.WaitForElement("#concern-2").Change("2");
        page.WaitForElement("#concern-words").Input("Bruises on both arms.");
        page.WaitForElement("#signature").Input(clinician.DisplayName);
        await Press(page, "Sign session");
        page.WaitForAssertion(() => Assert.EndsWith("/care", browser.Address().Uri));

        var signed = (await new OpenCare(world.Database).Handle(clinician, reference, Ct)).Value!.Notes.NoteOf(appointment)!;
        Assert.Equal(("exercise taping", "Walks without a stick.", Concern.ClinicOnly, "Bruises on both arms."), (string.Join(" ", signed.Treatments), signed.Response, signed.Concern.Value, signed.ConcernWords));
    }

    [Fact]
    public async Task What_no_payer_authorised_is_said_beside_what_is_ticked_and_refuses_nothing()
    {
        var (id, reference) = await world.Assessed();
        var appointment = await world.AddAppointment(id);
        await using (var owner = await world.Owner())
            await owner.ExecuteAsync("""
                alter table authority_entry disable trigger ledger_is_append_only;
                delete from authority_entry where referral_id = @id;
                alter table authority_entry enable trigger ledger_is_append_only;
                delete from funding_authority where referral_id = @id;
                insert into funding_authority (id, referral_id, payer_name, sessions, modality, given_at) values (gen_random_uuid(), @id, 'Ribble Insurance', 6, 'hydrotherapy', now() - interval '30 days');
                """, new { id });
        var clinician = await world.Actor(People.Clinician);
        await using var browser = await SignedIn();
        var page = browser.Opened<SessionPage>(form => form.Add(view => view.Reference, reference).Add(view => view.Appointment, appointment));
        page.WaitForElement("#code-0").Change("0");
        await Press(page, "Begin the note");
        page.WaitForAssertion(() => Assert.Contains("Authorised for hydrotherapy only.", page.Markup));
        page.WaitForElement("#treatments-3").Change(true);
        page.WaitForAssertion(() => Assert.True(page.Find("#treatments-3").HasAttribute("checked")));
        Assert.DoesNotContain("Not authorised", page.Markup);
        page.Find("#treatments-2").Change(true);
        page.WaitForAssertion(() => Assert.Contains("Not authorised: massage.", page.Markup));

        page.WaitForElement("#response").Input("Well.");
        page.WaitForElement("#work-status-0").Change("0");
        page.WaitForElement("#signature").Input(clinician.DisplayName);
        await Press(page, "Sign session");
        page.WaitForAssertion(() => Assert.EndsWith("/care", browser.Address().Uri));
    }

    [Fact]
    public async Task A_patient_who_did_not_come_is_recorded_as_missed_and_no_note_is_begun()
    {
        var (id, reference) = await world.Assessed();
        var appointment = await world.AddAppointment(id);
        await using var browser = await SignedIn();
        var page = browser.Opened<SessionPage>(form => form.Add(view => view.Reference, reference).Add(view => view.Appointment, appointment));
        page.WaitForElement("#code-2").Change("2");
        await Press(page, "Record as missed");
        page.WaitForAssertion(() => Assert.EndsWith("/care", browser.Address().Uri));

        await using var owner = await world.Owner();
        Assert.Equal(("did_not_attend", 0), await owner.QuerySingleAsync<(string, int)>("select state, (select count(*)::int from treatment_session where appointment_id = @appointment) from appointment where id = @appointment", new { appointment }));
    }

    [Fact]
    public async Task A_second_tab_asks_which_of_the_two_is_to_stay()
    {
        var (_, reference) = await world.Booked();
        await using var browser = await SignedIn();
        var page = browser.Opened<AssessmentPage>(form => form.Add(view => view.Reference, reference));
        page.WaitForElement("#code-0").Change("0");
        await Press(page, "Begin the note");
        page.WaitForElement("#plan");
        await using var other = await SignedIn();
        var second = other.Opened<AssessmentPage>(form => form.Add(view => view.Reference, reference));
        second.WaitForElement("#plan").Input("Typed in the second");
        await Press(second, "Finish later");

        page.WaitForElement("#plan").Input("Typed in the first");
        page.WaitForAssertion(() => Assert.Equal("This note was changed elsewhere", page.Find("h1").TextContent));
        await Press(page, "Keep what is on this page");
        page.WaitForAssertion(() => Assert.Equal("Typed in the first", page.Find("#plan").GetAttribute("value")));
        page.WaitForAssertion(() => Assert.Contains("Saved", page.Find(".saved").TextContent));
    }

    [Fact]
    public async Task The_treatment_page_tells_the_whole_story_and_judges_a_goal()
    {
        var (id, reference) = await world.Assessed();
        await world.Session(id, new() { Treatments = [Treatment.Massage], Response = "Sleeps through.", WorkStatus = Domain.Referrals.WorkStatus.Working, Concern = Concern.ClinicOnly, ConcernWords = "Watch this." });
        await using var browser = await SignedIn();
        var page = browser.Opened<TreatmentPage>(form => form.Add(view => view.Reference, reference));

        foreach (var words in new[] { "Neck pain since the accident.", "Massage", "Sleeps through.", "Safeguarding: clinic only", "Lift my daughter", "Working as usual" }) Assert.Contains(words, page.Markup);
        await page.FindAll("button").Single(button => button.TextContent.StartsWith("Judge", StringComparison.Ordinal)).ClickAsync();
        page.WaitForElement("#outcome-0").Change("0");
        await Press(page, "Save judgement");
        page.WaitForAssertion(() => Assert.Contains("Achieved", page.Find(".goals .chip").TextContent));
    }

    [Fact]
    public async Task An_open_alert_is_what_a_keyboard_and_a_screen_reader_come_to_first()
    {
        var (id, reference) = await world.Assessed();
        await Measures.MeasureWorld.Record(world, id, "phq9", Measures.MeasureWorld.Filled("000000001"));
        await using var browser = await SignedIn();
        var page = browser.Opened<TreatmentPage>(form => form.Add(view => view.Reference, reference));
        page.WaitForElement("section.alert");
        Assert.Equal(["h1", "section", "h2", "dl"], page.FindAll("h1, section.alert, dl.facts, h2").Take(4).Select(element => element.LocalName));
        await page.InvokeAsync(() => page.Find("section.alert textarea").Input("Spoke with her"));
        await Press(page, "Acknowledge alert");
        page.WaitForState(() => page.FindAll("section.alert").Count == 0);
    }

    [Fact]
    public async Task Somebody_who_has_signed_everything_is_told_so()
    {
        await using var browser = await SignedIn("clinician4@clinic.example");
        var page = browser.Opened<CaseloadPage>(_ => { });
        page.WaitForAssertion(() => Assert.Contains("Every patient whom you saw has a signed note.", page.Markup));
        Assert.Contains("No report is due.", page.Markup);
        Assert.Contains("Nobody is booked with you today.", page.Markup);
    }

    // What a press or a choice brings up comes a moment later.
    static async Task Press<TPage>(IRenderedComponent<TPage> page, string words) where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        page.WaitForState(() => page.FindAll("button").Any(button => button.TextContent.Trim() == words));
        await page.Press(words);
    }

    // The treatment page has a part of every feature on it.
    Task<BunitContext> SignedIn(string person = People.Clinician) => world.SignedIn(person, services =>
    {
        var portal = WebApplication.CreateBuilder();
        portal.AddPortalFeatures();
        foreach (var service in portal.Services.Where(service => service.ServiceType.Namespace?.StartsWith("ReferralPortal", StringComparison.Ordinal) == true)) services.TryAdd(service);
        services.AddHttpClient().AddSingleton<LiveUpdates>().TryAddSingleton<IConfiguration>(portal.Configuration);
    });
}
