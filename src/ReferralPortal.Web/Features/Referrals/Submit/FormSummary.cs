using ReferralPortal.Domain.Organisations;
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

    /// <summary>The answers of one part, in the order of its page.</summary>
    public IEnumerable<(string Label, string? Text)> Of(FormSection part) => part switch
    {
        FormSection.Patient => Patient(),
        FormSection.Incident => Incident(),
        FormSection.Injury => Injury(),
        FormSection.Safety => Safety(),
        FormSection.Claim => Claim(),
        FormSection.Funding => Funding(),
        FormSection.Services => Services(),
        FormSection.Consent => Consent(),
        _ => [],
    };

    IEnumerable<(string, string?)> Patient()
    {
        var patient = Form.Patient;
        yield return ("First name", patient.GivenName);
        yield return ("Last name", patient.FamilyName);
        yield return ("Date of birth", FormWords.Date(patient.DateOfBirth));
        yield return ("Sex", Words(patient.Sex));
        if (Desk.Rules.IsChild(Form)) yield return ("Parent or guardian", Joined(patient.GuardianName, patient.GuardianRelationship, patient.GuardianPhone));
        yield return ("Address", patient.Address);
        yield return ("Postcode", Postcode.TryParse(patient.Postcode, out var postcode) ? postcode.ToString() : patient.Postcode);
        yield return ("Telephone number", PhoneNumber.TryParse(patient.Phone, out var phone) ? phone.ToString() : patient.Phone);
        yield return ("Email address", patient.Email);
        yield return ("Preferred contact", Words(patient.PreferredContact));
        yield return ("Availability", patient.Availability);
        yield return ("NHS number", patient.NhsNumberNotKnown && Desk.Kind == OrganisationKind.HealthOrganisation ? Joined("Not known", patient.NhsNumberNotKnownReason)
            : NhsNumber.TryParse(patient.NhsNumber, out var number) ? number.ToString() : patient.NhsNumber);
        yield return ("GP practice", Joined(patient.GpPracticeName, patient.GpPracticeCode));
        yield return ("Interpreter", patient.InterpreterLanguage);
        yield return ("Communication needs", patient.CommunicationNeeds);
        yield return ("Access needs", patient.AccessNeeds);
        yield return ("Home visits", patient.HomeVisitNeeded ? "Needed" : "Not needed");
    }

    IEnumerable<(string, string?)> Incident() =>
    [
        ("How it happened", Words(Form.Incident.Mechanism)),
        ("Date of the incident", FormWords.Date(Form.Incident.Date)),
        ("What happened", Form.Incident.Account),
    ];

    IEnumerable<(string, string?)> Injury() =>
    [
        ("Injured parts", string.Join("\n", Form.Injury.Regions.Select(site => BodySite.Words(Desk.Catalogue.BodyRegions.FirstOrDefault(region => region.Key == site.Region)?.Name ?? site.Region, site.Side)))),
        ("Condition", Desk.Catalogue.Condition(Form.Injury.ConditionSlug)?.Name ?? Form.Injury.ConditionInWords),
        ("Symptoms", Form.Injury.Symptoms),
        ("When they began", Form.Injury.Onset),
        ("Pain now", Form.Injury.Pain is { } pain ? FormWords.Pain(pain) : null),
        ("Work at present", Words(Form.Injury.WorkStatus)),
        ("Occupation", Form.Injury.Occupation),
        ("Clinical history", Form.Injury.ClinicalHistory),
    ];

    IEnumerable<(string, string?)> Safety()
    {
        foreach (var question in Desk.Catalogue.RedFlagQuestions) yield return (question.Topic, Words(Form.Safety.AnswerTo(question)));
        if (SafetyAnswers.Weigh(Desk.Catalogue, Form.Safety).Tier != RedFlagTier.Emergency) yield break;
        yield return ("Who told the patient to get help", Form.Safety.ToldBy);
        yield return ("When the patient was told", Joined(FormWords.Date(Form.Safety.ToldOn), Form.Safety.ToldAt));
        yield return ("How the patient was told", Form.Safety.ToldHow);
    }

    IEnumerable<(string, string?)> Claim()
    {
        var claim = Form.Claim;
        yield return ("Type of claim", Words(claim.Type));
        yield return ("Your reference", claim.OurReference);
        yield return ("Claim reference", claim.ClaimReference);
        yield return ("Lower-value claim", claim.LowerValue switch { true => "Yes", false => "No", null => null });
        yield return ("Liability", Words(claim.Liability));
        yield return ("The other side’s insurer", Joined(claim.OtherInsurer, claim.OtherInsurerReference));
        if (FormParts.NamesInstructingParty(Desk.Kind)) yield return ("Instructed by", Name(claim.InstructingPartyId));
        if (FormParts.NamesCaseManager(Desk.Kind)) yield return ("Case manager", Name(claim.CaseManagerId));
    }

    IEnumerable<(string, string?)> Funding() =>
    [
        ("Who pays", Form.Funding.WhoPays switch
        {
            PayerKind.Funder => Name(Form.Funding.PayerId),
            PayerKind.SomebodyElse => Form.Funding.PayerName,
            { } kind => FormWords.Of(kind, Desk.Kind),
            null => null,
        }),
        ("Sessions authorised", Form.Funding.Sessions),
        ("Amount authorised", ReferralFormRules.Money(Form.Funding.Pounds) is { } pounds ? Components.Display.Formats.Money(pounds) : Form.Funding.Pounds),
        ("Authorised until", FormWords.Date(Form.Funding.ExpiresOn)),
        ("Payer’s reference", Form.Funding.Reference),
    ];

    IEnumerable<(string, string?)> Services()
    {
        yield return ("Asked for", string.Join("\n", Form.Services.AskedFor.Select(service => PlainText.Of(service))));
        yield return ("How soon", Words(Form.Services.Priority));
        if (Form.Services.Priority == Priority.Urgent) yield return ("Why it is urgent", Form.Services.PriorityReason);
        yield return ("Anything else", Form.Services.Notes);
        if (Form.Services.PreferredClinicId is { } preferred) yield return ("Preferred clinic", Desk.Catalogue.Clinics.FirstOrDefault(clinic => clinic.Id == preferred)?.Name);
    }

    IEnumerable<(string, string?)> Consent()
    {
        var sharing = FormWords.Sharing(Desk.Kind);
        yield return ("What the patient agreed to", Form.Consent.Words.Length > 0 ? Form.Consent.Words : ReferralForm.ConsentWords);
        yield return ("Reports may be shared with", Form.Consent.ShareWith.Count == 0 ? "Nobody" : string.Join("\n", sharing.Where(option => Form.Consent.ShareWith.Contains(option.Value)).Select(option => option.Label)));
        yield return ("Consent taken by", Form.Consent.TakenBy);
        yield return ("Consent taken on", FormWords.Date(Form.Consent.TakenOn));
        yield return ("How it was given", Words(Form.Consent.Method));
        yield return ("Confirmed", Form.Consent.Confirmed ? "Yes" : null);
    }

    string? Name(Guid? organisation) => organisation is { } id ? Names.GetValueOrDefault(id) : null;

    static string? Words<T>(T? value) where T : struct, Enum => value is { } chosen ? PlainText.Of(chosen) : null;

    static string? Joined(params string?[] texts) => string.Join(", ", texts.Where(text => !string.IsNullOrWhiteSpace(text)));
}
