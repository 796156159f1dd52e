using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
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
        parties.AddRange(Named(form, referrer.OrganisationKind));
        return new NewReferral(id, Domain.Referrals.Reference.New().ToString(), referrer, catalogue, form, now)
        {
            RedFlags = SafetyAnswers.Weigh(catalogue, form.Safety).Tier,
            Parties = [.. parties.Distinct()],
        };
    }

    /// <summary>The organisations that the form names, as what; those of parts that this kind of organisation does not fill in are left out.</summary>
    internal static IEnumerable<(Guid Organisation, PartyRole Role)> Named(ReferralForm form, OrganisationKind kind)
    {
        if (FormParts.NamesCaseManager(kind) && form.Claim.CaseManagerId is { } caseManager) yield return (caseManager, PartyRole.CaseManager);
        if (FormParts.NamesInstructingParty(kind) && form.Claim.InstructingPartyId is { } instructing) yield return (instructing, PartyRole.InstructingParty);
        if (form.Funding.WhoPays == PayerKind.Funder && form.Funding.PayerId is { } payer) yield return (payer, PartyRole.Funder);
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
                Address = Text(patient.Address),
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
        OurReference = HasClaim ? Text(Form.Claim.OurReference) : null,
        ClaimReference = HasClaim ? Text(Form.Claim.ClaimReference) : null,
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
        InjuryRegions = PortalJson.Text(Form.Injury.Regions),
        PresentingCondition = string.IsNullOrEmpty(Form.Injury.ConditionSlug) ? Text(Form.Injury.ConditionInWords) : null,
        Symptoms = Text(Form.Injury.Symptoms),
        Onset = Text(Form.Injury.Onset),
        PainNow = Form.Injury.Pain,
        Form.Injury.WorkStatus,
        Occupation = Text(Form.Injury.Occupation),
        ClinicalHistory = Text(Form.Injury.ClinicalHistory),
        // The version beside each answer is the one that was on the screen, not the one that is current when the referral is sent.
        RedFlagAnswers = PortalJson.Text(Catalogue.RedFlagQuestions.Select(question => new
        {
            key = question.Key,
            answer = Form.Safety.AnswerTo(question) ?? RedFlagAnswer.NotAsked,
            wording = Form.Safety.Wordings.GetValueOrDefault(question.Key) ?? question.WordingVersion,
            onceYes = Form.Safety.OnceYes.Contains(question.Key),
        })),
        RedFlagToldBy = Told(Form.Safety.ToldBy),
        RedFlagToldAt = ToldAt,
        RedFlagToldHow = Told(Form.Safety.ToldHow),
        ClaimType = HasClaim ? Form.Claim.Type : null,
        Liability = HasClaim ? Form.Claim.Liability : null,
        LowerValueClaim = HasClaim ? Form.Claim.LowerValue : null,
        OtherInsurer = HasClaim ? Text(Form.Claim.OtherInsurer) : null,
        OtherInsurerReference = HasClaim ? Text(Form.Claim.OtherInsurerReference) : null,
        PayerKind = EnumText.Of(Form.Funding.WhoPays!.Value),
        PayerName,
        PurchaseOrder = Text(Form.Funding.Reference),
        ConsentTakenBy = Text(Form.Consent.TakenBy),
        ConsentTakenOn = ReferralFormRules.TryDate(Form.Consent.TakenOn),
        ConsentMethod = Form.Consent.Method,
        ConsentToShareWith = Form.Consent.ShareWith.Distinct().Select(role => EnumText.Of(role)).ToArray(),
        ConsentWords = Text(Form.Consent.Words) ?? ReferralForm.ConsentWords,
        Form.Services.PreferredClinicId,
        Services = Form.Services.AskedFor.Distinct().Select(service => EnumText.Of(service)).ToArray(),
        PriorityReason = Form.Services.Priority == Domain.Referrals.Priority.Urgent ? Text(Form.Services.PriorityReason) : null,
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
        PayerId = Form.Funding.WhoPays == PayerKind.Funder ? Form.Funding.PayerId : null,
        PayerName = PayerName ?? "",
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
            NhsNumber.TryParse(Form.Patient.NhsNumber, out var nhsNumber) ? nhsNumber.Digits : null, HasClaim ? Text(Form.Claim.ClaimReference) : null, HasClaim ? Text(Form.Claim.OurReference) : null,
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
        && ReferralFormRules.TimeOfDay(Form.Safety.ToldAt) is { } time
            ? LondonTime.Instant(day, time) : null;

    /// <summary>Null for a funder of the portal: its name is the organisation's own.</summary>
    string? PayerName => Form.Funding.WhoPays switch
    {
        PayerKind.Referrer => Referrer.OrganisationName,
        PayerKind.Nhs => "NHS",
        PayerKind.Patient => "The patient",
        PayerKind.SomebodyElse => Text(Form.Funding.PayerName),
        _ => null,
    };

    static string? Text(string? text) => TypedText.Storable(text)?.Trim() is { Length: > 0 } words ? words : null;
    static string? Phone(string text) => PhoneNumber.TryParse(text, out var number) ? number.E164 : null;
}
