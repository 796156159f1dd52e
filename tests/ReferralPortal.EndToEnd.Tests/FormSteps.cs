using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>Filling in the referral form part by part.</summary>
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

    /// <summary>Every part in order, from the patient's page to the answers that are checked, as a solicitor.</summary>
    public static Task FillEveryPart(this Visitor solicitor, string givenName, string familyName, string symptoms) => solicitor.Fill(Audiences.Solicitor(givenName, familyName, symptoms));

    /// <summary>These parts in order, from the first one's page to the answers that are checked.</summary>
    public static async Task Fill(this Visitor referrer, IEnumerable<FormPart> parts)
    {
        foreach (var part in parts)
        {
            await referrer.Sees(part.Heading);
            foreach (var answer in part.Answers) await answer.Give(referrer);
            await referrer.Press("Continue");
        }
        await referrer.Sees("Documents");
        await referrer.Press("Continue");
        await referrer.Sees("Check your answers");
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
