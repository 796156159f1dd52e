using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Testing;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>One patient referred twice, and the other side of the accident, as the people of two firms and of the clinic meet them.</summary>
public sealed class RightPatientTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task The_referrer_is_told_of_its_own_and_the_clinic_of_everybody_s_and_decides()
    {
        var (ours, reference) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Solicitor));
        var (_, twin) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Stranger), form => (form.Patient.FamilyName, form.Patient.Address) = ("O Connor Blyth", "9 Weavers Court, Salford"));
        var (theirs, opposite) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Stranger), form =>
        {
            (form.Patient.GivenName, form.Patient.FamilyName, form.Patient.NhsNumber, form.Patient.DateOfBirth) = ("Bert", "Cropper", "", new() { Day = "30", Month = "11", Year = "1961" });
            (form.Claim.ClaimReference, form.Funding.PayerName) = ("HL-9001", "Calder Mutual Insurance");
        });
        await using (var connection = await world.Database.Owner())
            await connection.ExecuteAsync("update referral_detail set other_insurer = 'Calder Mutual' where referral_id = @ours", new { ours, theirs });

        await using var solicitor = await world.SignedIn(People.Solicitor);
        await solicitor.StartReferral();
        await solicitor.Fill("First name", "Niamh");
        await solicitor.Fill("Last name", "O'Connor Blythe");
        await solicitor.FillDate("Date of birth", "3", "12", "1984");
        await solicitor.Fill("Postcode", "M3 6BZ");
        var already = solicitor.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "You may have referred this patient already" });
        await Expect(already).ToContainTextAsync($"{reference}");
        await Expect(already).Not.ToContainTextAsync(twin);
        await solicitor.Look();
        await already.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(already).ToHaveCountAsync(0);
        solicitor.HadNothingToComplainAbout();

        await using var triage = await world.SignedIn(People.Triage);
        await triage.Go($"/triage/{reference}");
        await Expect(triage.Heading("Possible duplicates")).ToBeVisibleAsync();
        var other = triage.Page.GetByRole(AriaRole.Article).Filter(new() { HasText = twin });
        await Expect(other).ToContainTextAsync("Same NHS number");
        await other.GetByText("Compare side by side").ClickAsync();
        await Expect(other.GetByRole(AriaRole.Row).Filter(new() { HasText = "Address" })).ToContainTextAsync("Differs");
        await triage.Look();

        await other.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        await triage.Choose("What are the two to each other?", "Merge: one patient");
        await triage.Press("Save decision");
        await Expect(triage.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Write why");
        await triage.Fill("Why?", "Spoke to the patient.");
        await triage.Press("Save decision");
        await Expect(other).ToContainTextAsync("One patient with this referral.");
        await triage.Look();

        // The other side of the accident stops what is accepted, until somebody says why it need not.
        await triage.Press("Start triage");
        await Expect(triage.Heading("Possible conflict of interest")).ToBeVisibleAsync();
        await triage.Press("Accept");
        await triage.Page.GetByLabel("Clinic", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await triage.Press("Accept referral");
        await Expect(triage.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"{opposite} looks like the other side of the same accident");
        await triage.Look();
        await triage.Page.GetByRole(AriaRole.Button, new() { Name = "Declare independence" }).ClickAsync();
        await triage.Fill("The clinic: why can this be judged independently?", "Another team at another clinic treats the other side.");
        await triage.Press("Record declaration");
        await Expect(triage.Heading("Other side of the same accident: declared")).ToBeVisibleAsync();
        await triage.Look();
        await triage.Press("Accept referral");
        await triage.SeesText("Accepted.");

        await triage.Go($"/referrals/{reference}");
        await triage.SeesText($"Same patient: {twin}");
        triage.HadNothingToComplainAbout();
    }
}
