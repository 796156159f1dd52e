using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>A checked form as the rows that it becomes. Build it only from a form that <see cref="ReferralFormRules"/> found nothing wrong with.</summary>
sealed record NewReferral(Guid Id, string Reference, Actor Referrer, CatalogueContent Catalogue, ReferralForm Form, DateTimeOffset SubmittedAt)
{
    public required RedFlagTier? RedFlags { get; init; }
    public required (Guid Organisation, PartyRole Role)[] Parties { get; init; }

    public Priority Priority => RedFlags is not null ? Priority.Urgent : Form.Services.Priority!.Value;

    Guid[] Readers => [.. Parties.Select(party => party.Organisation).Distinct()];

    public static NewReferral From(ReferralForm form, CatalogueContent catalogue, Actor referrer, Guid id, DateTimeOffset now)
    {
        List<(Guid, PartyRole)> parties = [(referrer.OrganisationId, PartyRole.Referrer), (catalogue.Group.Id, PartyRole.TreatingClinic)];
        if (form.Claim.CaseManagerId is { } caseManager && FormParts.Of(FormSection.Claim, referrer.OrganisationKind) != PartRule.Absent) parties.Add((caseManager, PartyRole.CaseManager));
        if (form.Funding.PayerId is { } payer) parties.Add((payer, PartyRole.Funder));
        var tiers = catalogue.RedFlagQuestions.Select(question => (question.Key, EnumText.Parse<RedFlagTier>(question.Tier)));
        return new NewReferral(id, Domain.Referrals.Reference.New().ToString(), referrer, catalogue, form, now)
        {
            RedFlags = Domain.Referrals.RedFlags.Weigh(tiers, form.Safety.Answers).Tier,
            Parties = [.. parties.DistinctBy(party => party)],
        };
    }

    public object PatientRow
    {
        get
        {
            var patient = Form.Patient;
            var isChild = BirthDate.IsChildOn(DateOfBirth, LondonTime.DateOf(SubmittedAt));
            return new
            {
                Id,
                GivenName = PersonName.Read(patient.GivenName),
                FamilyName = PersonName.Read(patient.FamilyName),
                DateOfBirth,
                patient.Sex,
                NhsNumber = NhsNumber.TryParse(patient.NhsNumber, out var nhsNumber) ? nhsNumber.Digits : null,
                NhsNumberUnknownReason = patient.NhsNumberNotKnown ? Text(patient.NhsNumberNotKnownReason) : null,
                GpPracticeName = Text(patient.GpPracticeName),
                GpPracticeCode = ProfessionalNumbers.GpPractice(patient.GpPracticeCode),
                Address = patient.Address.Trim(),
                Postcode = Postcode.TryParse(patient.Postcode, out var postcode) ? postcode.ToString() : null,
                Phone = Phone(patient.Phone),
                Email = Text(patient.Email),
                patient.PreferredContact,
                GuardianName = isChild ? PersonName.Read(patient.GuardianName) : null,
                GuardianRelationship = isChild ? Text(patient.GuardianRelationship) : null,
                GuardianPhone = isChild ? Phone(patient.GuardianPhone) : null,
                InterpreterLanguage = Text(patient.InterpreterLanguage),
                CommunicationNeeds = Text(patient.CommunicationNeeds),
                AccessNeeds = Text(patient.AccessNeeds),
                patient.HomeVisitNeeded,
                Readers,
                At = SubmittedAt,
            };
        }
    }

    public object ReferralRow(LifecycleStep.Clock due) => new
    {
        Id,
        Reference,
        Priority,
        OrganisationId = Referrer.OrganisationId,
        PersonId = Referrer.UserId,
        ConditionSlug = Text(Form.Injury.ConditionSlug),
        OurReference = Text(Form.Claim.OurReference),
        ClaimReference = Text(Form.Claim.ClaimReference),
        IncidentDate = ReferralFormRules.TryDate(Form.Incident.Date),
        RedFlagTier = RedFlags is { } tier ? EnumText.Of(tier) : null,
        due.DueFor,
        due.DueAt,
        At = SubmittedAt,
        Readers,
    };

    public object DetailRow => new
    {
        Id,
        IncidentMechanism = Form.Incident.Mechanism,
        IncidentAccount = Text(Form.Incident.Account),
        InjuryRegions = PortalJson.Text(Form.Injury.Regions.Select(region => new { region = region.Key, region.Side })),
        PresentingCondition = Text(Form.Injury.ConditionInWords),
        Symptoms = Text(Form.Injury.Symptoms),
        Onset = Text(Form.Injury.Onset),
        PainNow = Form.Injury.Pain,
        Form.Injury.WorkStatus,
        Occupation = Text(Form.Injury.Occupation),
        ClinicalHistory = Text(Form.Injury.ClinicalHistory),
        // The version beside each answer is the one that was on the screen, not the one that is current when the referral is sent.
        RedFlagAnswers = PortalJson.Text(Form.Safety.Answers.Select(answer => new { key = answer.Key, answer = answer.Value, wording = Form.Safety.WordingVersion })),
        RedFlagToldBy = Told(Form.Safety.ToldBy),
        RedFlagToldAt = ToldAt,
        RedFlagToldHow = Told(Form.Safety.ToldHow),
        ClaimType = HasClaim ? Form.Claim.Type : null,
        Liability = HasClaim ? Form.Claim.Liability : null,
        LowerValueClaim = HasClaim ? Form.Claim.LowerValue : null,
        OtherInsurer = Text(Form.Claim.OtherInsurer),
        OtherInsurerReference = Text(Form.Claim.OtherInsurerReference),
        PayerKind = Form.Funding.PayerId is null ? "named" : "organisation",
        PayerName = Text(Form.Funding.PayerName),
        PurchaseOrder = Text(Form.Funding.Reference),
        ConsentTakenBy = Text(Form.Consent.TakenBy),
        ConsentTakenOn = ReferralFormRules.TryDate(Form.Consent.TakenOn),
        ConsentMethod = Form.Consent.Method,
        ConsentToShareWith = Form.Consent.ShareWith.Select(role => EnumText.Of(role)).ToArray(),
        ConsentWords = ReferralForm.ConsentWords,
        Services = Form.Services.AskedFor.Select(service => EnumText.Of(service)).ToArray(),
        PriorityReason = Text(Form.Services.PriorityReason),
        Availability = Text(Form.Patient.Availability),
        Notes = Text(Form.Services.Notes),
    };

    public object PartyRows => new
    {
        Id,
        Organisations = Parties.Select(party => party.Organisation).ToArray(),
        Roles = Parties.Select(party => EnumText.Of(party.Role)).ToArray(),
        At = SubmittedAt,
    };

    public object AuthorityRow => new
    {
        AuthorityId = Guid.CreateVersion7(SubmittedAt),
        Id,
        Form.Funding.PayerId,
        PayerName = Text(Form.Funding.PayerName) ?? "",
        Sessions = ReferralFormRules.WholeNumber(Form.Funding.Sessions),
        Pounds = ReferralFormRules.Money(Form.Funding.Pounds),
        ExpiresOn = ReferralFormRules.TryDate(Form.Funding.ExpiresOn),
        AuthorityReference = Text(Form.Funding.Reference),
        At = SubmittedAt,
    };

    /// <summary>What search finds it by: reference, name, date of birth in both common forms, NHS number, claim references.</summary>
    public object SearchRow => new
    {
        Id,
        Readers,
        At = SubmittedAt,
        Words = string.Join(' ', new[]
        {
            Reference, Reference.Replace("-", "", StringComparison.Ordinal), PersonName.Read(Form.Patient.GivenName), PersonName.Read(Form.Patient.FamilyName),
            DateOfBirth.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture), DateOfBirth.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            NhsNumber.TryParse(Form.Patient.NhsNumber, out var nhsNumber) ? nhsNumber.Digits : null, Text(Form.Claim.ClaimReference), Text(Form.Claim.OurReference),
        }.Where(word => word is not null)),
    };

    public object EventRow => new
    {
        EventId = Guid.CreateVersion7(SubmittedAt),
        Id,
        PersonId = Referrer.UserId,
        PersonName = Referrer.DisplayName,
        OrganisationId = Referrer.OrganisationId,
        At = SubmittedAt,
        Detail = "{}",
    };

    DateOnly DateOfBirth => ReferralFormRules.TryDate(Form.Patient.DateOfBirth)!.Value;
    bool HasClaim => FormParts.Of(FormSection.Claim, Referrer.OrganisationKind) != PartRule.Absent;

    string? Told(string text) => RedFlags == RedFlagTier.Emergency ? Text(text) : null;

    DateTimeOffset? ToldAt =>
        RedFlags == RedFlagTier.Emergency && ReferralFormRules.TryDate(Form.Safety.ToldOn) is { } day
        && TimeOnly.TryParseExact(Form.Safety.ToldAt.Trim(), ["H:mm", "HH:mm", "H.mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? LondonTime.Instant(day, time) : null;

    static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    static string? Phone(string text) => PhoneNumber.TryParse(text, out var number) ? number.E164 : null;
}
