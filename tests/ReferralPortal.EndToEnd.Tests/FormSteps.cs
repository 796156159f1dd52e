using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>Filling in the referral form as a solicitor does, part by part.</summary>
static class FormSteps
{
    /// <summary>From home to the patient's page of a new form.</summary>
    public static async Task StartReferral(this Visitor solicitor)
    {
        await solicitor.Go("/");
        await solicitor.Look();
        await solicitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "New referral" }).First.ClickAsync();
        await solicitor.Sees("New referral");
        await solicitor.Follow("Continue");
        await solicitor.Sees("The patient");
    }

    /// <summary>Every part in order, from the patient's page to the answers that are checked.</summary>
    public static async Task FillEveryPart(this Visitor solicitor, string givenName, string familyName, string symptoms)
    {
        await solicitor.Fill("First name", givenName);
        await solicitor.Fill("Last name", familyName);
        await solicitor.FillDate("Date of birth", "12", "3", "1984");
        await solicitor.Choose("Sex", "Female");
        await solicitor.Fill("Address", "7 Weavers Court, Salford");
        await solicitor.Fill("Postcode", "M3 6BZ");
        await solicitor.Fill("Telephone number", "07700 900123");
        await solicitor.Choose("How does the patient prefer to be contacted?", "Phone");
        await solicitor.Press("Continue");

        await solicitor.Sees("The incident");
        await solicitor.Page.GetByLabel("How did the injury happen?").SelectOptionAsync(new SelectOptionValue { Label = "Road traffic collision" });
        await solicitor.FillDate("Date of the incident", "1", "9", "2025");
        await solicitor.Fill("What happened?", "Struck from behind while waiting at traffic lights.");
        await solicitor.Press("Continue");

        await solicitor.Sees("The injury");
        await solicitor.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Neck", Exact = true }).CheckAsync();
        await solicitor.Pick("What is the condition?", "whiplash", "Whiplash");
        await solicitor.Fill("Symptoms", symptoms);
        await solicitor.Page.GetByLabel("Pain now, from 0 to 10").SelectOptionAsync(new SelectOptionValue { Label = "6" });
        await solicitor.Choose("The patient’s work at present", "Working with adjusted duties");
        await solicitor.Press("Continue");

        await solicitor.Sees("Safety questions");
        foreach (var no in await solicitor.Page.GetByRole(AriaRole.Radio, new() { Name = "No", Exact = true }).AllAsync()) await no.ClickAsync();
        await solicitor.Press("Continue");

        await solicitor.Sees("The claim");
        await solicitor.Choose("Type of claim", "Road traffic collision");
        await solicitor.Fill("Your reference", "NL/2026/00123");
        await solicitor.Choose("Is it a lower-value claim?", "Yes");
        await solicitor.Choose("The other side’s position on liability", "Admitted");
        await solicitor.Pick("Case manager", "penn", "Pennine Case Management");
        await solicitor.Press("Continue");

        await solicitor.Sees("Funding");
        await solicitor.Choose("Who pays for the treatment?", "An insurer or other funder");
        await solicitor.Pick("Insurer or funder", "ribb", "Ribble Insurance");
        await solicitor.Fill("Sessions", "6");
        await solicitor.Fill("Amount in pounds", "450");
        await solicitor.Press("Continue");

        await solicitor.Sees("What is asked for");
        await solicitor.Tick("What do you ask the clinic for?", "Initial assessment");
        await solicitor.Tick("What do you ask the clinic for?", "Treatment");
        await solicitor.Choose("How soon?", "Routine");
        await solicitor.Press("Continue");

        await solicitor.Sees("Consent");
        await solicitor.Tick("With whom may the clinic share reports?", "Us, who refer");
        await solicitor.Tick("With whom may the clinic share reports?", "The case manager");
        await solicitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^I did:") }).ClickAsync();
        await solicitor.FillDate("On which day?", "2", "9", "2025");
        await solicitor.Choose("How was it given?", "Verbally");
        await solicitor.Page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("^I confirm") }).CheckAsync();
        await solicitor.Press("Continue");

        await solicitor.Sees("Documents");
        await solicitor.Press("Continue");

        await solicitor.Sees("Check your answers");
    }

    /// <summary>Submits what was checked, and returns the new referral's reference.</summary>
    public static async Task<string> SubmitAnswers(this Visitor solicitor)
    {
        await solicitor.Press("Submit referral");
        var words = solicitor.Page.Locator("main").GetByText(new Regex("^Its reference is"));
        await Expect(words).ToBeVisibleAsync();
        await solicitor.Sees("Referral submitted");
        return Regex.Match(await words.InnerTextAsync(), "R-[0-9A-Z]{4}-[0-9A-Z]{4}").Value;
    }
}
