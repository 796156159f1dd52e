using System.Text.Json;
using Bunit;
using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.Again;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Again;

public sealed class CopyReferralTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    async Task<ReferralForm> Copied(string person, string reference, CopyAs how)
    {
        var actor = await database.Actor(person);
        var outcome = await new CopyReferral(database.Database).Handle(actor, new(reference, how), Ct);
        return (await new LoadDraft(database.Database).Handle(actor, outcome.Value, Ct)).Value!.Form;
    }

    async Task<(Guid Id, string Reference, Guid CaseManager, Guid Funder)> Sent()
    {
        var (manager, funder) = ((await database.Actor(CaseManager)).OrganisationId, (await database.Actor(Funder)).OrganisationId);
        var (id, reference) = await ExampleForms.Submitted(database, await database.Actor(Solicitor), form =>
        {
            form.Claim.CaseManagerId = manager;
            (form.Claim.OtherInsurer, form.Claim.OtherInsurerReference) = ("Calder Mutual", "CM-998");
            (form.Funding.Kind, form.Funding.PayerId, form.Funding.Reference) = (PayerKind.Funder, funder, "AUTH-1");
            form.Patient.AccessNeeds = "No stairs";
            form.Safety.Answers["weight_loss"] = RedFlagAnswer.Yes;
            form.Services.Notes = "Niamh rings back after five";
        });
        return (id, reference, manager, funder);
    }

    /// <summary>Everything about the patient, the injury, the safety answers and the consent of the first referral that could be found in a copy.</summary>
    static void HoldsNothingOfThePatient(ReferralForm form)
    {
        var text = JsonSerializer.Serialize(form);
        foreach (var planted in (string[])["Niamh", "Connor", "1984", "Weavers", "M3 6BZ", "900123", "niamh@", "943 476", "Stiff neck", "weight_loss", "Amara Okafor", "traffic lights", "RB-778812", "NL/2026/00123", "AUTH-1", "450", "CM-998", "No stairs"])
            Assert.DoesNotContain(planted, text, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(form.Injury.Regions);
        Assert.Empty(form.Safety.Answers);
        Assert.Equal((false, "", DateParts.Empty, (ConsentMethod?)null), (form.Consent.Confirmed, form.Consent.TakenBy, form.Consent.TakenOn, form.Consent.Method));
        Assert.Empty(form.Visited);
    }

    [Fact]
    public async Task Another_like_it_takes_the_arrangements_and_nothing_of_the_patient_the_claim_or_the_incident()
    {
        var sent = await Sent();
        var form = await Copied(Solicitor, sent.Reference, CopyAs.Another);

        Assert.Equal((sent.CaseManager, PayerKind.Funder, sent.Funder), (form.Claim.CaseManagerId, form.Funding.Kind, form.Funding.PayerId));
        Assert.Equal([ServiceAskedFor.InitialAssessment, ServiceAskedFor.Treatment], form.Services.AskedFor);
        Assert.Equal([PartyRole.Referrer], form.Consent.ShareWith);
        Assert.Equal(new FormOrigin(sent.Reference, CopyAs.Another), form.Origin);
        Assert.Equal((null, DateParts.Empty, null, ""), (form.Claim.Type, form.Incident.Date, form.Incident.Mechanism, form.Claim.OtherInsurer));
        HoldsNothingOfThePatient(form);
    }

    [Fact]
    public async Task The_same_incident_takes_the_day_the_kind_and_the_other_side_too()
    {
        var sent = await Sent();
        var form = await Copied(Partner, sent.Reference, CopyAs.SameIncident);

        Assert.Equal((new DateParts("1", "9", "2025"), IncidentMechanism.RoadTraffic), (form.Incident.Date, form.Incident.Mechanism));
        Assert.Equal((ClaimType.RoadTraffic, "Calder Mutual", LiabilityPosition.Admitted), (form.Claim.Type, form.Claim.OtherInsurer, form.Claim.Liability));
        HoldsNothingOfThePatient(form);
    }

    [Fact]
    public async Task A_further_referral_takes_the_patient_and_the_claim_and_asks_injury_safety_authority_and_consent_anew()
    {
        var sent = await Sent();
        var form = await Copied(Solicitor, sent.Reference, CopyAs.SamePatient);

        Assert.Equal(("Niamh", "M3 6BZ", "No stairs", "943 476 5919"), (form.Patient.GivenName, form.Patient.Postcode, form.Patient.AccessNeeds, form.Patient.NhsNumber));
        Assert.Equal(("NL/2026/00123", "RB-778812", "CM-998", sent.CaseManager), (form.Claim.OurReference, form.Claim.ClaimReference, form.Claim.OtherInsurerReference, form.Claim.CaseManagerId));
        Assert.Equal((sent.Funder, "", "", ""), (form.Funding.PayerId, form.Funding.Sessions, form.Funding.Pounds, form.Funding.Reference));
        Assert.Empty(form.Injury.Regions);
        Assert.Equal("", form.Injury.Symptoms);
        Assert.Empty(form.Safety.Answers);
        Assert.Empty(form.Services.AskedFor);
        Assert.Empty(form.Consent.ShareWith);
        Assert.False(form.Consent.Confirmed);
    }

    [Fact]
    public async Task An_employer_gets_nothing_back_that_it_does_not_see()
    {
        var referral = await database.AddReferral(referrer: Employer, state: ReferralState.Submitted);
        var form = await Copied(Employer, referral.Reference, CopyAs.SamePatient);
        Assert.Equal("Maud", form.Patient.GivenName);
        Assert.DoesNotContain("CLAIM-4711", JsonSerializer.Serialize(form));
    }

    [Fact]
    public async Task The_copy_is_listed_at_once_and_both_readings_are_audited_on_the_patients_record()
    {
        var sent = await Sent();
        var solicitor = await database.Actor(Solicitor);
        var draft = (await new CopyReferral(database.Database).Handle(solicitor, new(sent.Reference, CopyAs.SamePatient), Ct)).Value;
        Assert.Contains(await new ListDrafts(database.Database).Handle(solicitor, Ct), unfinished => unfinished.Id == draft);

        await using var owner = await database.Owner();
        var entry = await owner.QuerySingleAsync<(Guid Subject, string Detail)>("select subject_id, detail::text from audit_entry where action = 'copy_referral' and referral_id = @Id", new { sent.Id });
        Assert.Equal((draft, """{"how": "same_patient"}"""), entry);
    }

    [Theory, InlineData(Stranger), InlineData(CaseManager), InlineData(Funder), InlineData(Triage), InlineData(Auditor)]
    public async Task A_referral_of_others_looks_missing_by_each_wall_alone(string person)
    {
        var sent = await Sent();
        var (stranger, solicitor) = (await database.Actor(person), await database.Actor(Solicitor));
        CopyReferral.Command command = new(sent.Reference, CopyAs.SamePatient), nothing = new(Reference.FromNumber(99).ToString(), CopyAs.SamePatient);

        Assert.Same(Outcome.Missing, (await new CopyReferral(database.WithoutRowLevelSecurity()).Handle(stranger, command, Ct)).Failure);
        Assert.Same(Outcome.Missing, (await new CopyReferral(database.Database).Handle(stranger, nothing, Ct)).Failure);
        // A party reads the referral by right; that it is not its own to refer again is the use case's to say.
        if (person is Stranger or Auditor) Assert.Same(Outcome.Missing, (await new CopyReferral(database.Database).Handle(stranger.DisguisedAs(solicitor), command, Ct)).Failure);
        if (person == Stranger) Assert.True((await new CopyReferral(database.WithoutRowLevelSecurity()).Handle(stranger.DisguisedAs(solicitor), command, Ct)).IsDone);
    }

    [Fact]
    public async Task The_page_asks_whom_and_leads_to_the_form_which_says_where_it_came_from()
    {
        var sent = await Sent();
        await using var browser = await database.SignedIn(Solicitor);
        var page = browser.Opened<ReferAgainPage>(view => view.Add(opened => opened.Typed, sent.Reference));
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Choose whom you want to refer", page.Find("[role=alert]").TextContent));

        await page.Find("#as-1").ChangeAsync(true);
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("/referrals/new/", browser.Address().Uri));

        var form = browser.Opened<FormPage>(view => view.Add(opened => opened.DraftId, Guid.Parse(browser.Address().Uri.Split('/')[^1])));
        form.WaitForAssertion(() => Assert.Contains($"Started from {sent.Reference}", form.Find(".notice").TextContent));
    }

    [Fact]
    public async Task A_party_that_did_not_refer_it_finds_no_such_page()
    {
        var sent = await Sent();
        await using var browser = await database.SignedIn(CaseManager);
        var missing = false;
        browser.Address().OnNotFound += (_, _) => missing = true;
        browser.Render<ReferAgainPage>(view => view.Add(opened => opened.Typed, sent.Reference)).WaitForAssertion(() => Assert.True(missing));
    }
}
