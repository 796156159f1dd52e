using ReferralPortal.Domain.Organisations;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>Whether an organisation's form has a part, and whether it may be left empty.</summary>
public enum PartRule { Absent, Optional, Required }

/// <summary>One form, five audiences: which parts each kind of organisation fills in. Read it as the table that it is.</summary>
public static class FormParts
{
    static readonly OrganisationKind[] Kinds =
        [OrganisationKind.Solicitor, OrganisationKind.CaseManager, OrganisationKind.Intermediary, OrganisationKind.HealthOrganisation, OrganisationKind.Employer];

    const PartRule R = PartRule.Required, O = PartRule.Optional, X = PartRule.Absent;

    static readonly Dictionary<FormSection, PartRule[]> Table = new()
    {
        //                        solicitor, case manager, intermediary, health organisation, employer
        [FormSection.Patient]  = [R, R, R, R, R],
        [FormSection.Incident] = [R, R, R, O, O],
        [FormSection.Injury]   = [R, R, R, R, R],
        [FormSection.Safety]   = [R, R, R, R, R],
        [FormSection.Claim]    = [R, R, R, X, X],
        [FormSection.Funding]  = [R, R, R, R, R],
        [FormSection.Services] = [R, R, R, R, R],
        [FormSection.Consent]  = [R, R, R, R, R],
        [FormSection.Documents] = [O, O, O, O, O],
    };

    /// <summary>The rule for one part of one kind's form.</summary>
    public static PartRule Of(FormSection part, OrganisationKind kind) =>
        Array.IndexOf(Kinds, kind) is >= 0 and var column ? Table[part][column] : PartRule.Absent;

    /// <summary>Who may pay, as a kind of organisation is asked: the likeliest first.</summary>
    public static IReadOnlyList<PayerKind> Payers(OrganisationKind kind) => kind switch
    {
        OrganisationKind.HealthOrganisation => [PayerKind.Nhs, PayerKind.Funder, PayerKind.Patient, PayerKind.SomebodyElse],
        OrganisationKind.Employer => [PayerKind.Referrer, PayerKind.Funder, PayerKind.SomebodyElse],
        _ => [PayerKind.Funder, PayerKind.Referrer, PayerKind.SomebodyElse],
    };

    /// <summary>Whether the form asks for a case manager: one who refers is it.</summary>
    public static bool NamesCaseManager(OrganisationKind kind) => Of(FormSection.Claim, kind) != PartRule.Absent && kind != OrganisationKind.CaseManager;

    /// <summary>Whether the form asks on whose behalf the referral is made.</summary>
    public static bool NamesInstructingParty(OrganisationKind kind) => kind is OrganisationKind.Intermediary or OrganisationKind.CaseManager;

    /// <summary>The parts that a kind of organisation sees, in order.</summary>
    public static IEnumerable<FormSection> For(OrganisationKind kind) => Table.Keys.Where(part => Of(part, kind) != PartRule.Absent);
}
