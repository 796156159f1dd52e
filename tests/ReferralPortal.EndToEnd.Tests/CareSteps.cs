using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>What a clinician does with a patient whose first appointment is booked.</summary>
static class CareSteps
{
    /// <summary>From the caseload through the assessment.</summary>
    public static async Task Assess(this Visitor clinician, string reference, string signature, string subjective = "Stiff neck since the collision, worse in the morning.")
    {
        await clinician.Go("/caseload");
        await Expect(clinician.Link(reference)).ToBeVisibleAsync();
        await clinician.Look();
        await clinician.Follow(reference);
        await Expect(clinician.Heading("First assessment")).ToBeVisibleAsync();
        await clinician.Look();
        await clinician.Follow("Record assessment");
        await clinician.Sees("Record assessment");
        await clinician.Choose("Did the patient come?", "Yes, on time");
        await clinician.Press("Begin the note");
        await clinician.Fill("What the patient told you", subjective);
        await clinician.Fill("What you found", "Rotation to the left 40 degrees, no neurological signs.");
        await clinician.Fill("Analysis", "Consistent with a soft-tissue strain of the neck.");
        await clinician.Fill("Treatment plan", "Exercise and manual therapy, once a week.");
        await clinician.Fill("Sessions planned", "6");
        await clinician.Fill("Expected recovery", "8");
        await clinician.Choose("Work at present", "Working with adjusted hours or duties");
        await clinician.Fill("Goal 1", "Drive for an hour without pain");
        await clinician.Fill("Your name, as your signature", signature);
        await clinician.Press("Sign assessment");
        await Expect(clinician.Button("Write report")).ToBeVisibleAsync();
        await clinician.Look();
    }

    /// <summary>Writes and signs a progress report; returns its address.</summary>
    public static async Task<string> SignProgressReport(this Visitor clinician, string signature, string progress)
    {
        await clinician.Press("Write report");
        await clinician.Choose("Which report?", "Progress report");
        await clinician.Look();
        await clinician.Press("Start writing");
        await clinician.Sees("Progress report");
        await clinician.Fill("Treatment given", "Three sessions of exercise and manual therapy.");
        await clinician.Fill("Progress", progress);
        await clinician.Fill("Next step", "Three more sessions, then discharge.");
        await clinician.Fill("Your name, as your signature", signature);
        await clinician.Press("Sign report");
        await clinician.Page.WaitForURLAsync(url => url.Contains("/reports/") && !url.EndsWith("/edit", StringComparison.Ordinal));
        await clinician.SeesText("SHA-256 of the signed content");
        await clinician.Sees("Progress report");
        return new Uri(clinician.Page.Url).AbsolutePath;
    }
}
