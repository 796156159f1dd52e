using System.Collections.Concurrent;
using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using static ReferralPortal.Web.Features.Referrals.Submit.ReferralForm;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// Every rule of the referral form, for one kind of organisation, as of now in London. The same rules run when a section is left,
/// when the answers are checked, and once more where the referral is saved.
/// </summary>
public sealed class ReferralFormRules
{
    // Putting the rules together costs several times what checking a form does, and both are done whenever somebody types.
    static readonly ConcurrentDictionary<OrganisationKind, ReferralFormRules> Latest = [];

    readonly OrganisationKind kind;
    readonly CatalogueContent catalogue;
    readonly TimeProvider clock;
    readonly PartRules<PatientPart> patient;
    readonly PartRules<IncidentPart> incident;
    readonly PartRules<InjuryPart> injury;
    readonly PartRules<WorkPart> work;
    readonly PartRules<SafetyPart> safety;
    readonly PartRules<ClaimPart> claim;
    readonly PartRules<FundingPart> funding;
    readonly PartRules<ServicesPart> services;
    readonly PartRules<ConsentPart> consent;

    ReferralFormRules(OrganisationKind kind, CatalogueContent catalogue, TimeProvider clock, DateOnly today)
    {
        (this.kind, this.catalogue, this.clock, Today) = (kind, catalogue, clock, today);
        patient = Patient(new(FormSection.Patient, kind));
        incident = Incident(new(FormSection.Incident, kind));
        injury = Injury(new(FormSection.Injury, kind));
        work = Work(new(FormSection.Work, kind));
        safety = Safety(new(FormSection.Safety, kind));
        claim = Claim(new(FormSection.Claim, kind));
        funding = Funding(new(FormSection.Funding, kind));
        services = Services(new(FormSection.Services, kind));
        consent = Consent(new(FormSection.Consent, kind));
    }

    /// <summary>The rules for one kind of organisation as of now. The last ones are given again while the day and the catalogue are the same.</summary>
    public static ReferralFormRules For(OrganisationKind kind, CatalogueContent catalogue, TimeProvider clock)
    {
        var today = LondonTime.DateOf(clock.GetUtcNow());
        if (Latest.TryGetValue(kind, out var rules) && rules.Today == today && ReferenceEquals(rules.catalogue, catalogue) && ReferenceEquals(rules.clock, clock)) return rules;
        return Latest[kind] = new ReferralFormRules(kind, catalogue, clock, today);
    }

    /// <summary>Today's date in London.</summary>
    public DateOnly Today { get; }

    /// <summary>What is wrong with the whole form: field path to words. Empty when it may be submitted.</summary>
    public IReadOnlyDictionary<string, string> Check(ReferralForm form)
    {
        var now = CaseOf(form);
        return FormParts.For(kind).SelectMany(part => Check(form, part, now)).ToDictionary();
    }

    /// <summary>What is wrong with one section. A field that is not asked is never wrong, whatever it holds.</summary>
    public IReadOnlyDictionary<string, string> Check(ReferralForm form, FormSection section) => Check(form, section, CaseOf(form));

    IReadOnlyDictionary<string, string> Check(ReferralForm form, FormSection section, FormCase now)
    {
        if (section == FormSection.Documents) return new Dictionary<string, string>(); // they stand beside the form, and none is required
        var found = section switch
        {
            FormSection.Patient => patient.Check(form.Patient, now),
            FormSection.Incident => incident.Check(form.Incident, now),
            FormSection.Injury => injury.Check(form.Injury, now),
            FormSection.Work => work.Check(form.Work, now),
            FormSection.Safety => safety.Check(form.Safety, now),
            FormSection.Claim => claim.Check(form.Claim, now),
            FormSection.Funding => funding.Check(form.Funding, now),
            FormSection.Services => services.Check(form.Services, now),
            FormSection.Consent => consent.Check(form.Consent, now),
            _ => throw new ArgumentOutOfRangeException(nameof(section), section, null),
        };
        var errors = new Dictionary<string, string>();
        foreach (var failure in found.Errors)
            if ($"{section}.{failure.PropertyName}" is var field && FormFields.Rule(field, kind).Now(now) != Need.Absent) errors.TryAdd(field, failure.ErrorMessage);
        return errors;
    }

    /// <summary>What the needs of this form's fields depend on, today.</summary>
    public FormCase CaseOf(ReferralForm form) => new(form, IsChild(form), Weigh(form.Safety).Tier == RedFlagTier.Emergency);

    /// <summary>How a field stands on this form now.</summary>
    public Need NeedOf(ReferralForm form, string field) => FormFields.Rule(field, kind).Now(CaseOf(form));

    /// <summary>What the safety answers amount to.</summary>
    public RedFlagOutcome Weigh(SafetyPart safety) => SafetyAnswers.Weigh(catalogue, safety);

    PartRules<PatientPart> Patient(PartRules<PatientPart> rules)
    {
        rules.Name(patient => patient.GivenName, "Enter the patient’s first name", "The first name");
        rules.Name(patient => patient.FamilyName, "Enter the patient’s last name", "The last name");
        rules.RuleFor(patient => patient.DateOfBirth).Custom((typed, context) =>
        {
            if (ReadDate(typed, "Date of birth", context) is { } date && BirthDate.ProblemWith(date, Today) is { } problem) context.AddFailure(problem);
        });
        rules.Needed(patient => patient.Sex, "Choose the patient’s sex, or ‘not stated’");

        rules.Name(patient => patient.GuardianName, "Enter the name of a parent or guardian", "The name of a parent or guardian");
        rules.Needed(patient => patient.GuardianRelationship, "Say how they are related to the patient");
        rules.Line(patient => patient.GuardianRelationship, "Relationship");
        rules.Needed(patient => patient.GuardianPhone, "Enter the parent’s or guardian’s telephone number");
        rules.Form(patient => patient.GuardianPhone, text => PhoneNumber.TryParse(text, out _), PhoneNumber.Problem);
        rules.Form(patient => patient.GuardianEmail, text => EmailAddress.TryParse(text, out _), EmailAddress.Problem);
        rules.Needed(patient => patient.GuardianResponsibility, "Say whether they have parental responsibility");

        rules.Needed(patient => patient.Address, "Enter the patient’s address");
        rules.Text(patient => patient.Address, "Address", most: 500);
        rules.Needed(patient => patient.Postcode, "Enter the patient’s postcode");
        rules.Form(patient => patient.Postcode, text => Postcode.TryParse(text, out _), Postcode.Problem);
        rules.Needed(patient => patient.PreferredContact, "Choose how the patient prefers to be contacted");
        rules.Needed(patient => patient.Phone, "Enter a telephone number: the patient prefers to be contacted by phone or text");
        rules.Form(patient => patient.Phone, text => PhoneNumber.TryParse(text, out _), PhoneNumber.Problem);
        rules.Needed(patient => patient.Email, "Enter an email address: the patient prefers to be contacted by email");
        rules.Form(patient => patient.Email, text => EmailAddress.TryParse(text, out _), EmailAddress.Problem);
        rules.Text(patient => patient.Availability, "Availability");

        rules.Needed(patient => patient.NhsNumber, "Enter the NHS number, or say that it is not known");
        rules.Form(patient => patient.NhsNumber, text => NhsNumber.TryParse(text, out _), NhsNumber.Problem);
        rules.Needed(patient => patient.NhsNumberNotKnownReason, "Say why the NHS number is not known");
        rules.Line(patient => patient.NhsNumberNotKnownReason, "Reason");
        rules.Needed(patient => patient.GpPracticeName, "Enter the patient’s GP practice, or ‘not registered’");
        rules.Line(patient => patient.GpPracticeName, "GP practice");
        rules.Form(patient => patient.GpPracticeCode, text => ProfessionalNumbers.GpPractice(text) is not null, ProfessionalNumbers.GpPracticeProblem);

        rules.Line(patient => patient.InterpreterLanguage, "Language");
        rules.Text(patient => patient.CommunicationNeeds, "Communication needs");
        rules.Text(patient => patient.AccessNeeds, "Access needs");
        return rules;
    }

    /// <summary>Whether the date of birth, as far as it can be read, makes the patient a child today.</summary>
    public bool IsChild(ReferralForm form) => TryDate(form.Patient.DateOfBirth) is { } born && born < Today && BirthDate.IsChildOn(born, Today);

    PartRules<IncidentPart> Incident(PartRules<IncidentPart> rules)
    {
        var dateNeeded = rules.IsNeeded(nameof(IncidentPart.Date));
        rules.Needed(incident => incident.WorkRelated, "Say whether the injury has to do with work");
        rules.RuleFor(incident => incident.WorkRelated).NotEqual(false).When(incident => incident.Mechanism == IncidentMechanism.Workplace)
            .WithMessage("You chose “workplace” below; say that the injury has to do with work, or choose another cause");
        rules.Needed(incident => incident.Mechanism, "Choose how the injury happened");
        rules.RuleFor(incident => incident.Date).Custom((typed, context) =>
        {
            if (typed.IsEmpty && !dateNeeded(context)) return;
            if (ReadDate(typed, "Date of the incident", context) is { } date && ReferralDates.ProblemWithIncident(date, BornOn(context), Today) is { } problem) context.AddFailure(problem);
        });
        rules.Needed(incident => incident.Account, "Say briefly what happened");
        rules.Text(incident => incident.Account, "What happened");
        return rules;
    }

    PartRules<InjuryPart> Injury(PartRules<InjuryPart> rules)
    {
        var regions = catalogue.BodyRegions.ToDictionary(region => region.Key);
        rules.RuleFor(injury => injury.Regions).Custom((chosen, context) =>
        {
            if (chosen.Count == 0) context.AddFailure("Choose at least one injured part of the body");
            else if (chosen.Any(site => !regions.ContainsKey(site.Region))) context.AddFailure("Choose parts of the body from the list");
            else if (chosen.FirstOrDefault(site => regions[site.Region].Sided && site.Side == BodySide.NotApplicable) is { } unsided)
                context.AddFailure($"Choose left, right or both for: {Lower(regions[unsided.Region].Name)}");
        });
        // The catalogue's condition and one's own words are one field on the page.
        rules.RuleFor(injury => injury.ConditionSlug).Must(slug => string.IsNullOrEmpty(slug) || catalogue.Condition(slug) is not null)
            .WithMessage("Choose a condition from the list, or describe it in your own words").OverridePropertyName(nameof(InjuryPart.ConditionInWords));
        rules.RuleFor(injury => injury.ConditionInWords).Must(TypedText.IsSeen).When(injury => string.IsNullOrEmpty(injury.ConditionSlug))
            .WithMessage("Choose the condition from the list, or describe it in your own words");
        rules.Line(injury => injury.ConditionInWords, "Condition");
        rules.Needed(injury => injury.Symptoms, "Describe the patient’s symptoms");
        rules.Text(injury => injury.Symptoms, "Symptoms");
        rules.Line(injury => injury.Onset, "When symptoms began");
        rules.Needed(injury => injury.Pain, "Choose the patient’s pain now, from 0 to 10");
        rules.RuleFor(injury => injury.Pain).InclusiveBetween(0, 10).WithMessage("Pain must be from 0 to 10");
        rules.Needed(injury => injury.WorkStatus, "Choose the patient’s work at present");
        rules.Needed(injury => injury.Occupation, "Enter the patient’s job");
        rules.Line(injury => injury.Occupation, "Occupation");
        rules.Needed(injury => injury.ClinicalHistory, "Enter the relevant clinical history, or ‘none known’");
        rules.Text(injury => injury.ClinicalHistory, "Clinical history");
        rules.Needed(injury => injury.Medication, "Enter the medicines that the patient takes, or ‘none’");
        rules.Text(injury => injury.Medication, "Medicines");
        rules.Needed(injury => injury.Imaging, "Enter the imaging done and its result, or ‘none’");
        rules.Text(injury => injury.Imaging, "Imaging");
        return rules;
    }

    PartRules<WorkPart> Work(PartRules<WorkPart> rules)
    {
        var absenceNeeded = rules.IsNeeded(nameof(WorkPart.AbsentSince));
        rules.Needed(work => work.JobDemands, "Say what the job asks of the body");
        rules.Text(work => work.JobDemands, "What the job demands");
        rules.Needed(work => work.CurrentDuties, "Say what the patient does at work at present, or ‘none’");
        rules.Text(work => work.CurrentDuties, "Present duties");
        rules.Needed(work => work.AdjustedDuties, "Say which adjusted duties are possible, or ‘none’");
        rules.Text(work => work.AdjustedDuties, "Adjusted duties");
        rules.RuleFor(work => work.AbsentSince).Custom((typed, context) =>
        {
            if (typed.IsEmpty && !absenceNeeded(context)) return;
            if (ReadDate(typed, "First day of absence", context) is { } date && ReferralDates.ProblemWithAbsence(date, BornOn(context), Today) is { } problem) context.AddFailure(problem);
        });
        rules.RuleFor(work => work.ReturnTarget).Custom((typed, context) =>
        {
            if (!typed.IsEmpty && ReadDate(typed, "Target date for the return to work", context) is { } date && ReferralDates.ProblemWithReturn(date, Today) is { } problem) context.AddFailure(problem);
        });
        return rules;
    }

    PartRules<SafetyPart> Safety(PartRules<SafetyPart> rules)
    {
        rules.RuleFor(safety => safety.Answers).Custom((answers, context) =>
        {
            // "Not asked" is an answer, and it has to be given: silence is neither that nor "no".
            foreach (var question in catalogue.RedFlagQuestions.Where(question => context.InstanceToValidate.AnswerTo(question) is null))
                context.AddFailure(new ValidationFailure($"Answers.{question.Key}", answers.ContainsKey(question.Key)
                    ? $"Answer again, the wording has changed: {Lower(question.Topic)}"
                    : $"Answer yes, no or not asked: {Lower(question.Topic)}"));
        });
        rules.Needed(safety => safety.ToldBy, "Enter who told the patient to get help now");
        rules.Line(safety => safety.ToldBy, "Name");
        rules.RuleFor(safety => safety.ToldOn).Custom((typed, context) =>
        {
            if (ReadDate(typed, "Date when the patient was told", context) is { } date && date > Today) context.AddFailure("Date when the patient was told must not be in the future");
        });
        rules.RuleFor(safety => safety.ToldAt).Custom((text, context) =>
        {
            if (TimeOfDay(text) is not { } time) context.AddFailure("Enter the time when the patient was told, for example 14:30");
            else if (TryDate(context.InstanceToValidate.ToldOn) == Today && LondonTime.Instant(Today, time) > clock.GetUtcNow().AddMinutes(1)) context.AddFailure("The time when the patient was told must not be in the future");
        });
        rules.Needed(safety => safety.ToldHow, "Say how the patient was told, for example by telephone");
        rules.Line(safety => safety.ToldHow, "How");
        return rules;
    }

    static PartRules<ClaimPart> Claim(PartRules<ClaimPart> rules)
    {
        var instructingNeeded = rules.IsNeeded(nameof(ClaimPart.InstructingPartyId));
        // An organisation of the portal and a name in one's own words are one field on the page.
        rules.RuleFor(claim => claim.InstructingPartyId).Must((claim, id) => id is not null || TypedText.IsSeen(claim.InstructingPartyName)).When((_, context) => instructingNeeded(context))
            .WithMessage("Enter the organisation that instructed you");
        rules.RuleFor(claim => claim.InstructingPartyName).MaximumLength(PartRules<ClaimPart>.ShortText).WithMessage("The name of the organisation must be 200 characters or fewer")
            .Must(TypedText.IsWhole).WithMessage("The name of the organisation has a character that cannot be kept (it shows as �); delete it and type it again")
            .OverridePropertyName(nameof(ClaimPart.InstructingPartyId));
        rules.Needed(claim => claim.Type, "Choose the type of claim");
        rules.Needed(claim => claim.OurReference, "Enter your own reference for this client");
        rules.Line(claim => claim.OurReference, "Your reference");
        rules.Line(claim => claim.ClaimReference, "Claim reference");
        rules.Needed(claim => claim.LowerValue, "Say whether this is a lower-value claim");
        rules.Needed(claim => claim.Liability, "Choose the other side’s position on liability, or ‘not known’");
        rules.Line(claim => claim.OtherInsurer, "Insurer");
        rules.Line(claim => claim.OtherInsurerReference, "Insurer’s reference");
        return rules;
    }

    PartRules<FundingPart> Funding(PartRules<FundingPart> rules)
    {
        rules.RuleFor(funding => funding.Kind).Custom((_, context) =>
        {
            if (context.InstanceToValidate.WhoPays is not { } payer || !FormParts.Payers(kind).Contains(payer)) context.AddFailure("Choose who pays for the treatment");
        });
        rules.Needed(funding => funding.PayerId, "Choose the insurer or funder from the list, or choose somebody else");
        rules.Needed(funding => funding.PayerName, "Enter the name of whoever pays for the treatment");
        rules.Line(funding => funding.PayerName, "Payer");
        rules.Form(funding => funding.Sessions, text => WholeNumber(text) is >= 1 and <= 200, "Sessions authorised must be a whole number from 1 to 200");
        rules.Form(funding => funding.Pounds, text => Money(text) is > 0 and <= 1_000_000, "Amount authorised must be in pounds, for example 1,250.00");
        rules.RuleFor(funding => funding.ExpiresOn).Custom((typed, context) =>
        {
            if (!typed.IsEmpty && ReadDate(typed, "Authority expires", context) is { } date && date < Today) context.AddFailure("The authority has expired; enter a date from today on, or ask the payer to renew it");
        });
        rules.Needed(funding => funding.Reference, "Enter the purchase order to quote on the invoice, or ‘none’");
        rules.Line(funding => funding.Reference, "Reference");
        return rules;
    }

    PartRules<ServicesPart> Services(PartRules<ServicesPart> rules)
    {
        rules.Needed(services => services.AskedFor, "Choose at least one thing that you are asking the clinic for");
        rules.Needed(services => services.Priority, "Choose routine or urgent");
        rules.Needed(services => services.PriorityReason, "Say why the referral is urgent");
        rules.Text(services => services.PriorityReason, "Reason");
        rules.Text(services => services.Notes, "Notes");
        rules.RuleFor(services => services.PreferredClinicId).Must(chosen => chosen is null || catalogue.Clinics.Any(clinic => clinic.Id == chosen)).WithMessage("This clinic can no longer be chosen; choose another or ‘no preference’");
        return rules;
    }

    PartRules<ConsentPart> Consent(PartRules<ConsentPart> rules)
    {
        rules.Needed(consent => consent.Covers, "Choose what the clinic may share with them");
        rules.Needed(consent => consent.GivenBy, "Say who agreed to the referral");
        rules.RuleFor(consent => consent.GivenBy).NotEqual(ConsentGiver.Guardian).When((_, context) => PartRules<ConsentPart>.Case(context).Form.Patient.GuardianResponsibility == false)
            .WithMessage("The parent or guardian whom you named has no parental responsibility; name somebody who has, or who agreed instead");
        rules.Needed(consent => consent.TakenBy, "Enter who took the patient’s consent");
        rules.Line(consent => consent.TakenBy, "Name");
        rules.RuleFor(consent => consent.TakenOn).Custom((typed, context) =>
        {
            if (ReadDate(typed, "Date of consent", context) is { } date
                && ReferralDates.ProblemWithConsent(date, BornOn(context), TryDate(PartRules<ConsentPart>.Case(context).Form.Incident.Date), Today) is { } problem) context.AddFailure(problem);
        });
        rules.Needed(consent => consent.Method, "Choose how consent was given");
        rules.Needed(consent => consent.SignedForm, "Say where the signed form is");
        rules.Needed(consent => consent.Confirmed, "Confirm that the patient agrees to this referral and to sharing the information in it");
        rules.Text(consent => consent.Words, "Words of the consent");
        return rules;
    }

    static DateOnly? BornOn<T>(ValidationContext<T> context) => TryDate(PartRules<T>.Case(context).Form.Patient.DateOfBirth);

    static DateOnly? ReadDate<T>(DateParts typed, string what, ValidationContext<T> context)
    {
        if (ThreeFieldDate.TryParse(typed.Day, typed.Month, typed.Year, out var date, out var problem)) return date;
        context.AddFailure(new ValidationFailure(context.PropertyPath, $"{what} {problem}"));
        return null;
    }

    // A topic that starts like a sentence goes on as part of one; one that starts with an abbreviation stays.
    static string Lower(string words) => words.Length > 1 && char.IsUpper(words[1]) ? words : char.ToLowerInvariant(words[0]) + words[1..];

    internal static TimeOnly? TimeOfDay(string? text) =>
        TimeOnly.TryParseExact(text?.Trim(), ["H:mm", "H.mm", "HHmm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    internal static DateOnly? TryDate(DateParts typed) => ThreeFieldDate.TryParse(typed.Day, typed.Month, typed.Year, out var date, out _) ? date : null;

    internal static int? WholeNumber(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static decimal? Money(string text) =>
        decimal.TryParse(text.Trim().TrimStart('£'), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var pounds)
        && decimal.Round(pounds, 2) == pounds ? pounds : null;
}
