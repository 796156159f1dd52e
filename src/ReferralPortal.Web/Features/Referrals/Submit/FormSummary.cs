using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>The answers of a form as people check them: question, and answer in words or null.</summary>
/// <param name="Desk">The form.</param>
/// <param name="Names">The names of the organisations that it names.</param>
public sealed record FormSummary(FormDesk Desk, IReadOnlyDictionary<Guid, string> Names)
{
    ReferralForm Form => Desk.Form;

    /// <summary>The answers of one part, in the order of its page: of the fields that were asked.</summary>
    public IEnumerable<(string Label, string? Text)> Of(FormSection part)
    {
        var now = Desk.Rules.CaseOf(Form);
        return All(part).Where(row => FormFields.Rule(row.Field, Desk.Kind).Now(now) != Need.Absent).Select(row => (row.Label, row.Text));
    }

    IEnumerable<(string Field, string Label, string? Text)> All(FormSection part) => part switch
    {
        FormSection.Patient => Patient(Form.Patient),
        FormSection.Incident => Incident(Form.Incident),
        FormSection.Injury => Injury(Form.Injury),
        FormSection.Work => Work(Form.Work),
        FormSection.Safety => Safety(Form.Safety),
        FormSection.Claim => Claim(Form.Claim),
        FormSection.Funding => Funding(Form.Funding),
        FormSection.Services => Services(Form.Services),
        FormSection.Consent => Consent(Form.Consent),
        _ => [],
    };

    static IEnumerable<(string, string, string?)> Patient(ReferralForm.PatientPart patient) =>
    [
        ("Patient.GivenName", "First name", patient.GivenName),
        ("Patient.FamilyName", "Last name", patient.FamilyName),
        ("Patient.DateOfBirth", "Date of birth", FormWords.Date(patient.DateOfBirth)),
        ("Patient.Sex", "Sex", Words(patient.Sex)),
        ("Patient.GuardianName", "Parent or guardian", Joined(patient.GuardianName, patient.GuardianRelationship)),
        ("Patient.GuardianPhone", "How to reach them", Joined(patient.GuardianPhone, patient.GuardianEmail)),
        ("Patient.GuardianResponsibility", "Parental responsibility", YesNo(patient.GuardianResponsibility)),
        ("Patient.Address", "Address", patient.Address),
        ("Patient.Postcode", "Postcode", Postcode.TryParse(patient.Postcode, out var postcode) ? postcode.ToString() : patient.Postcode),
        ("Patient.Phone", "Telephone number", PhoneNumber.TryParse(patient.Phone, out var phone) ? phone.ToString() : patient.Phone),
        ("Patient.Email", "Email address", patient.Email),
        ("Patient.PreferredContact", "Preferred contact", Words(patient.PreferredContact)),
        ("Patient.Availability", "Availability", patient.Availability),
        ("Patient.NhsNumber", "NHS number", NhsNumber.TryParse(patient.NhsNumber, out var number) ? number.ToString() : patient.NhsNumber),
        ("Patient.NhsNumberNotKnownReason", "NHS number", Joined("Not known", patient.NhsNumberNotKnownReason)),
        ("Patient.GpPracticeName", "GP practice", Joined(patient.GpPracticeName, patient.GpPracticeCode)),
        ("Patient.InterpreterLanguage", "Interpreter", patient.InterpreterLanguage),
        ("Patient.CommunicationNeeds", "Communication needs", patient.CommunicationNeeds),
        ("Patient.AccessNeeds", "Access needs", patient.AccessNeeds),
        ("Patient.HomeVisitNeeded", "Home visits", patient.HomeVisitNeeded ? "Needed" : "Not needed"),
    ];

    static IEnumerable<(string, string, string?)> Incident(ReferralForm.IncidentPart incident) =>
    [
        ("Incident.WorkRelated", "Has to do with work", YesNo(incident.WorkRelated)),
        ("Incident.Mechanism", "How it happened", Words(incident.Mechanism)),
        ("Incident.Date", "Date of the incident", FormWords.Date(incident.Date)),
        ("Incident.Account", "What happened", incident.Account),
    ];

    IEnumerable<(string, string, string?)> Injury(ReferralForm.InjuryPart injury) =>
    [
        ("Injury.Regions", "Injured parts", string.Join("\n", injury.Regions.Select(site => BodySite.Words(Desk.Catalogue.BodyRegions.FirstOrDefault(region => region.Key == site.Region)?.Name ?? site.Region, site.Side)))),
        ("Injury.ConditionInWords", "Condition", Desk.Catalogue.Condition(injury.ConditionSlug)?.Name ?? injury.ConditionInWords),
        ("Injury.Symptoms", "Symptoms", injury.Symptoms),
        ("Injury.Onset", "When they began", injury.Onset),
        ("Injury.Pain", "Pain now", injury.Pain is { } pain ? FormWords.Pain(pain) : null),
        ("Injury.WorkStatus", "Work at present", Words(injury.WorkStatus)),
        ("Injury.Occupation", "Occupation", injury.Occupation),
        ("Injury.ClinicalHistory", "Clinical history", injury.ClinicalHistory),
        ("Injury.Medication", "Medicines", injury.Medication),
        ("Injury.Imaging", "Imaging", injury.Imaging),
    ];

    static IEnumerable<(string, string, string?)> Work(ReferralForm.WorkPart work) =>
    [
        ("Work.JobDemands", "What the job demands", work.JobDemands),
        ("Work.CurrentDuties", "Present duties", work.CurrentDuties),
        ("Work.AdjustedDuties", "Adjusted duties that are possible", work.AdjustedDuties),
        ("Work.AbsentSince", "Absent since", FormWords.Date(work.AbsentSince)),
        ("Work.ReturnTarget", "Back at work by", FormWords.Date(work.ReturnTarget)),
    ];

    IEnumerable<(string, string, string?)> Safety(ReferralForm.SafetyPart safety) =>
    [
        .. Desk.Catalogue.RedFlagQuestions.Select(question => ($"Safety.Answers.{question.Key}", question.Topic, Words(safety.AnswerTo(question)))),
        ("Safety.ToldBy", "Who told the patient to get help", safety.ToldBy),
        ("Safety.ToldOn", "When the patient was told", Joined(FormWords.Date(safety.ToldOn), safety.ToldAt)),
        ("Safety.ToldHow", "How the patient was told", safety.ToldHow),
    ];

    IEnumerable<(string, string, string?)> Claim(ReferralForm.ClaimPart claim) =>
    [
        ("Claim.InstructingPartyId", "Instructed by", Name(claim.InstructingPartyId) ?? claim.InstructingPartyName),
        ("Claim.Type", "Type of claim", Words(claim.Type)),
        ("Claim.OurReference", "Your reference", claim.OurReference),
        ("Claim.ClaimReference", "Claim reference", claim.ClaimReference),
        ("Claim.LowerValue", "Lower-value claim", YesNo(claim.LowerValue)),
        ("Claim.Liability", "Liability", Words(claim.Liability)),
        ("Claim.OtherInsurer", "The other side’s insurer", Joined(claim.OtherInsurer, claim.OtherInsurerReference)),
        ("Claim.CaseManagerId", "Case manager", Name(claim.CaseManagerId)),
    ];

    IEnumerable<(string, string, string?)> Funding(ReferralForm.FundingPart funding) =>
    [
        ("Funding.Kind", "Who pays", funding.WhoPays switch
        {
            PayerKind.Funder => Name(funding.PayerId),
            PayerKind.SomebodyElse => funding.PayerName,
            { } kind => FormWords.Of(kind, Desk.Kind),
            null => null,
        }),
        ("Funding.Sessions", "Sessions authorised", funding.Sessions),
        ("Funding.Pounds", "Amount authorised", ReferralFormRules.Money(funding.Pounds) is { } pounds ? Components.Display.Formats.Money(pounds) : funding.Pounds),
        ("Funding.ExpiresOn", "Authorised until", FormWords.Date(funding.ExpiresOn)),
        ("Funding.Reference", FormWords.FundingReference(Desk.Kind), funding.Reference),
    ];

    IEnumerable<(string, string, string?)> Services(ReferralForm.ServicesPart services) =>
    [
        ("Services.AskedFor", "Asked for", string.Join("\n", services.AskedFor.Select(service => PlainText.Of(service)))),
        ("Services.Priority", "How soon", Words(services.Priority)),
        ("Services.PriorityReason", "Why it is urgent", services.PriorityReason),
        ("Services.Notes", "Anything else", services.Notes),
        ("Services.PreferredClinicId", "Preferred clinic", services.PreferredClinicId is { } preferred ? Desk.Catalogue.Clinics.FirstOrDefault(clinic => clinic.Id == preferred)?.Name : null),
    ];

    IEnumerable<(string, string, string?)> Consent(ReferralForm.ConsentPart consent) =>
    [
        ("Consent.Words", "What the patient agreed to", consent.Words.Length > 0 ? consent.Words : ReferralForm.ConsentWords),
        ("Consent.ShareWith", "The clinic may share with", consent.ShareWith.Count == 0 ? "Nobody" : string.Join("\n", FormWords.Sharing(Desk.Kind).Where(option => consent.ShareWith.Contains(option.Value)).Select(option => option.Label))),
        ("Consent.Covers", "What it may share", consent.ShareWith.Count == 0 ? "Nothing" : string.Join("\n", FormWords.Scopes.Where(option => consent.Covers.Contains(option.Value)).Select(option => option.Label))),
        ("Consent.GivenBy", "Who agreed", FormWords.Givers.FirstOrDefault(option => option.Value == consent.GivenBy)?.Label),
        ("Consent.TakenBy", "Consent taken by", consent.TakenBy),
        ("Consent.TakenOn", "Consent taken on", FormWords.Date(consent.TakenOn)),
        ("Consent.Method", "How it was given", Words(consent.Method)),
        ("Consent.SignedForm", "The signed form", FormWords.SignedForms.FirstOrDefault(option => option.Value == consent.SignedForm)?.Label),
        ("Consent.Confirmed", "Confirmed", consent.Confirmed ? "Yes" : null),
    ];

    string? Name(Guid? organisation) => organisation is { } id ? Names.GetValueOrDefault(id) : null;

    static string? YesNo(bool? answer) => answer switch { true => "Yes", false => "No", null => null };

    static string? Words<T>(T? value) where T : struct, Enum => value is { } chosen ? PlainText.Of(chosen) : null;

    static string? Joined(params string?[] texts) => string.Join(", ", texts.Where(text => !string.IsNullOrWhiteSpace(text)));
}
