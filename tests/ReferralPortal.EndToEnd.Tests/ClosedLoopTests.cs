using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Submit;
using UglyToad.PdfPig;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>
/// One patient from the first assessment to the discharge that the referrer has acknowledged, with more sessions asked for and given in part, and a report that a
/// reader questions and its author corrects. At each step everybody on the referral is asked what they see, on their pages and by asking the server past them.
/// </summary>
public sealed class ClosedLoopTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    const string Subjective = "Cannot look over the left shoulder since the collision", Better = "Turns the head almost freely and drives short distances",
        Safeguarding = "Says that somebody at home takes the wages", Telling = "Fit for light duties from Monday", Residual = "Stiff on cold mornings";

    string reference = "";
    Visitor solicitor = null!, caseManager = null!, funder = null!, employer = null!, clinician = null!, triage = null!, stranger = null!;

    Visitor[] Parties => [solicitor, caseManager, funder, employer];

    [Fact]
    public async Task From_assessment_to_acknowledged_discharge_each_role_sees_its_own_and_no_more()
    {
        await Begin();
        await Assessment();
        await Session();
        var report = await QueriedReport();
        await MoreSessions();
        await DischargeAndClose(report);
        foreach (var visitor in new[] { solicitor, caseManager, funder, employer, clinician, triage, stranger })
        {
            visitor.HadNothingToComplainAbout();
            await visitor.DisposeAsync();
        }
    }

    /// <summary>A referral by a solicitor with a case manager, a funder and an employer on it, booked for half an hour ago.</summary>
    async Task Begin()
    {
        var (manager, payer, works) = (await world.Database.Actor(People.CaseManager), await world.Database.Actor(People.Funder), await world.Database.Actor(People.Employer));
        (var id, reference) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Solicitor), form =>
        {
            form.Claim.CaseManagerId = manager.OrganisationId;
            (form.Funding.Kind, form.Funding.PayerId, form.Funding.PayerName) = (PayerKind.Funder, payer.OrganisationId, "");
            (form.Funding.Sessions, form.Funding.Pounds) = ("3", "");
        });
        await using (var owner = await world.Database.Owner())
        {
            // No form names an employer beside a solicitor yet; the rules for one who reads hold all the same.
            await owner.ExecuteAsync("""
                insert into referral_party (referral_id, organisation_id, role, state, submitted_at)
                select id, @organisation, 'instructing_party', state, submitted_at from referral where id = @id;
                update referral set readers = readers || @organisation where id = @id;
                update patient set readers = readers || @organisation where id = (select patient_id from referral where id = @id);
                """, new { id, organisation = works.OrganisationId });
        }
        await ClinicSteps.Book(world.Database, id);
        (solicitor, caseManager, funder) = (await world.SignedIn(People.Solicitor), await world.SignedIn(People.CaseManager), await world.SignedIn(People.Funder));
        (employer, clinician, triage, stranger) = (await world.SignedIn(People.Employer), await world.SignedIn(People.Clinician), await world.SignedIn(People.Triage), await world.SignedIn(People.Stranger));
    }

    async Task Assessment()
    {
        await clinician.Assess(reference, await Name(People.Clinician), Subjective + ".");
        await Only([clinician, triage], $"/referrals/{reference}/care", Subjective);
        await Only([solicitor, caseManager, funder, employer, clinician, triage], $"/referrals/{reference}", "saw the patient for the initial assessment");
        await Only([solicitor, caseManager, funder, clinician, triage], $"/referrals/{reference}?tab=progress", "Drive for an hour without pain");
        foreach (var visitor in Parties) Assert.DoesNotContain(Subjective, (await Asked(visitor, $"/referrals/{reference}?tab=progress")).Body);
    }

    /// <summary>A session with words for the referrer, and one that raises a concern which stays in the clinic.</summary>
    async Task Session()
    {
        foreach (var (concern, label, words) in new[] { ("Yes: tell the referrer", "What should", Telling), ("Safeguarding: clinic only", "What concerns you?", Safeguarding) })
        {
            var appointment = await Attended();
            await clinician.Go($"/referrals/{reference}/sessions/{appointment}");
            await clinician.Choose("Did the patient come?", "Yes, on time");
            await clinician.Press("Begin the note");
            await clinician.Tick("What was given?", "Exercise");
            await clinician.Fill("How was the patient, and how was it taken?", "Less pain at the end of the day.");
            await clinician.Choose("Work now", "Working with adjusted hours or duties");
            await clinician.Choose("Is there a concern?", concern);
            await clinician.Page.GetByRole(AriaRole.Textbox, new() { NameRegex = new Regex("^" + Regex.Escape(label)) }).FillAsync(words + ".");
            await clinician.Look();
            await clinician.Fill("Your name, as your signature", await Name(People.Clinician));
            await clinician.Press("Sign session");
            await Expect(clinician.Button("Write report")).ToBeVisibleAsync();
        }
        await clinician.Look();
        await Only([solicitor, clinician, triage], $"/referrals/{reference}", Telling);
        await Only([clinician, triage], $"/referrals/{reference}/care", Safeguarding);
        foreach (var tab in new[] { "", "?tab=progress", "?tab=history", "?tab=appointments" })
            foreach (var visitor in Parties) Assert.DoesNotContain(Safeguarding, (await Asked(visitor, $"/referrals/{reference}{tab}")).Body);
    }

    /// <summary>A progress report that the case manager questions and the clinician corrects; returns the address of the version that stands.</summary>
    async Task<string> QueriedReport()
    {
        await clinician.Go($"/referrals/{reference}/care");
        await clinician.Press("Write report");
        await clinician.Choose("Which report?", "Progress report");
        await clinician.Press("Start writing");
        await clinician.Sees("Progress report");
        var draft = new Uri(clinician.Page.Url).AbsolutePath.Replace("/edit", "", StringComparison.Ordinal);
        Assert.Contains("Exercise", await clinician.Field("Treatment given").InputValueAsync(), StringComparison.OrdinalIgnoreCase); // nothing is typed twice
        foreach (var part in await clinician.Page.Locator("main textarea").AllAsync()) Assert.DoesNotContain(Safeguarding, await part.InputValueAsync());
        await clinician.Fill("Progress", Better + ".");
        await clinician.Fill("Next step", "Three more sessions.");
        foreach (var visitor in Parties.Append(stranger)) Assert.Equal(404, (await Asked(visitor, draft)).Status);

        await clinician.Press("Preview for each reader");
        await Expect(clinician.Page.Locator("main")).ToContainTextAsync(Better);
        await clinician.Look();
        await clinician.Page.GoBackAsync();
        await clinician.Sees("Progress report");
        var first = await Sign(draft);
        await Only([solicitor, caseManager, funder, clinician, triage], first, Better);
        Assert.Equal((200, 404), ((await Asked(employer, first)).Status, (await Asked(stranger, first)).Status));
        await IsGenuine(first);

        await caseManager.Go(first);
        await caseManager.Press("Ask the author");
        await caseManager.Page.GetByLabel("Which part is it about?").SelectOptionAsync(new SelectOptionValue { Label = "Progress" });
        await caseManager.Fill("Your question", "How far is a short distance?");
        await caseManager.Press("Send question");
        await caseManager.SeesText("Your question is with the author");
        await caseManager.Look();
        await Only([caseManager, clinician, triage], first, "How far is a short distance?");

        await clinician.Go(first);
        await clinician.Press("Correct the report");
        await clinician.Page.WaitForURLAsync("**/edit");
        await clinician.Sees("Progress report");
        var second = new Uri(clinician.Page.Url).AbsolutePath.Replace("/edit", "", StringComparison.Ordinal);
        foreach (var visitor in Parties) Assert.Equal(404, (await Asked(visitor, second)).Status);
        await clinician.Fill("Progress", Better + ", up to ten miles.");
        await Sign(second);
        await Only([solicitor, caseManager, funder, clinician, triage], second, "up to ten miles");
        await caseManager.Go(first);
        await caseManager.SeesText("corrected the report");
        await caseManager.Look();
        return second;
    }

    /// <summary>Six more sessions are asked for; the funder gives four.</summary>
    async Task MoreSessions()
    {
        await clinician.Go($"/referrals/{reference}/care");
        await clinician.Page.GetByRole(AriaRole.Link, new() { Name = "Request more sessions" }).Or(clinician.Button("Request more sessions")).First.ClickAsync();
        await clinician.Sees("Request more sessions");
        await clinician.Fill("Sessions", "6");
        await clinician.Fill("Price of each", "45");
        var until = DateTime.Today.AddDays(90);
        await clinician.FillDate("Until", $"{until.Day}", $"{until.Month}", $"{until.Year}");
        await clinician.Fill("Expected outcome if it is declined", "The neck stays stiff and the patient does not drive to work.");
        await clinician.Look();
        await clinician.Press("Continue to the report");
        await clinician.Page.WaitForURLAsync("**/edit");
        await clinician.Sees("Treatment extension request");
        var draft = new Uri(clinician.Page.Url).AbsolutePath.Replace("/edit", "", StringComparison.Ordinal);
        Assert.DoesNotContain(reference, (await Asked(funder, "/approvals")).Body); // nothing is asked before the signature
        foreach (var part in await clinician.Page.Locator("main textarea").AllAsync())
            if (await part.InputValueAsync() == "") await part.FillAsync("As agreed with the patient.");
        await Sign(draft);

        await funder.Go("/approvals");
        await funder.SeesText(reference);
        await funder.Look();
        await funder.Page.Locator("main table a").First.ClickAsync();
        await Expect(funder.Button("Authorise in part")).ToBeVisibleAsync();
        await funder.Look();
        await funder.Press("Authorise in part");
        await funder.Page.Locator("main input[inputmode=numeric]").First.FillAsync("4");
        await funder.Fill("In words", "Four now, then a report.");
        await funder.Look();
        await funder.Press("Authorise this part");
        await funder.SeesText("Clinic and referrer are told");
        foreach (var visitor in new[] { solicitor, caseManager, employer, clinician, stranger }) Assert.NotEqual(200, (await Asked(visitor, "/approvals")).Status);
        await Only([solicitor, caseManager, funder, employer, clinician, triage], $"/referrals/{reference}?tab=funding", "sessions authorised");
        await solicitor.Go($"/referrals/{reference}?tab=funding");
        await solicitor.SeesText("Four now, then a report.");
        await Expect(solicitor.Page.Locator(".balance .figure").First).ToHaveTextAsync("7");
        await solicitor.Look();
    }

    async Task DischargeAndClose(string report)
    {
        await clinician.Go($"/referrals/{reference}/care");
        await clinician.Press("Write report");
        await clinician.Choose("Which report?", "Discharge report");
        await clinician.Press("Start writing");
        await clinician.Sees("Discharge report");
        var draft = new Uri(clinician.Page.Url).AbsolutePath.Replace("/edit", "", StringComparison.Ordinal);
        foreach (var part in await clinician.Page.Locator("main textarea").AllAsync())
            if (await part.InputValueAsync() == "") await part.FillAsync("Goals met.");
        await clinician.Fill("Remaining symptoms", Residual + ".");
        var discharge = await Sign(draft);
        await clinician.Go($"/referrals/{reference}/care");
        await clinician.Press("Discharge");
        await clinician.SeesText("The patient is discharged");
        await clinician.Look();
        await Only([solicitor, caseManager, funder, clinician, triage], discharge, Residual);
        Assert.DoesNotContain(Residual, (await Asked(employer, discharge)).Body);
        Assert.Equal(404, (await Asked(stranger, discharge)).Status);

        // Nobody has said that they saw it: it is not closed without a reason.
        await triage.Go($"/referrals/{reference}/care");
        await triage.Choose("What is left to pay?", "Nothing is owed");
        await triage.Press("Close referral");
        await triage.SeesText("The referrer has not acknowledged the discharge report");
        await triage.Look();

        await solicitor.Go($"/referrals/{reference}");
        await solicitor.SeesText("Treatment has ended");
        await solicitor.Look();
        await solicitor.Page.Locator($"main a[href='{discharge}']").First.ClickAsync();
        await solicitor.Press("I have seen this report");
        await solicitor.Choose("How well did the clinic do for you?", "5");
        await solicitor.Look();
        await solicitor.Press("Send answer");
        await solicitor.SeesText("You gave the clinic 5 of 5");
        await Only([solicitor, clinician, triage], discharge, "Seen by");

        await triage.Go($"/referrals/{reference}/care");
        await triage.Choose("What is left to pay?", "Nothing is owed");
        if (await triage.Field("Why is it closed all the same?").IsVisibleAsync()) await triage.Fill("Why is it closed all the same?", "No fee was agreed.");
        await triage.Press("Close referral");
        await triage.SeesText("The referral is closed");
        foreach (var visitor in Parties) Assert.Contains("Closed", (await Asked(visitor, $"/referrals/{reference}")).Body);
        foreach (var address in new[] { $"/referrals/{reference}", report, discharge, report + "/pdf", discharge + "/pdf", $"/referrals/{reference}/recovery" })
            Assert.Equal(404, (await Asked(stranger, address)).Status);
    }

    /// <summary>The PDF says what it must, and the page of verification knows it, with nobody signed in.</summary>
    async Task IsGenuine(string report)
    {
        var answer = await solicitor.Page.APIRequest.GetAsync(new Uri(world.Portal.Address, report + "/pdf").ToString());
        Assert.Equal(200, answer.Status);
        using var pdf = PdfDocument.Open(await answer.BodyAsync());
        var text = string.Join(' ', pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        Assert.Contains(await Name(People.Clinician), text);
        Assert.Matches("[0-9a-f]{64}", Regex.Replace(text, @"\s", ""));
        Assert.Matches(@"age 1 of \d", text);
        await using var anybody = await world.Visitor();
        Assert.Equal(200, (await Asked(anybody, "/verify")).Status);
    }

    async Task<string> Sign(string draft)
    {
        await clinician.Fill("Your name, as your signature", await Name(People.Clinician));
        await clinician.Press("Sign report");
        await clinician.Page.WaitForURLAsync($"**{draft}");
        await clinician.SeesText("SHA-256");
        await clinician.Look();
        return draft;
    }

    async Task<Guid> Attended()
    {
        await using var owner = await world.Database.Owner();
        return await owner.ExecuteScalarAsync<Guid>("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
            select gen_random_uuid(), r.id, 'treatment', first.clinic_id, first.clinician_id, earlier.at, earlier.at + interval '20 minutes'
            from referral r
            join appointment first on first.referral_id = r.id and first.kind = 'initial_assessment'
            cross join lateral (select min(starts_at) - interval '1 hour' as at from appointment where clinician_id = first.clinician_id) earlier
            where r.reference = @reference
            returning id
            """, new { reference });
    }

    async Task<string> Name(string userName) => (await world.Database.Actor(userName)).DisplayName;

    async Task<(int Status, string Body)> Asked(Visitor visitor, string address)
    {
        var answer = await visitor.Page.APIRequest.GetAsync(new Uri(world.Portal.Address, address).ToString(), new() { MaxRedirects = 0 });
        return (answer.Status, WebUtility.HtmlDecode(await answer.TextAsync()));
    }

    /// <summary>These people, and nobody else on the referral or off it, get the words from the server at this address.</summary>
    async Task Only(Visitor[] readers, string address, string words)
    {
        foreach (var (name, visitor) in new[] { (nameof(solicitor), solicitor), (nameof(caseManager), caseManager), (nameof(funder), funder), (nameof(employer), employer), (nameof(clinician), clinician), (nameof(triage), triage), (nameof(stranger), stranger) })
        {
            var (status, body) = await Asked(visitor, address);
            Assert.Equal((address, words, name, readers.Contains(visitor)), (address, words, name, status == 200 && body.Contains(words, StringComparison.Ordinal)));
        }
    }
}
