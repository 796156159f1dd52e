using System.Text.Json;
using Dapper;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

/// <summary>What each kind of organisation told reaches those who may read it, and nobody else.</summary>
public sealed class AudienceTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Solicitor)]
    [InlineData(CaseManager)]
    [InlineData(Intermediary)]
    [InlineData(Health)]
    [InlineData(Employer)]
    public async Task What_was_asked_is_kept_and_what_was_not_is_not(string person)
    {
        var referrer = await world.Actor(person);
        Dictionary<string, string> planted = [];
        var rules = ReferralFormRules.For(referrer.OrganisationKind, await world.Catalogue().Get(Ct), TimeProvider.System);
        ReferralForm? sent = null;
        var (_, reference) = await ExampleForms.Submitted(world, referrer, form =>
        {
            sent = form;
            foreach (var part in typeof(ReferralForm).GetProperties().Where(part => part.PropertyType.DeclaringType == typeof(ReferralForm)))
                foreach (var property in part.PropertyType.GetProperties().Where(property => property.PropertyType == typeof(string)))
                    if ($"{part.Name}.{property.Name}" is var path && !ReadAnew.Contains(path))
                        property.SetValue(part.GetValue(form), planted[path] = $"told-in-{path.Replace('.', '-')}");
        });
        var view = (await new ViewReferral(world.Database).Handle(await world.Actor(Triage), reference, Ct)).Value!;
        var all = JsonSerializer.Serialize(view);

        foreach (var (path, words) in planted)
        {
            var asked = rules.NeedOf(sent!, path == "Claim.InstructingPartyName" ? "Claim.InstructingPartyId" : path) != Need.Absent;
            Assert.True(all.Contains(words, StringComparison.Ordinal) == asked, $"{path} is {(asked ? "asked, and lost" : "not asked, and kept")}");
        }
    }

    // Checked for their form, or a key, or instead of another.
    static readonly string[] ReadAnew =
        ["Patient.Postcode", "Patient.Phone", "Patient.Email", "Patient.GuardianPhone", "Patient.GuardianEmail", "Patient.NhsNumber", "Patient.GpPracticeCode", "Injury.ConditionSlug", "Injury.ConditionInWords", "Safety.ToldAt", "Funding.Sessions", "Funding.Pounds"];

    [Fact]
    public async Task The_organisation_that_instructed_sees_the_referral_and_a_name_in_words_opens_it_to_nobody()
    {
        var agent = await world.Actor(Intermediary);
        var (named, reference) = await ExampleForms.Submitted(world, agent, form => (form.Claim.InstructingPartyId, form.Claim.InstructingPartyName) = (Id("Northgate Law").Result, "stale words"));
        var view = await See(Solicitor, reference);
        Assert.Contains(view.Parties, party => party is { Organisation: "Northgate Law", Role.Value: PartyRole.InstructingParty });
        Assert.Null(view.Claim!.InstructingPartyName);
        Assert.NotNull(view.Clinical);
        Assert.IsType<Failure.Missing>((await new ViewReferral(world.Database).Handle(await world.Actor(Stranger), reference, Ct)).Failure);

        var (_, inWords) = await ExampleForms.Submitted(world, agent, form => form.Claim.InstructingPartyName = "Northgate Law");
        Assert.IsType<Failure.Missing>((await new ViewReferral(world.Database).Handle(await world.Actor(Solicitor), inWords, Ct)).Failure);
        Assert.Equal("Northgate Law", (await See(Triage, inWords)).Claim!.InstructingPartyName);
        Assert.NotEqual(Guid.Empty, named);
    }

    [Fact]
    public async Task An_employer_reads_the_job_that_it_described_and_nothing_clinical()
    {
        var (_, reference) = await ExampleForms.Submitted(world, await world.Actor(Employer), form =>
        {
            form.Injury.Symptoms = "unmistakable-symptom";
            (form.Funding.Kind, form.Funding.PayerId, form.Funding.Reference) = (PayerKind.Funder, Id("Ribble Insurance").Result, "PO 1");
        });
        var view = await See(Employer, reference);
        Assert.Equal(("off_sick", "Warehouse picker", "Checking deliveries, seated.", new DateOnly(2025, 9, 2)), (view.Work!.WorkStatus, view.Work.Occupation, view.Work.AdjustedDuties, view.Work.AbsentSince));
        Assert.True(view.Incident!.WorkRelated);
        Assert.Null(view.Clinical);
        Assert.DoesNotContain("unmistakable-symptom", JsonSerializer.Serialize(view));

        // Its insurer pays, and does not read what the job is.
        var payer = await See(Funder, reference);
        Assert.Null(payer.Work);
        Assert.DoesNotContain("Checking deliveries", JsonSerializer.Serialize(payer));
        Assert.Equal("Lifts up to 20 kg, walks all day.", (await See(Clinician, reference)).Work!.JobDemands);
    }

    [Fact]
    public async Task A_child_s_guardian_and_consent_are_kept()
    {
        var (_, reference) = await ExampleForms.Submitted(world, await world.Actor(CaseManager), form =>
        {
            form.OfAChild();
            (form.Consent.Method, form.Consent.SignedForm, form.Consent.Covers) = (ConsentMethod.InWriting, SignedForm.Attached, [ConsentScope.Reports, ConsentScope.Attendance]);
        });
        var view = await See(Triage, reference);
        Assert.Equal(("Róisín O’Connor", "roisin@example.org", true), (view.Contact!.GuardianName, view.Contact.GuardianEmail, view.Contact.GuardianHasResponsibility));
        Assert.Equal(("guardian", "attached"), (view.Consent!.GivenBy, view.Consent.Form));
        Assert.Equal(["reports", "attendance"], view.Consent.Covers);
    }

    [Fact]
    public async Task An_adult_s_referral_has_no_guardian_whatever_the_form_still_holds()
    {
        var (_, reference) = await ExampleForms.Submitted(world, await world.Actor(Solicitor), form => (form.OfAChild().Patient.DateOfBirth, form.Consent.ShareWith) = (new("12", "3", "1984"), []));
        var view = await See(Triage, reference);
        Assert.Equal((null, null, null, null), (view.Contact!.GuardianName, view.Contact.GuardianEmail, view.Contact.GuardianHasResponsibility, view.Consent!.GivenBy));
        Assert.Empty(view.Consent.Covers); // nobody, so nothing
    }

    [Theory]
    [InlineData("update referral_detail set consent_form = 'lost'")]
    [InlineData("update referral_detail set consent_given_by = 'a friend'")]
    [InlineData("update referral_detail set consent_covers = '{everything}'")]
    [InlineData("update referral_detail set absent_since = '2026-02-01', return_target = '2026-01-01'")]
    [InlineData("update referral_detail set job_demands = repeat('x', 4001)")]
    [InlineData("update patient set guardian_email = repeat('x', 255)")]
    public async Task The_database_keeps_out_what_the_form_would_not_send(string update)
    {
        await ExampleForms.Submitted(world, await world.Actor(Employer));
        await using var owner = await world.Owner();
        Assert.Equal("23514", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => owner.ExecuteAsync(update))).SqlState);
    }

    [Theory]
    [InlineData(Solicitor, PayerKind.Funder)]
    [InlineData(Health, PayerKind.Nhs)]
    [InlineData(Employer, PayerKind.Referrer)]
    public async Task A_new_form_starts_with_what_is_nearly_always_so(string person, PayerKind payer)
    {
        var actor = await world.Actor(person);
        var draft = (await new LoadDraft(world.Database).Handle(actor, (await new StartDraft(world.Database).Handle(actor, Ct)).Value, Ct)).Value!;
        Assert.Equal((Priority.Routine, payer), (draft.Form.Services.Priority!.Value, draft.Form.Funding.WhoPays!.Value));
        Assert.Equal(actor.OrganisationKind == OrganisationKind.Employer, draft.Form.Consent.Covers.Contains(ConsentScope.FitnessForWork));
        Assert.Equal(actor.OrganisationKind == OrganisationKind.Employer ? "PO 40012345" : null, draft.Conventions.PurchaseOrderHint);
    }

    async Task<ReferralView> See(string person, string reference) => (await new ViewReferral(world.Database).Handle(await world.Actor(person), reference, Ct)).Value ?? throw new InvalidOperationException($"{person} does not see {reference}.");

    async Task<Guid> Id(string organisation)
    {
        await using var owner = await world.Owner();
        return await owner.ExecuteScalarAsync<Guid>("select id from organisation where name = @organisation", new { organisation });
    }
}
