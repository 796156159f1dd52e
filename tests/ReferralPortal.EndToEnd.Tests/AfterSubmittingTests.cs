using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReferralPortal.Testing;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>What a referrer does after sending: reads what comes next, prints it, corrects an answer, refers again; and its administrator, in the dark.</summary>
public sealed class AfterSubmittingTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Theory]
    [InlineData(People.Solicitor, ColorScheme.Light)]
    [InlineData(People.Partner, ColorScheme.Dark)]
    public async Task A_sent_referral_is_summed_up_corrected_and_followed_by_another(string person, ColorScheme colours)
    {
        var (id, reference) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(person));
        await using var referrer = await world.SignedIn(person, options => options.ColorScheme = colours);

        await referrer.Go($"/referrals/new/{id}/submitted");
        await referrer.Sees("Referral submitted");
        await referrer.SeesText("Example clinic, Manchester");
        await referrer.Follow("Print a summary");
        await referrer.Sees($"Referral {reference}");
        await referrer.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(referrer.Button("Print")).ToBeHiddenAsync();
        // Everything but the drawing is on the paper.
        await Expect(referrer.Page.GetByText("943 476 5919")).ToBeVisibleAsync();
        await Expect(referrer.Page.Locator(".body-chart svg").First).ToBeHiddenAsync();
        await referrer.Page.EmulateMediaAsync(new() { Media = Media.Null });

        await referrer.Go($"/referrals/{reference}/amend");
        await referrer.Sees("Correct answers");
        await referrer.Follow("The patient");
        await Expect(referrer.Field("Postcode")).ToHaveValueAsync("M3 6BZ");
        await referrer.Look();
        await referrer.Fill("Postcode", "SK4 2AB");
        await referrer.Press("Continue");
        await Expect(referrer.Page.Locator("ins")).ToContainTextAsync("SK4 2AB");
        await referrer.Fill("Why do you correct this?", "Misheard on the telephone");
        await referrer.Look();
        await referrer.Press("Send corrections");
        await referrer.SeesText("corrected answers");
        await Expect(referrer.Page.Locator("del")).ToContainTextAsync("M3 6BZ");
        await referrer.Look();

        await referrer.Follow("Refer again");
        await referrer.Sees("Refer again");
        await referrer.Choose("Whom do you want to refer?", "Another patient, hurt in the same incident");
        await referrer.Press("Start the referral");
        await referrer.Sees("New referral");
        await referrer.SeesText($"Started from {reference}");
        await referrer.Follow("The incident");
        await Expect(referrer.Group("Date of the incident").GetByLabel("Year")).ToHaveValueAsync("2025");
        await referrer.Go(Regex.Replace(referrer.Page.Url, "/incident$", "/services"));
        await referrer.Sees("What is asked for");
        await referrer.SeesText("without the patient’s postcode");

        await referrer.Go("/organisation");
        await referrer.Sees("Northgate Law");
        await Expect(referrer.Button("Save")).ToHaveCountAsync(person == People.Partner ? 1 : 0);

        Assert.DoesNotContain(referrer.Titles, title => title.Contains("Niamh") || title.Contains("Blythe"));
        Assert.DoesNotContain(referrer.Addresses, address => address.Contains("Niamh") || address.Contains("Blythe"));
        referrer.HadNothingToComplainAbout();

        await using var triage = await world.SignedIn(People.Triage, options => options.ColorScheme = colours);
        await triage.Go($"/triage/{reference}");
        await triage.Press("Start triage");
        await Expect(triage.Button("Accept")).ToBeVisibleAsync();
        await triage.Press("Accept");
        await Expect(triage.Page.GetByLabel("Clinic", new() { Exact = true }).Locator("option").Nth(1)).ToContainTextAsync("Example clinic, Stockport");
        await triage.SeesText("as the crow flies from the middle of SK4");
        await triage.Look();
        triage.HadNothingToComplainAbout();
    }
}
