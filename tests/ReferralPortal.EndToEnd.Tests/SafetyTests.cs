using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Domain;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>The safety questions without a mouse, and as a screen reader has them: what takes the focus, what it is called, what is read out.</summary>
public sealed class SafetyTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(ColorScheme.Light), InlineData(ColorScheme.Dark)]
    public async Task An_emergency_is_answered_told_and_submitted_by_keyboard_alone_and_cannot_be_passed_unread(ColorScheme scheme)
    {
        await using var solicitor = await world.SignedIn(People.Solicitor, options => options.ColorScheme = scheme);
        var (draft, keyboard, dialog) = (await FilledIn(), solicitor.Page.Keyboard, solicitor.Page.GetByRole(AriaRole.Alertdialog));
        await solicitor.Go($"/referrals/new/{draft}/safety?return=check");
        await solicitor.Sees("Safety questions");

        // The chosen "No" is the group's tab stop; the arrow goes to "Yes" and chooses it.
        var question = solicitor.Page.Locator(".question").First;
        await TabTo(solicitor, question.GetByRole(AriaRole.Radio, new() { Name = "No", Exact = true }));
        await keyboard.PressAsync("ArrowUp");

        await Expect(dialog).ToBeVisibleAsync();
        await Expect(solicitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Stop here: the patient needs emergency help now", Level = 1 })).ToBeFocusedAsync();
        await solicitor.Look();
        await Expect(dialog).ToHaveAccessibleNameAsync("Stop here: the patient needs emergency help now");
        await Expect(dialog).ToHaveAccessibleDescriptionAsync(new Regex("You answered “yes” to: Bladder, bowel or saddle numbness.*Call 999, or go to A&E now.*Ring the patient now.*It does not replace the call to 999"));
        await Expect(solicitor.Page.Locator("main")).ToMatchAriaSnapshotAsync("""
            - 'alertdialog "Stop here: the patient needs emergency help now"':
              - 'heading "Stop here: the patient needs emergency help now" [level=1]'
              - paragraph: /You answered “yes” to/
              - list:
                - listitem: /Tell them to call 999/
                - listitem: /call 999 yourself and give the address/
                - listitem: /Note who told the patient, when and how/
                - listitem: /urgent alert/
              - paragraph:
                - link "Call 999"
                - link /Ring the clinic/
              - button "I have read this"
              - button "I pressed “yes” by mistake"
              - paragraph: /Saved/
            """);

        // It stands before every part of the form, and before submitting.
        foreach (var place in (string[])["/consent", "/check", ""])
        {
            await solicitor.Go($"/referrals/new/{draft}{place}");
            await Expect(solicitor.Heading("Stop here")).ToBeFocusedAsync();
            await Expect(solicitor.Button("Continue").Or(solicitor.Button("Submit referral"))).ToHaveCountAsync(0);
        }
        await solicitor.Go($"/referrals/new/{draft}/safety?return=check");
        await Expect(solicitor.Heading("Stop here")).ToBeFocusedAsync();

        await TabTo(solicitor, solicitor.Button("I have read this"));
        await keyboard.PressAsync("Enter");
        await Expect(solicitor.Heading("Emergency: the patient must get help today")).ToBeFocusedAsync();
        await solicitor.Look();

        // Who, when and how are not optional.
        await TabTo(solicitor, solicitor.Button("Continue"));
        await keyboard.PressAsync("Enter");
        var problems = solicitor.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "There is a problem" });
        await Expect(problems).ToBeFocusedAsync();
        await Expect(problems.GetByRole(AriaRole.Link)).ToHaveCountAsync(4);
        await solicitor.Look();

        var told = LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(-1);
        await TabTo(solicitor, solicitor.Field("Who told the patient to get help now?"));
        await Type(solicitor, "Amara Okafor", "Tab", told.Day.ToString(CultureInfo.InvariantCulture), "Tab", told.Month.ToString(CultureInfo.InvariantCulture), "Tab", told.Year.ToString(CultureInfo.InvariantCulture), "Tab", "14:30", "Tab", "By telephone");
        await TabTo(solicitor, solicitor.Button("Continue"));
        await keyboard.PressAsync("Enter");
        await Expect(solicitor.Heading("Check your answers")).ToBeVisibleAsync();
        await TabTo(solicitor, solicitor.Button("Submit referral"));
        await keyboard.PressAsync("Enter");
        await solicitor.SeesText("This does not take the place of 999 or A&E");
        await solicitor.Look();

        await using var connection = await world.Database.Owner();
        var stored = await connection.QuerySingleAsync<(string Tier, string Priority, string DueFor, string By, string How, long Reminders)>("""
            select r.red_flag_tier, r.priority, r.due_for, d.red_flag_told_by, d.red_flag_told_how,
                   (select count(*) from outbox_message m where m.referral_id = r.id and m.kind = 'alert_escalation' and m.available_at > r.submitted_at)
            from referral r join referral_detail d on d.referral_id = r.id where r.id = @draft
            """, new { draft });
        Assert.Equal(("emergency", "urgent", "red_flag_review", "Amara Okafor", "By telephone", 1L), stored);
        solicitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task An_urgent_answer_is_read_out_goes_on_and_reaches_the_clinic_as_an_alert()
    {
        await using var clinician = await world.SignedIn(People.Clinician);
        await using var solicitor = await world.SignedIn(People.Solicitor);
        var draft = await FilledIn();
        await solicitor.Go($"/referrals/new/{draft}/safety?return=check");
        await solicitor.Sees("Safety questions");
        var urgent = solicitor.Page.Locator(".question").Filter(new() { HasText = "weight" }).First;
        await TabTo(solicitor, urgent.GetByRole(AriaRole.Radio, new() { Name = "No", Exact = true }));
        await solicitor.Page.Keyboard.PressAsync("ArrowUp");

        await Expect(solicitor.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "The patient needs medical advice today" })).ToContainTextAsync("same-day appointment with their GP practice");
        await Expect(urgent.GetByRole(AriaRole.Radio, new() { Name = "Yes", Exact = true })).ToBeFocusedAsync();
        await solicitor.Look();
        await TabTo(solicitor, solicitor.Button("Continue"));
        await solicitor.Page.Keyboard.PressAsync("Enter");
        await Expect(solicitor.Heading("Check your answers")).ToBeVisibleAsync();
        await TabTo(solicitor, solicitor.Button("Submit referral"));
        await solicitor.Page.Keyboard.PressAsync("Enter");
        await solicitor.SeesText("A clinician reads the safety answers");
        await Expect(solicitor.Page.GetByRole(AriaRole.Region, new() { Name = "Urgent alerts" })).ToHaveCountAsync(0);

        // The clinician's page, open all the while, says so by itself; the name to it ends that.
        var banner = clinician.Page.GetByRole(AriaRole.Region, new() { Name = "Urgent alerts" });
        await Expect(banner.GetByRole(AriaRole.Status)).ToContainTextAsync("not acknowledged");
        await clinician.Look();
        await using (var connection = await world.Database.Owner()) await connection.ExecuteAsync("update referral set alert_reminders = 2 where id = @draft", new { draft });
        await banner.GetByRole(AriaRole.Link).ClickAsync();
        await clinician.Sees("Triage");
        var reference = await Reference(draft);
        var row = clinician.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = reference });
        await Expect(row).ToContainTextAsync("Not acknowledged, 2nd reminder");
        await clinician.Look();
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await clinician.Press("Acknowledge alert");
        await clinician.SeesText("Your name stands to this alert");
        await clinician.Go("/triage?tab=alerts");
        await Expect(row).ToBeVisibleAsync();
        await Expect(row).Not.ToContainTextAsync("Not acknowledged");
        clinician.HadNothingToComplainAbout();
        solicitor.HadNothingToComplainAbout();
    }

    /// <summary>A solicitor's draft, filled in but for what the test answers.</summary>
    async Task<Guid> FilledIn()
    {
        var actor = await world.Database.Actor(People.Solicitor);
        var draft = (await new StartDraft(world.Database.Database).Handle(actor, Ct)).Value;
        var form = ExampleForms.Solicitor(await new CatalogueStore(world.Database.Sources, TimeProvider.System).Get(Ct));
        Assert.True((await new SaveDraft(world.Database.Database).Handle(actor, new(draft, 1, form), Ct)).IsDone);
        return draft;
    }

    async Task<string> Reference(Guid referral)
    {
        await using var connection = await world.Database.Owner();
        return (await connection.ExecuteScalarAsync<string>("select reference from referral where id = @referral", new { referral }))!;
    }

    static async Task Type(Visitor visitor, params string[] keys)
    {
        foreach (var key in keys)
            if (key is "Tab") await visitor.Page.Keyboard.PressAsync(key);
            else await visitor.Page.Keyboard.TypeAsync(key);
    }

    static async Task TabTo(Visitor visitor, ILocator wanted)
    {
        await Expect(wanted).ToBeVisibleAsync();
        for (var press = 0; press < 120; press++)
        {
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement")) return;
            await visitor.Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"Tab does not lead to {wanted}.");
    }
}
