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

    /// <summary>What the needs of the fields depend on, on the day of submission.</summary>
    FormCase Case => asked ??= new(Form, BirthDate.IsChildOn(DateOfBirth, LondonTime.DateOf(SubmittedAt)), RedFlags == RedFlagTier.Emergency);

    FormCase? asked;

    /// <summary>Whether the field was asked: what one that was not may hold is left out.</summary>
    bool Asked(string field) => FormFields.Rule(field, Referrer.OrganisationKind).Now(Case) != Need.Absent;

    string? Given(string field, string? text) => Asked(field) ? Text(text) : null;

    T? Given<T>(string field, T? value) where T : struct => Asked(field) ? value : null;

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
        if (FormFields.MayAsk("Claim.CaseManagerId", kind) && form.Claim.CaseManagerId is { } caseManager) yield return (caseManager, PartyRole.CaseManager);
        if (FormFields.MayAsk("Claim.InstructingPartyId", kind) && form.Claim.InstructingPartyId is { } instructing) yield return (instructing, PartyRole.InstructingParty);
        if (form.Funding.WhoPays == PayerKind.Funder && form.Funding.PayerId is { } payer) yield return (payer, PartyRole.Funder);
    }

    public object PatientRow
    {
        get
        {
            var patient = Form.Patient;
            return new
            {
                Id,
                GivenName = PersonName.Read(patient.GivenName),
                FamilyName = PersonName.Read(patient.FamilyName),
                DateOfBirth,
                patient.Sex,
                NhsNumber = StoredNhsNumber,
                NhsNumberUnknownReason = Given("Patient.NhsNumberNotKnownReason", patient.NhsNumberNotKnownReason),
                GpPracticeName = Text(patient.GpPracticeName),
                GpPracticeCode = ProfessionalNumbers.GpPractice(patient.GpPracticeCode),
                Address = Text(patient.Address),
                Postcode = Postcode.TryParse(patient.Postcode, out var postcode) ? postcode.ToString() : null,
                Phone = Phone(patient.Phone),
                Email = Text(patient.Email),
                patient.PreferredContact,
                GuardianName = Asked("Patient.GuardianName") ? PersonName.Read(patient.GuardianName) : null,
                GuardianRelationship = Given("Patient.GuardianRelationship", patient.GuardianRelationship),
                GuardianPhone = Asked("Patient.GuardianPhone") ? Phone(patient.GuardianPhone) : null,
                GuardianEmail = Given("Patient.GuardianEmail", patient.GuardianEmail),
                GuardianResponsibility = Given("Patient.GuardianResponsibility", patient.GuardianResponsibility),
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
        OurReference = Given("Claim.OurReference", Form.Claim.OurReference),
        ClaimReference = Given("Claim.ClaimReference", Form.Claim.ClaimReference),
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
        WorkRelated = Given("Incident.WorkRelated", Form.Incident.WorkRelated),
        IncidentMechanism = Form.Incident.Mechanism,
        IncidentAccount = Text(Form.Incident.Account),
        InjuryRegions = PortalJson.Text(Form.Injury.Regions),
        PresentingCondition = string.IsNullOrEmpty(Form.Injury.ConditionSlug) ? Text(Form.Injury.ConditionInWords) : null,
        Symptoms = Text(Form.Injury.Symptoms),
        Onset = Text(Form.Injury.Onset),
        PainNow = Form.Injury.Pain,
        Form.Injury.WorkStatus,
        Occupation = Text(Form.Injury.Occupation),
        ClinicalHistory = Given("Injury.ClinicalHistory", Form.Injury.ClinicalHistory),
        Medication = Given("Injury.Medication", Form.Injury.Medication),
        Imaging = Given("Injury.Imaging", Form.Injury.Imaging),
        JobDemands = Given("Work.JobDemands", Form.Work.JobDemands),
        CurrentDuties = Given("Work.CurrentDuties", Form.Work.CurrentDuties),
        AdjustedDuties = Given("Work.AdjustedDuties", Form.Work.AdjustedDuties),
        AbsentSince = Given("Work.AbsentSince", ReferralFormRules.TryDate(Form.Work.AbsentSince)),
        ReturnTarget = Given("Work.ReturnTarget", ReferralFormRules.TryDate(Form.Work.ReturnTarget)),
        // The version beside each answer is the one that was on the screen, not the one that is current when the referral is sent.
        RedFlagAnswers = PortalJson.Text(Catalogue.RedFlagQuestions.Select(question => new
        {
            key = question.Key,
            answer = Form.Safety.AnswerTo(question) ?? RedFlagAnswer.NotAsked,
            wording = Form.Safety.Wordings.GetValueOrDefault(question.Key) ?? question.WordingVersion,
            onceYes = Form.Safety.OnceYes.Contains(question.Key),
        })),
        RedFlagToldBy = Given("Safety.ToldBy", Form.Safety.ToldBy),
        RedFlagToldAt = ToldAt,
        RedFlagToldHow = Given("Safety.ToldHow", Form.Safety.ToldHow),
        InstructingPartyName = Form.Claim.InstructingPartyId is null ? Given("Claim.InstructingPartyId", Form.Claim.InstructingPartyName) : null,
        ClaimType = Given("Claim.Type", Form.Claim.Type),
        Liability = Given("Claim.Liability", Form.Claim.Liability),
        LowerValueClaim = Given("Claim.LowerValue", Form.Claim.LowerValue),
        OtherInsurer = Given("Claim.OtherInsurer", Form.Claim.OtherInsurer),
        OtherInsurerReference = Given("Claim.OtherInsurerReference", Form.Claim.OtherInsurerReference),
        PayerKind = EnumText.Of(Form.Funding.WhoPays!.Value),
        PayerName,
        PurchaseOrder = Text(Form.Funding.Reference),
        ConsentGivenBy = Given("Consent.GivenBy", Form.Consent.GivenBy),
        ConsentForm = Given("Consent.SignedForm", Form.Consent.SignedForm),
        ConsentCovers = Form.Consent.ShareWith.Count == 0 ? [] : Form.Consent.Covers.Distinct().Select(scope => EnumText.Of(scope)).ToArray(),
        ConsentTakenBy = Text(Form.Consent.TakenBy),
        ConsentTakenOn = ReferralFormRules.TryDate(Form.Consent.TakenOn),
        ConsentMethod = Form.Consent.Method,
        ConsentToShareWith = Form.Consent.ShareWith.Distinct().Select(role => EnumText.Of(role)).ToArray(),
        ConsentWords = Text(Form.Consent.Words) ?? ReferralForm.ConsentWords,
        Form.Services.PreferredClinicId,
        Services = Form.Services.AskedFor.Distinct().Select(service => EnumText.Of(service)).ToArray(),
        PriorityReason = Given("Services.PriorityReason", Form.Services.PriorityReason),
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
            StoredNhsNumber, Given("Claim.ClaimReference", Form.Claim.ClaimReference), Given("Claim.OurReference", Form.Claim.OurReference),
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
    string? StoredNhsNumber => Asked("Patient.NhsNumber") && NhsNumber.TryParse(Form.Patient.NhsNumber, out var number) ? number.Digits : null;

    DateTimeOffset? ToldAt =>
        Asked("Safety.ToldAt") && ReferralFormRules.TryDate(Form.Safety.ToldOn) is { } day
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
