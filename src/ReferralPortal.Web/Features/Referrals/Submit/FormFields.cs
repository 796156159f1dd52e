using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>How a field stands on a form at this moment.</summary>
public enum Need
{
    /// <summary>It is not asked. What it may hold from an earlier answer is neither checked, nor shown, nor sent.</summary>
    Absent,
    Optional,
    Required,
}

/// <summary>What the needs of a form's fields depend on.</summary>
/// <param name="Form">The form as it is typed.</param>
/// <param name="IsChild">The patient is under 18 today.</param>
/// <param name="IsEmergency">A safety question says that the patient needs help today.</param>
public sealed record FormCase(ReferralForm Form, bool IsChild, bool IsEmergency);

/// <summary>When a field is asked, in a few words and as a rule.</summary>
/// <param name="Words">For people who read the table.</param>
/// <param name="Now">The need on one form.</param>
public sealed record FieldRule(string Words, Func<FormCase, Need> Now);

/// <summary>
/// One form, five audiences: which fields each kind of organisation is asked, and which it must answer. Rules, sections, summary and the
/// referral that is stored all go by this table; nothing else knows which kind asks what. A test holds it against the form's properties.
/// </summary>
public static class FormFields
{
    static readonly OrganisationKind[] Kinds =
        [OrganisationKind.Solicitor, OrganisationKind.CaseManager, OrganisationKind.Intermediary, OrganisationKind.HealthOrganisation, OrganisationKind.Employer];

    static readonly FieldRule
        X = new("not asked", _ => Need.Absent),
        O = new("optional", _ => Need.Optional),
        R = new("required", _ => Need.Required),

        // Asked only when something else was answered.
        Child = Only("required for a child", at => at.IsChild),
        ChildO = new("optional for a child", at => at.IsChild ? Need.Optional : Need.Absent),
        Nhs = Only("required unless not known", at => !at.Form.Patient.NhsNumberNotKnown),
        NoNhs = Only("required when the NHS number is not known", at => at.Form.Patient.NhsNumberNotKnown),
        Alert = Only("required in an emergency", at => at.IsEmergency),
        Funder = Only("required when a funder pays", at => at.Form.Funding.WhoPays == PayerKind.Funder),
        Other = Only("required when somebody else pays", at => at.Form.Funding.WhoPays == PayerKind.SomebodyElse),
        Urgent = Only("required when urgent", at => at.Form.Services.Priority == Priority.Urgent),
        Signed = Only("required when consent is in writing", at => at.Form.Consent.Method == ConsentMethod.InWriting),

        // Always asked, and required when something else was answered.
        Call = Else("required when the patient is phoned or texted", at => at.Form.Patient.PreferredContact is PreferredContact.Phone or PreferredContact.Text),
        Mail = Else("required when the patient is emailed", at => at.Form.Patient.PreferredContact is PreferredContact.Email),
        AtWork = Else("required when it has to do with work", at => at.Form.Incident.WorkRelated == true || at.Form.Incident.Mechanism == IncidentMechanism.Workplace),
        Absent = Else("required when off sick", at => at.Form.Injury.WorkStatus == WorkStatus.OffSick),
        WePay = Else("required when the employer pays", at => at.Form.Funding.WhoPays == PayerKind.Referrer),
        Shared = Else("required when reports are shared", at => at.Form.Consent.ShareWith.Count > 0);

    static readonly Dictionary<string, FieldRule[]> Table = new()
    {
        //                                     solicitor  case mgr.  intermed.  health     employer
        ["Patient.GivenName"]               = [R,         R,         R,         R,         R],
        ["Patient.FamilyName"]              = [R,         R,         R,         R,         R],
        ["Patient.DateOfBirth"]             = [R,         R,         R,         R,         R],
        ["Patient.Sex"]                     = [R,         R,         R,         R,         R],
        ["Patient.GuardianName"]            = [Child,     Child,     Child,     Child,     Child],
        ["Patient.GuardianRelationship"]    = [Child,     Child,     Child,     Child,     Child],
        ["Patient.GuardianPhone"]           = [Child,     Child,     Child,     Child,     Child],
        ["Patient.GuardianEmail"]           = [ChildO,    ChildO,    ChildO,    ChildO,    ChildO],
        ["Patient.GuardianResponsibility"]  = [Child,     Child,     Child,     Child,     Child],
        ["Patient.Address"]                 = [R,         R,         R,         R,         R],
        ["Patient.Postcode"]                = [R,         R,         R,         R,         R],
        ["Patient.Phone"]                   = [Call,      Call,      Call,      Call,      Call],
        ["Patient.Email"]                   = [Mail,      Mail,      Mail,      Mail,      Mail],
        ["Patient.PreferredContact"]        = [R,         R,         R,         R,         R],
        ["Patient.Availability"]            = [O,         O,         O,         O,         O],
        ["Patient.NhsNumber"]               = [O,         O,         O,         Nhs,       O],
        ["Patient.NhsNumberNotKnown"]       = [X,         X,         X,         O,         X],
        ["Patient.NhsNumberNotKnownReason"] = [X,         X,         X,         NoNhs,     X],
        ["Patient.GpPracticeName"]          = [O,         O,         O,         R,         O],
        ["Patient.GpPracticeCode"]          = [O,         O,         O,         O,         O],
        ["Patient.InterpreterLanguage"]     = [O,         O,         O,         O,         O],
        ["Patient.CommunicationNeeds"]      = [O,         O,         O,         O,         O],
        ["Patient.AccessNeeds"]             = [O,         O,         O,         O,         O],
        ["Patient.HomeVisitNeeded"]         = [O,         O,         O,         O,         O],

        ["Incident.WorkRelated"]            = [X,         X,         X,         X,         R],
        ["Incident.Mechanism"]              = [R,         R,         R,         O,         AtWork],
        ["Incident.Date"]                   = [R,         R,         R,         O,         AtWork],
        ["Incident.Account"]                = [R,         R,         R,         O,         AtWork],

        ["Injury.Regions"]                  = [R,         R,         R,         R,         R],
        ["Injury.ConditionInWords"]         = [R,         R,         R,         R,         R],
        ["Injury.Symptoms"]                 = [R,         R,         R,         R,         R],
        ["Injury.Onset"]                    = [O,         O,         O,         O,         O],
        ["Injury.Pain"]                     = [R,         R,         R,         R,         R],
        ["Injury.WorkStatus"]               = [R,         R,         R,         R,         R],
        ["Injury.Occupation"]               = [O,         O,         O,         O,         R],
        ["Injury.ClinicalHistory"]          = [O,         O,         O,         R,         X],
        ["Injury.Medication"]               = [X,         X,         X,         R,         X],
        ["Injury.Imaging"]                  = [X,         X,         X,         R,         X],

        ["Work.JobDemands"]                 = [X,         X,         X,         X,         R],
        ["Work.CurrentDuties"]              = [X,         X,         X,         X,         R],
        ["Work.AdjustedDuties"]             = [X,         X,         X,         X,         R],
        ["Work.AbsentSince"]                = [X,         X,         X,         X,         Absent],
        ["Work.ReturnTarget"]               = [X,         X,         X,         X,         O],

        ["Safety.Answers"]                  = [R,         R,         R,         R,         R],
        ["Safety.ToldBy"]                   = [Alert,     Alert,     Alert,     Alert,     Alert],
        ["Safety.ToldOn"]                   = [Alert,     Alert,     Alert,     Alert,     Alert],
        ["Safety.ToldAt"]                   = [Alert,     Alert,     Alert,     Alert,     Alert],
        ["Safety.ToldHow"]                  = [Alert,     Alert,     Alert,     Alert,     Alert],

        ["Claim.InstructingPartyId"]        = [X,         O,         R,         X,         X],
        ["Claim.Type"]                      = [R,         R,         R,         X,         X],
        ["Claim.OurReference"]              = [R,         R,         R,         X,         X],
        ["Claim.ClaimReference"]            = [O,         O,         O,         X,         X],
        ["Claim.LowerValue"]                = [R,         R,         R,         X,         X],
        ["Claim.Liability"]                 = [R,         R,         R,         X,         X],
        ["Claim.OtherInsurer"]              = [O,         O,         O,         X,         X],
        ["Claim.OtherInsurerReference"]     = [O,         O,         O,         X,         X],
        ["Claim.CaseManagerId"]             = [O,         X,         O,         X,         X],

        ["Funding.Kind"]                    = [R,         R,         R,         R,         R],
        ["Funding.PayerId"]                 = [Funder,    Funder,    Funder,    Funder,    Funder],
        ["Funding.PayerName"]               = [Other,     Other,     Other,     Other,     Other],
        ["Funding.Sessions"]                = [O,         O,         O,         O,         O],
        ["Funding.Pounds"]                  = [O,         O,         O,         O,         O],
        ["Funding.ExpiresOn"]               = [O,         O,         O,         O,         O],
        ["Funding.Reference"]               = [O,         O,         O,         O,         WePay],

        ["Services.AskedFor"]               = [R,         R,         R,         R,         R],
        ["Services.Priority"]               = [R,         R,         R,         R,         R],
        ["Services.PriorityReason"]         = [Urgent,    Urgent,    Urgent,    Urgent,    Urgent],
        ["Services.PreferredClinicId"]      = [O,         O,         O,         O,         O],
        ["Services.Notes"]                  = [O,         O,         O,         O,         O],

        ["Consent.ShareWith"]               = [O,         O,         O,         O,         O],
        ["Consent.Covers"]                  = [Shared,    Shared,    Shared,    Shared,    Shared],
        ["Consent.GivenBy"]                 = [Child,     Child,     Child,     Child,     Child],
        ["Consent.Words"]                   = [O,         O,         O,         O,         O], // shown to be agreed to
        ["Consent.TakenBy"]                 = [R,         R,         R,         R,         R],
        ["Consent.TakenOn"]                 = [R,         R,         R,         R,         R],
        ["Consent.Method"]                  = [R,         R,         R,         R,         R],
        ["Consent.SignedForm"]              = [Signed,    Signed,    Signed,    Signed,    Signed],
        ["Consent.Confirmed"]               = [R,         R,         R,         R,         R],
    };

    /// <summary>Every field, in the order in which the form asks.</summary>
    public static IReadOnlyCollection<string> All => Table.Keys;

    /// <summary>The fields of one part that a kind of organisation may be asked, in order.</summary>
    public static IEnumerable<string> Of(FormSection part, OrganisationKind kind) =>
        Table.Keys.Where(field => field.StartsWith($"{part}.", StringComparison.Ordinal) && MayAsk(field, kind));

    /// <summary>When a kind of organisation is asked a field. A question inside a field (<c>Safety.Answers.clot</c>) goes with it; an unknown one is not asked.</summary>
    public static FieldRule Rule(string field, OrganisationKind kind) =>
        Array.IndexOf(Kinds, kind) is >= 0 and var column && (Table.GetValueOrDefault(field) ?? Table.GetValueOrDefault(Whole(field))) is { } row ? row[column] : X;

    /// <summary>Whether a kind of organisation is ever asked this.</summary>
    public static bool MayAsk(string field, OrganisationKind kind) => Rule(field, kind) != X;

    static string Whole(string field) => field.Split('.') is [var part, var name, _, ..] ? $"{part}.{name}" : field;

    static FieldRule Only(string words, Func<FormCase, bool> when) => new(words, at => when(at) ? Need.Required : Need.Absent);
    static FieldRule Else(string words, Func<FormCase, bool> when) => new(words, at => when(at) ? Need.Required : Need.Optional);
}
