using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>What the form's parts and choices are called.</summary>
public static class FormWords
{
    /// <summary>The heading of a part.</summary>
    public static string Of(FormSection part) => part switch
    {
        FormSection.Patient => "The patient",
        FormSection.Incident => "The incident",
        FormSection.Injury => "The injury",
        FormSection.Work => "Fitness for work",
        FormSection.Safety => "Safety questions",
        FormSection.Claim => "The claim",
        FormSection.Funding => "Funding",
        FormSection.Services => "What is asked for",
        FormSection.Consent => "Consent",
        FormSection.Documents => "Documents",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    /// <summary>What a part asks, in a few words.</summary>
    public static string Hint(FormSection part) => part switch
    {
        FormSection.Patient => "Name, date of birth, how to reach them, what they need",
        FormSection.Incident => "What happened, and when",
        FormSection.Injury => "Where it hurts, how much, and the work that it keeps them from",
        FormSection.Work => "The job, what can be adjusted, and when the patient is to be back",
        FormSection.Safety => "Signs that need a doctor before a physiotherapist",
        FormSection.Claim => "References, the other side, who else is on it",
        FormSection.Funding => "Who pays, and what is authorised",
        FormSection.Services => "What you want from the clinic, and how soon",
        FormSection.Consent => "What the patient agreed to",
        FormSection.Documents => "Letter of instruction, medical reports, consent form (optional)",
        _ => "",
    };

    /// <summary>How far a part is.</summary>
    public static (string Words, Tone Tone) Status(FormDesk desk, FormSection part)
    {
        var form = desk.Form;
        if (form.Visited.Contains(part)) return desk.Rules.Check(form, part).Count == 0 ? ("Completed", Tone.Success) : ("Needs attention", Tone.Warning);
        if (part == FormSection.Documents) return ("Optional", Tone.Neutral);
        return form.Started.Contains(part) ? ("In progress", Tone.Info) : ("Not started", Tone.Neutral);
    }

    /// <summary>All values of a coded list, as nothing, or one of them, may be chosen.</summary>
    public static IReadOnlyList<Option<T?>> Choices<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => new Option<T?>(value, PlainText.Of(value)))];

    /// <summary>Yes or no.</summary>
    public static IReadOnlyList<Option<bool?>> YesOrNo { get; } = Option.Of<bool?>((true, "Yes"), (false, "No"));

    /// <summary>Who pays, as this kind of organisation would say it.</summary>
    public static string Of(PayerKind payer, OrganisationKind kind) => payer switch
    {
        PayerKind.Funder => "An insurer or other funder that uses this portal",
        PayerKind.Referrer when kind == OrganisationKind.Employer => "We pay, as the employer",
        PayerKind.Referrer => "We pay, and recover the cost ourselves",
        PayerKind.Nhs => "The NHS",
        PayerKind.Patient => "The patient",
        _ => "Somebody else",
    };

    /// <summary>What a payer's reference is called.</summary>
    public static string FundingReference(OrganisationKind kind) => kind == OrganisationKind.Employer ? "Purchase order" : "Purchase order or authority reference";

    /// <summary>What an organisation has to know before it fills in a part that others fill in otherwise; null where nothing has to be said.</summary>
    public static string? Lead(FormSection part, OrganisationKind kind) => (part, kind) switch
    {
        (FormSection.Incident, OrganisationKind.HealthOrganisation) => "Fill this in if an incident is known; otherwise continue.",
        (FormSection.Work, _) => "So that treatment, and what the clinic tells you, is about this job. The clinic answers in terms of fitness for work; you will not see clinical detail.",
        _ => null,
    };

    /// <summary>What may be shared, as the patient is asked.</summary>
    public static IReadOnlyList<Option<ConsentScope>> Scopes { get; } = Option.Of(
        (ConsentScope.Attendance, "Whether and when the patient attends"),
        (ConsentScope.FitnessForWork, "What the patient is fit for at work"),
        (ConsentScope.Reports, "Reports about the injury and its treatment"));

    /// <summary>Who agrees for a child.</summary>
    public static IReadOnlyList<Option<ConsentGiver?>> Givers { get; } = Option.Of<ConsentGiver?>(
        (ConsentGiver.Guardian, "The parent or guardian named on the patient’s page"),
        (ConsentGiver.Patient, "The young person, who understands what is agreed to"));

    /// <summary>Where a signed consent form is.</summary>
    public static IReadOnlyList<Option<SignedForm?>> SignedForms { get; } = Option.Of<SignedForm?>(
        (SignedForm.Attached, "We attach it to this referral"),
        (SignedForm.Held, "We hold it, and send it when asked"));

    /// <summary>With whom reports may be shared, as the referrer would say it.</summary>
    public static IReadOnlyList<Option<PartyRole>> Sharing(OrganisationKind kind)
    {
        List<Option<PartyRole>> roles = [new(PartyRole.Referrer, "Us, who refer")];
        if (FormParts.NamesInstructingParty(kind)) roles.Add(new(PartyRole.InstructingParty, "Whoever instructed us"));
        if (FormParts.NamesCaseManager(kind)) roles.Add(new(PartyRole.CaseManager, "The case manager"));
        roles.Add(new(PartyRole.Funder, "Whoever pays for the treatment"));
        return roles;
    }

    /// <summary>"0 – no pain" to "10 – the worst pain imaginable".</summary>
    public static string Pain(int pain) => pain switch { 0 => "0 – no pain", 10 => "10 – the worst pain imaginable", _ => pain.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    /// <summary>Three texts as one: what was typed, right or wrong.</summary>
    public static string? Date(DateParts typed) =>
        ReferralFormRules.TryDate(typed) is { } date ? Formats.Date(date) : typed.IsEmpty ? null : string.Join(' ', new[] { typed.Day, typed.Month, typed.Year }.Where(part => part.Length > 0));
}
