using Dapper;
using Microsoft.Playwright;
using UglyToad.PdfPig;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>One referral from the solicitor's first key press to the report that the case manager reads.</summary>
public sealed class MainJobTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task A_referral_is_made_treated_reported_on_and_read_by_those_who_may()
    {
        const string progress = "The patient turns the head almost without pain and drives short distances again.";
        await using var solicitor = await world.Visitor();
        await solicitor.SignIn(People.Solicitor, look: true);
        await solicitor.StartReferral();
        await solicitor.FillEveryPart("Niamh", "O’Connor-Blythe", "Stiff neck, worse in the morning.");
        var reference = await solicitor.SubmitAnswers();

        // The solicitor's page stays open all the while.
        await solicitor.Follow("View this referral");
        await solicitor.IsAlive();
        await solicitor.SeesText("sent the referral to the clinic");
        await solicitor.Look();
        var (clinicianName, clinic) = ((await world.Database.Actor(People.Clinician)).DisplayName, await AClinicOf(People.Clinician));
        await using var triage = await world.SignedIn(People.Triage);
        await triage.Accept(reference, clinic);
        await triage.BookFirst(clinicianName);
        await solicitor.SeesText("started triage");
        await solicitor.SeesText("accepted the referral");
        await solicitor.SeesText("booked the initial assessment");
        await TriageSteps.UntilTheAppointment(world.Database, reference);

        await using var clinician = await world.SignedIn(People.Clinician);
        await clinician.Assess(reference, clinicianName);
        await solicitor.SeesText("saw the patient for the initial assessment");
        var report = await clinician.SignProgressReport(clinicianName, progress);
        await solicitor.SeesText("signed a report");
        await solicitor.Look();

        await using var caseManager = await world.SignedIn(People.CaseManager);
        await caseManager.Go("/referrals");
        await caseManager.Look();
        await caseManager.Page.GetByRole(AriaRole.Link, new() { Name = reference }).ClickAsync();
        await caseManager.SeesText("signed a report");
        await caseManager.Look();
        await caseManager.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Progress") }).First.ClickAsync();
        await Expect(caseManager.Heading("Reports")).ToBeVisibleAsync();
        await caseManager.Look();
        await caseManager.Page.Locator($"main a[href='{report}']").ClickAsync();
        await caseManager.SeesText(progress);
        await caseManager.Look();

        var download = await caseManager.Page.RunAndWaitForDownloadAsync(() => caseManager.Follow("Download PDF"));
        var bytes = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal("%PDF-"u8, bytes.AsSpan(0, 5));
        using var pdf = PdfDocument.Open(bytes);
        var text = string.Join(' ', pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        Assert.Contains(reference, text);
        Assert.Contains(progress, text);
        Assert.Equal($"{reference}-progress-v1.pdf", download.SuggestedFilename);

        await using var stranger = await world.SignedIn(People.Stranger);
        var hidden = await stranger.GoAstray($"/referrals/{reference}");
        var missing = await stranger.GoAstray("/referrals/R-7K3M-92QX");
        Assert.Equal(404, hidden.Status);
        Assert.Equal(missing, hidden);
        Assert.Equal(404, (await stranger.GoAstray(report)).Status);
        Assert.Equal(404, (await stranger.GoAstray(report + "/pdf")).Status);
        await stranger.Go("/referrals");
        Assert.DoesNotContain(reference, await stranger.Page.Locator("main").InnerTextAsync());

        foreach (var visitor in new[] { solicitor, triage, clinician, caseManager, stranger })
        {
            await visitor.SignOut();
            visitor.HadNothingToComplainAbout();
        }
    }

    async Task<string> AClinicOf(string clinician)
    {
        await using var connection = await world.Database.Owner();
        return await connection.ExecuteScalarAsync<string>("""
            select clinic.name from working_pattern
            join clinic on clinic.id = working_pattern.clinic_id
            join portal_user on portal_user.id = working_pattern.clinician_id
            where portal_user.user_name = @clinician and clinic.closed_at is null order by clinic.name limit 1
            """, new { clinician }) ?? throw new InvalidOperationException("The clinician works nowhere.");
    }
}
