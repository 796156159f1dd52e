using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Testing;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>What a clinic administrator does with a new referral.</summary>
static class TriageSteps
{
    /// <summary>From the queue to the accepted referral.</summary>
    public static async Task Accept(this Visitor triage, string reference, string clinic)
    {
        await triage.Go("/triage?tab=new");
        var queue = triage.Page.GetByRole(AriaRole.Table, new() { Name = "Triage queue" });
        await Expect(queue).ToBeVisibleAsync();
        await triage.Look();
        await queue.GetByRole(AriaRole.Link, new() { Name = reference, Exact = true }).ClickAsync();
        await Expect(triage.Button("Start triage")).ToBeVisibleAsync();
        await triage.Look();
        await triage.Press("Start triage");
        await triage.SeesText("You have started triage");
        await triage.Press("Accept");
        var clinics = triage.Page.GetByLabel("Clinic", new() { Exact = true });
        // How far it is from the patient stands beside its name.
        await clinics.SelectOptionAsync(new SelectOptionValue { Value = await clinics.Locator("option").Filter(new() { HasText = clinic }).First.GetAttributeAsync("value") });
        await triage.Look();
        await triage.Press("Accept referral");
        await triage.SeesText("Accepted. Book the first appointment now");
        await triage.Look();
    }

    /// <summary>Books the first free time of the clinic's with the clinician.</summary>
    public static async Task BookFirst(this Visitor triage, string clinician)
    {
        await triage.Press("Book first appointment");
        await triage.Page.GetByLabel("Clinician", new() { Exact = true }).Last.SelectOptionAsync(new SelectOptionValue { Label = clinician });
        var free = triage.Group("Free times").GetByRole(AriaRole.Button, new() { NameRegex = new Regex(Regex.Escape(clinician)) }).First;
        await free.ClickAsync();
        await Expect(free).ToHaveAttributeAsync("aria-pressed", "true");
        await triage.Look();
        await triage.Press("Book");
        await triage.SeesText("The appointment is booked");
        await triage.Look();
    }

    /// <summary>Days pass: the booked appointment was half an hour ago.</summary>
    public static async Task UntilTheAppointment(PortalTestDatabase world, string reference)
    {
        await using var connection = await world.Owner();
        await connection.ExecuteAsync("""
            update appointment set starts_at = now() - interval '30 minutes', ends_at = now() + interval '15 minutes'
            where state = 'booked' and referral_id = (select id from referral where reference = @reference)
            """, new { reference });
    }
}
