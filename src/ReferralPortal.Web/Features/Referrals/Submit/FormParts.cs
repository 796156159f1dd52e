using ReferralPortal.Domain.Organisations;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>Whether an organisation's form has a part, and whether it may be left empty.</summary>
public enum PartRule { Absent, Optional, Required }

/// <summary>Which parts each kind of organisation's form has: those with a field in <see cref="FormFields"/>.</summary>
public static class FormParts
{
    // Asked with every key press, and the same until the next release.
    static readonly Dictionary<(FormSection, OrganisationKind), PartRule> Rules =
        Enum.GetValues<FormSection>().SelectMany(part => Enum.GetValues<OrganisationKind>().Select(kind => (part, kind))).ToDictionary(cell => cell, cell => Find(cell.part, cell.kind));

    /// <summary>The rule for one part of one kind's form. Required: something in it has to be answered whatever else is.</summary>
    public static PartRule Of(FormSection part, OrganisationKind kind) => Rules[(part, kind)];

    static PartRule Find(FormSection part, OrganisationKind kind)
    {
        if (part == FormSection.Documents) return Find(FormSection.Patient, kind) == PartRule.Absent ? PartRule.Absent : PartRule.Optional; // files, not fields
        var rules = FormFields.Of(part, kind).Select(field => FormFields.Rule(field, kind).Words).ToList();
        return rules.Count == 0 ? PartRule.Absent : rules.Contains("required") ? PartRule.Required : PartRule.Optional;
    }

    /// <summary>Who may pay, as a kind of organisation is asked: the likeliest first.</summary>
    public static IReadOnlyList<PayerKind> Payers(OrganisationKind kind) => kind switch
    {
        OrganisationKind.HealthOrganisation => [PayerKind.Nhs, PayerKind.Funder, PayerKind.Patient, PayerKind.SomebodyElse],
        OrganisationKind.Employer => [PayerKind.Referrer, PayerKind.Funder, PayerKind.SomebodyElse],
        _ => [PayerKind.Funder, PayerKind.Referrer, PayerKind.SomebodyElse],
    };

    /// <summary>Whether the form asks for a case manager: one who refers is it.</summary>
    public static bool NamesCaseManager(OrganisationKind kind) => FormFields.MayAsk("Claim.CaseManagerId", kind);

    /// <summary>Whether the form asks on whose behalf the referral is made.</summary>
    public static bool NamesInstructingParty(OrganisationKind kind) => FormFields.MayAsk("Claim.InstructingPartyId", kind);

    /// <summary>The parts that a kind of organisation sees, in order.</summary>
    public static IEnumerable<FormSection> For(OrganisationKind kind) => Enum.GetValues<FormSection>().Where(part => Of(part, kind) != PartRule.Absent);
}
