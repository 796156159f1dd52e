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
public sealed class ReferralFormRules(OrganisationKind kind, CatalogueContent catalogue, TimeProvider clock)
{
    const int LongText = 4000, ShortText = 200;

    /// <summary>Today's date in London.</summary>
    public DateOnly Today { get; } = LondonTime.DateOf(clock.GetUtcNow());

    /// <summary>What is wrong with the whole form: field path to words. Empty when it may be submitted.</summary>
    public IReadOnlyDictionary<string, string> Check(ReferralForm form) =>
        FormParts.For(kind).SelectMany(part => Check(form, part)).ToDictionary();

    /// <summary>What is wrong with one section.</summary>
    public IReadOnlyDictionary<string, string> Check(ReferralForm form, FormSection section)
    {
        var (rules, prefix) = section switch
        {
            FormSection.Patient => (Patient(form).Validate(form.Patient), nameof(form.Patient)),
            FormSection.Incident => (Incident(form).Validate(form.Incident), nameof(form.Incident)),
            FormSection.Injury => (Injury().Validate(form.Injury), nameof(form.Injury)),
            FormSection.Safety => (Safety().Validate(form.Safety), nameof(form.Safety)),
            FormSection.Claim => (Claim().Validate(form.Claim), nameof(form.Claim)),
            FormSection.Funding => (Funding().Validate(form.Funding), nameof(form.Funding)),
            FormSection.Services => (Services().Validate(form.Services), nameof(form.Services)),
            FormSection.Consent => (Consent().Validate(form.Consent), nameof(form.Consent)),
            _ => throw new ArgumentOutOfRangeException(nameof(section), section, null),
        };
        var errors = new Dictionary<string, string>();
        foreach (var failure in rules.Errors) errors.TryAdd($"{prefix}.{failure.PropertyName}", failure.ErrorMessage);
        return errors;
    }

    /// <summary>What the safety answers amount to.</summary>
    public RedFlagOutcome Weigh(SafetyPart safety) => SafetyAnswers.Weigh(catalogue, safety);

    InlineValidator<PatientPart> Patient(ReferralForm form)
    {
        var rules = new InlineValidator<PatientPart>();
        Name(rules, patient => patient.GivenName, "first name");
        Name(rules, patient => patient.FamilyName, "last name");
        rules.RuleFor(patient => patient.DateOfBirth).Custom((typed, context) =>
        {
            if (ReadDate(typed, "Date of birth", context) is { } date && BirthDate.ProblemWith(date, Today) is { } problem) context.AddFailure(problem);
        });
        rules.RuleFor(patient => patient.Sex).NotNull().WithMessage("Choose the patient’s sex, or ‘not stated’");
        rules.RuleFor(patient => patient.Address).NotEmpty().WithMessage("Enter the patient’s address").MaximumLength(500).WithMessage("Address must be 500 characters or fewer");
        rules.RuleFor(patient => patient.Postcode).NotEmpty().WithMessage("Enter the patient’s postcode")
            .Must(text => string.IsNullOrWhiteSpace(text) || Postcode.TryParse(text, out _)).WithMessage(Postcode.Problem);
        Phone(rules, patient => patient.Phone);
        rules.RuleFor(patient => patient.Email).Must(text => string.IsNullOrWhiteSpace(text) || EmailAddress.TryParse(text, out _)).WithMessage(EmailAddress.Problem);
        rules.RuleFor(patient => patient.PreferredContact).NotNull().WithMessage("Choose how the patient prefers to be contacted");
        rules.RuleFor(patient => patient.Phone).NotEmpty().WithMessage("Enter a telephone number: the patient prefers to be contacted by phone or text")
            .When(patient => patient.PreferredContact is PreferredContact.Phone or PreferredContact.Text);
        rules.RuleFor(patient => patient.Email).NotEmpty().WithMessage("Enter an email address: the patient prefers to be contacted by email")
            .When(patient => patient.PreferredContact is PreferredContact.Email);

        rules.RuleFor(patient => patient.NhsNumber).Must(text => string.IsNullOrWhiteSpace(text) || NhsNumber.TryParse(text, out _)).WithMessage(NhsNumber.Problem);
        if (kind == OrganisationKind.HealthOrganisation)
        {
            rules.RuleFor(patient => patient.NhsNumber).NotEmpty().When(patient => !patient.NhsNumberNotKnown).WithMessage("Enter the NHS number, or say that it is not known");
            rules.RuleFor(patient => patient.NhsNumberNotKnownReason).NotEmpty().When(patient => patient.NhsNumberNotKnown).WithMessage("Say why the NHS number is not known");
            rules.RuleFor(patient => patient.GpPracticeName).NotEmpty().WithMessage("Enter the patient’s GP practice, or ‘not registered’");
        }
        rules.RuleFor(patient => patient.GpPracticeCode).Must(text => string.IsNullOrWhiteSpace(text) || ProfessionalNumbers.GpPractice(text) is not null)
            .WithMessage(ProfessionalNumbers.GpPracticeProblem);

        if (IsChild(form))
        {
            Name(rules, patient => patient.GuardianName, "name of a parent or guardian");
            rules.RuleFor(patient => patient.GuardianRelationship).NotEmpty().WithMessage("Say how they are related to the patient");
            rules.RuleFor(patient => patient.GuardianPhone).NotEmpty().WithMessage("Enter the parent’s or guardian’s telephone number");
            Phone(rules, patient => patient.GuardianPhone);
        }
        Length(rules, ShortText, "GP practice", patient => patient.GpPracticeName);
        Length(rules, ShortText, "Language", patient => patient.InterpreterLanguage);
        Length(rules, ShortText, "Reason", patient => patient.NhsNumberNotKnownReason);
        Length(rules, ShortText, "Relationship", patient => patient.GuardianRelationship);
        Length(rules, LongText, "Communication needs", patient => patient.CommunicationNeeds);
        Length(rules, LongText, "Access needs", patient => patient.AccessNeeds);
        Length(rules, LongText, "Availability", patient => patient.Availability);
        return rules;
    }

    /// <summary>Whether the date of birth, as far as it can be read, makes the patient a child today.</summary>
    public bool IsChild(ReferralForm form) =>
        ThreeFieldDate.TryParse(form.Patient.DateOfBirth.Day, form.Patient.DateOfBirth.Month, form.Patient.DateOfBirth.Year, out var born, out _)
        && born < Today && BirthDate.IsChildOn(born, Today);

    InlineValidator<IncidentPart> Incident(ReferralForm form)
    {
        var required = FormParts.Of(FormSection.Incident, kind) == PartRule.Required;
        // An employer tells of the incident when it was at work; a health organisation when it knows of one.
        var rules = new InlineValidator<IncidentPart>();
        rules.RuleFor(incident => incident.Mechanism).NotNull().When(_ => required).WithMessage("Choose how the injury happened");
        rules.RuleFor(incident => incident.Date).Custom((typed, context) =>
        {
            var workRelated = context.InstanceToValidate.Mechanism == IncidentMechanism.Workplace;
            if (typed.IsEmpty && !required && !workRelated) return;
            if (ReadDate(typed, "Date of the incident", context) is not { } date) return;
            if (ReferralDates.ProblemWithIncident(date, TryDate(form.Patient.DateOfBirth), Today) is { } problem) context.AddFailure(problem);
        });
        rules.RuleFor(incident => incident.Account).NotEmpty().When(incident => required || incident.Mechanism == IncidentMechanism.Workplace).WithMessage("Say briefly what happened");
        Length(rules, LongText, "What happened", incident => incident.Account);
        return rules;
    }

    InlineValidator<InjuryPart> Injury()
    {
        var regions = catalogue.BodyRegions.ToDictionary(region => region.Key);
        var rules = new InlineValidator<InjuryPart>();
        rules.RuleFor(injury => injury.Regions).Custom((chosen, context) =>
        {
            if (chosen.Count == 0) context.AddFailure("Choose at least one injured part of the body");
            else if (chosen.Any(site => !regions.ContainsKey(site.Region))) context.AddFailure("Choose parts of the body from the list");
            else if (chosen.FirstOrDefault(site => regions[site.Region].Sided && site.Side == BodySide.NotApplicable) is { } unsided)
                context.AddFailure($"Choose left, right or both for: {Lower(regions[unsided.Region].Name)}");
        });
        rules.RuleFor(injury => injury.ConditionSlug).Must(slug => string.IsNullOrEmpty(slug) || catalogue.Condition(slug) is not null)
            .WithMessage("Choose a condition from the list, or describe it in your own words").OverridePropertyName(nameof(InjuryPart.ConditionInWords)); // one field on the page
        rules.RuleFor(injury => injury.ConditionInWords).NotEmpty().When(injury => string.IsNullOrEmpty(injury.ConditionSlug))
            .WithMessage("Choose the condition from the list, or describe it in your own words");
        rules.RuleFor(injury => injury.Symptoms).NotEmpty().WithMessage("Describe the patient’s symptoms");
        rules.RuleFor(injury => injury.Pain).NotNull().WithMessage("Choose the patient’s pain now, from 0 to 10")
            .InclusiveBetween(0, 10).WithMessage("Pain must be from 0 to 10");
        rules.RuleFor(injury => injury.WorkStatus).NotNull().WithMessage("Choose the patient’s work at present");
        rules.RuleFor(injury => injury.Occupation).NotEmpty().When(_ => kind == OrganisationKind.Employer).WithMessage("Enter the patient’s job and its main physical demands");
        rules.RuleFor(injury => injury.ClinicalHistory).NotEmpty().When(_ => kind == OrganisationKind.HealthOrganisation).WithMessage("Enter the relevant clinical history, or ‘none known’");
        Length(rules, ShortText, "Condition", injury => injury.ConditionInWords);
        Length(rules, LongText, "Symptoms", injury => injury.Symptoms);
        Length(rules, ShortText, "When symptoms began", injury => injury.Onset);
        Length(rules, ShortText, "Occupation", injury => injury.Occupation);
        Length(rules, LongText, "Clinical history", injury => injury.ClinicalHistory);
        return rules;
    }

    InlineValidator<SafetyPart> Safety()
    {
        var rules = new InlineValidator<SafetyPart>();
        foreach (var question in catalogue.RedFlagQuestions)
            rules.RuleFor(safety => safety.Answers).Custom((answers, context) =>
            {
                // "Not asked" is an answer, and it has to be given: silence is neither that nor "no".
                if (context.InstanceToValidate.AnswerTo(question) is null)
                    context.AddFailure(new ValidationFailure($"Answers.{question.Key}", answers.ContainsKey(question.Key)
                        ? $"Answer again, the wording has changed: {Lower(question.Topic)}"
                        : $"Answer yes, no or not asked: {Lower(question.Topic)}"));
            });
        rules.When(safety => Weigh(safety).Tier == RedFlagTier.Emergency, () =>
        {
            rules.RuleFor(safety => safety.ToldBy).NotEmpty().WithMessage("Enter who told the patient to get help now");
            rules.RuleFor(safety => safety.ToldOn).Custom((typed, context) =>
            {
                if (ReadDate(typed, "Date when the patient was told", context) is { } date && date > Today) context.AddFailure("Date when the patient was told must not be in the future");
            });
            rules.RuleFor(safety => safety.ToldAt).Custom((text, context) =>
            {
                if (TimeOfDay(text) is not { } time) context.AddFailure("Enter the time when the patient was told, for example 14:30");
                else if (TryDate(context.InstanceToValidate.ToldOn) == Today && LondonTime.Instant(Today, time) > clock.GetUtcNow().AddMinutes(1)) context.AddFailure("The time when the patient was told must not be in the future");
            });
            rules.RuleFor(safety => safety.ToldHow).NotEmpty().WithMessage("Say how the patient was told, for example by telephone");
        });
        Length(rules, ShortText, "Name", safety => safety.ToldBy);
        Length(rules, ShortText, "How", safety => safety.ToldHow);
        return rules;
    }

    InlineValidator<ClaimPart> Claim()
    {
        var rules = new InlineValidator<ClaimPart>();
        rules.RuleFor(claim => claim.Type).NotNull().WithMessage("Choose the type of claim");
        rules.RuleFor(claim => claim.OurReference).NotEmpty().WithMessage("Enter your own reference for this client");
        rules.RuleFor(claim => claim.Liability).NotNull().WithMessage("Choose the other side’s position on liability, or ‘not known’");
        rules.RuleFor(claim => claim.LowerValue).NotNull().WithMessage("Say whether this is a lower-value claim");
        Length(rules, ShortText, "Your reference", claim => claim.OurReference);
        Length(rules, ShortText, "Claim reference", claim => claim.ClaimReference);
        Length(rules, ShortText, "Insurer", claim => claim.OtherInsurer);
        Length(rules, ShortText, "Insurer’s reference", claim => claim.OtherInsurerReference);
        return rules;
    }

    InlineValidator<FundingPart> Funding()
    {
        var rules = new InlineValidator<FundingPart>();
        rules.RuleFor(funding => funding.Kind).Custom((_, context) =>
        {
            if (context.InstanceToValidate.WhoPays is not { } payer || !FormParts.Payers(kind).Contains(payer)) context.AddFailure("Choose who pays for the treatment");
        });
        rules.RuleFor(funding => funding.PayerId).NotNull().When(funding => funding.WhoPays == PayerKind.Funder).WithMessage("Choose the insurer or funder from the list, or choose somebody else");
        rules.RuleFor(funding => funding.PayerName).NotEmpty().When(funding => funding.WhoPays == PayerKind.SomebodyElse).WithMessage("Enter the name of whoever pays for the treatment");
        rules.RuleFor(funding => funding.Sessions).Must(text => string.IsNullOrWhiteSpace(text) || WholeNumber(text) is >= 1 and <= 200)
            .WithMessage("Sessions authorised must be a whole number from 1 to 200");
        rules.RuleFor(funding => funding.Pounds).Must(text => string.IsNullOrWhiteSpace(text) || Money(text) is > 0 and <= 1_000_000)
            .WithMessage("Amount authorised must be in pounds, for example 1,250.00");
        rules.RuleFor(funding => funding.ExpiresOn).Custom((typed, context) =>
        {
            if (!typed.IsEmpty && ReadDate(typed, "Authority expires", context) is { } date && date < Today) context.AddFailure("The authority has expired; enter a date from today on, or ask the payer to renew it");
        });
        Length(rules, ShortText, "Payer", funding => funding.PayerName);
        Length(rules, ShortText, "Reference", funding => funding.Reference);
        return rules;
    }

    InlineValidator<ServicesPart> Services()
    {
        var rules = new InlineValidator<ServicesPart>();
        rules.RuleFor(services => services.AskedFor).NotEmpty().WithMessage("Choose at least one thing that you are asking the clinic for");
        rules.RuleFor(services => services.Priority).NotNull().WithMessage("Choose routine or urgent");
        rules.RuleFor(services => services.PriorityReason).NotEmpty().When(services => services.Priority == Priority.Urgent).WithMessage("Say why the referral is urgent");
        Length(rules, LongText, "Reason", services => services.PriorityReason);
        Length(rules, LongText, "Notes", services => services.Notes);
        rules.RuleFor(services => services.PreferredClinicId).Must(chosen => chosen is null || catalogue.Clinics.Any(clinic => clinic.Id == chosen)).WithMessage("This clinic can no longer be chosen; choose another or ‘no preference’");
        return rules;
    }

    InlineValidator<ConsentPart> Consent()
    {
        var rules = new InlineValidator<ConsentPart>();
        rules.RuleFor(consent => consent.TakenBy).NotEmpty().WithMessage("Enter who took the patient’s consent");
        rules.RuleFor(consent => consent.TakenOn).Custom((typed, context) =>
        {
            if (ReadDate(typed, "Date of consent", context) is { } date && ReferralDates.ProblemWithConsent(date, Today) is { } problem) context.AddFailure(problem);
        });
        rules.RuleFor(consent => consent.Method).NotNull().WithMessage("Choose how consent was given");
        rules.RuleFor(consent => consent.Confirmed).Equal(true).WithMessage("Confirm that the patient agrees to this referral and to sharing the information in it");
        Length(rules, ShortText, "Name", consent => consent.TakenBy);
        Length(rules, LongText, "Words of the consent", consent => consent.Words);
        return rules;
    }

    static void Name<T>(InlineValidator<T> rules, System.Linq.Expressions.Expression<Func<T, string>> field, string what) =>
        rules.RuleFor(field).Custom((text, context) =>
        {
            if (string.IsNullOrWhiteSpace(text)) context.AddFailure($"Enter the {(what.Contains("guardian", StringComparison.Ordinal) ? what : "patient’s " + what)}");
            else if (PersonName.Read(text) is null) context.AddFailure($"The {what} must be {PersonName.MaximumLength} characters or fewer, on one line");
        });

    static void Phone<T>(InlineValidator<T> rules, System.Linq.Expressions.Expression<Func<T, string>> field) =>
        rules.RuleFor(field).Must(text => string.IsNullOrWhiteSpace(text) || PhoneNumber.TryParse(text, out _)).WithMessage(PhoneNumber.Problem);

    static void Length<T>(InlineValidator<T> rules, int most, string what, System.Linq.Expressions.Expression<Func<T, string>> field) =>
        rules.RuleFor(field).MaximumLength(most).WithMessage($"{what} must be {most:N0} characters or fewer");

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
