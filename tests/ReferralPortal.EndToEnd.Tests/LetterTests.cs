using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>A referral begun from a letter: pasted, and as a PDF.</summary>
public sealed class LetterTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    const string Letter = """
        Brook & Fell Solicitors
        Tel 01632 960100

        3 November 2026
        Our ref: BF/1/2026

        Dear Sirs

        Re: Ms Eluned Prys-Hughes
        DOB: 12 March 1984
        Address: 7 Weavers Court, Salford M3 6ZZ
        Mobile: 07700 900123

        Our client was driving home on 1 September 2025 when a van struck the rear of her car. She has a whiplash injury to her neck and pain in her left shoulder. There was no loss of consciousness. She cannot sleep on her left side.

        Please arrange an initial assessment and treatment.

        Yours faithfully
        """;

    [Fact]
    public async Task A_letter_fills_the_form_with_what_is_confirmed_and_leaves_the_rest()
    {
        await using var solicitor = await world.SignedIn(People.Solicitor);
        await solicitor.Go("/referrals/new");
        await solicitor.Sees("New referral");
        await solicitor.Follow("Fill in from a letter");
        await solicitor.Sees("Fill in from a letter");
        await solicitor.Page.GetByLabel("Or paste its text").FillAsync(Letter);
        await solicitor.Press("Read the letter");
        await solicitor.Sees("What the letter says");
        await Expect(solicitor.Heading("What the letter says")).ToBeFocusedAsync();
        await solicitor.SeesText("Drowsiness, vomiting or confusion");

        // By keyboard: Tab to the choice, Space takes it.
        await solicitor.Group("First name").GetByRole(AriaRole.Radio).First.FocusAsync();
        await solicitor.Page.Keyboard.PressAsync("Space");
        await solicitor.Page.Keyboard.PressAsync("Tab");
        await solicitor.Page.Keyboard.PressAsync("Space");
        await Expect(solicitor.Group("Last name").GetByRole(AriaRole.Radio).First).ToBeCheckedAsync();
        await solicitor.Choose("Date of birth", "Use “12 Mar 1984”");
        await solicitor.Choose("Telephone number", "Leave it");
        await solicitor.Choose("How the injury happened", "Use “Road traffic collision”");
        await solicitor.SeesText("4 to use, 1 to leave");
        await solicitor.Look();
        await solicitor.Press("Put the confirmed answers into the form");

        await solicitor.Sees("New referral");
        await Expect(solicitor.Page.GetByText("In progress")).ToHaveCountAsync(2);
        await solicitor.Follow("The patient");
        await solicitor.Sees("The patient");
        await Expect(solicitor.Field("First name")).ToHaveValueAsync("Eluned");
        await Expect(solicitor.Field("Last name")).ToHaveValueAsync("Prys-Hughes");
        await Expect(solicitor.Group("Date of birth").GetByLabel("Year")).ToHaveValueAsync("1984");
        await Expect(solicitor.Field("Telephone number")).ToHaveValueAsync("");

        // The same letter as a PDF: the form has part of it already.
        await solicitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "New referral" }).ClickAsync();
        await solicitor.Follow("Fill in from a letter");
        await solicitor.Sees("Fill in from a letter");
        await solicitor.Page.GetByLabel("The letter as a file").SetInputFilesAsync(new FilePayload { Name = "letter.pdf", MimeType = "application/pdf", Buffer = await Printed() });
        await solicitor.Sees("What the letter says");
        await solicitor.SeesText("In the form already, as the letter has it: First name; Last name; Date of birth");
        await solicitor.Choose("Telephone number", "Use “07700 900123”");
        await solicitor.Press("Put the confirmed answers into the form");
        await solicitor.Sees("New referral");
        await solicitor.Follow("The patient");
        await Expect(solicitor.Field("Telephone number")).ToHaveValueAsync("07700 900123");
        solicitor.HadNothingToComplainAbout();
    }

    async Task<byte[]> Printed()
    {
        await using var printer = await world.Visitor();
        await printer.Page.SetContentAsync($"<body style='font: 12pt serif'>{string.Concat(Letter.Split("\n\n").Select(part => $"<p>{System.Net.WebUtility.HtmlEncode(part).Replace("\n", "<br>")}</p>"))}</body>");
        return await printer.Page.PdfAsync();
    }
}
