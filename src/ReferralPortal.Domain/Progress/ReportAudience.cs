using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Domain.Progress;

/// <summary>Who reads a report, as what.</summary>
public enum ReportAudience
{
    /// <summary>The treating clinic's own people.</summary>
    Clinic,
    /// <summary>Whoever sent the referral.</summary>
    Referrer,
    /// <summary>Whoever instructs, where an intermediary refers for somebody.</summary>
    InstructingParty,
    /// <summary>Oversees the rehabilitation.</summary>
    CaseManager,
    /// <summary>Insurer or compensator.</summary>
    Funder,
    /// <summary>The patient's employer.</summary>
    Employer,
    /// <summary>The patient, who checks the facts before others read them.</summary>
    Patient,
}

/// <summary>
/// Who reads which part of which report: one rule for the page, the preview, the PDF and the patient's link. It follows the Caldicott principles of need to know
/// and of the least that does: an employer learns whether its worker is fit and comes, never of what; a payer learns what was found and whether treatment helps,
/// not what the patient told in confidence. An immediate needs assessment says the same to both sides, as the Rehabilitation Code asks.
/// </summary>
public static class ReportAudiences
{
    static readonly (PartyRole Role, ReportAudience Audience)[] Outside =
        [(PartyRole.Referrer, ReportAudience.Referrer), (PartyRole.InstructingParty, ReportAudience.InstructingParty), (PartyRole.CaseManager, ReportAudience.CaseManager), (PartyRole.Funder, ReportAudience.Funder)];

    /// <summary>As what an organisation of a kind reads, by its roles on the referral; null for one that is no party to it.</summary>
    public static ReportAudience? Of(IEnumerable<PartyRole> roles, OrganisationKind kind)
    {
        var held = roles.ToHashSet();
        if (held.Count == 0) return null;
        return kind switch
        {
            OrganisationKind.ClinicGroup => held.Contains(PartyRole.TreatingClinic) ? ReportAudience.Clinic : null,
            OrganisationKind.Employer => ReportAudience.Employer,
            OrganisationKind.Funder => ReportAudience.Funder,
            _ => Outside.Where(pair => held.Contains(pair.Role)).Select(pair => (ReportAudience?)pair.Audience).FirstOrDefault(),
        };
    }

    /// <summary>Whether an audience reads what a part of this kind of report is about.</summary>
    public static bool Sees(ReportAudience audience, ReportKind kind, ReportMatter matter) => audience switch
    {
        ReportAudience.Employer => matter == ReportMatter.Fitness,
        ReportAudience.Funder => matter != ReportMatter.History || kind == ReportKind.ImmediateNeeds,
        _ => true,
    };

    /// <summary>The parts that an audience reads; none means that it does not learn of the report at all.</summary>
    public static IReadOnlyList<ReportPart> Parts(ReportAudience audience, ReportKind kind) => [.. ReportForms.Of(kind).Where(part => Sees(audience, kind, part.Matter))];

    /// <summary>Whether there is anything in such a report for an audience.</summary>
    public static bool Reads(ReportAudience audience, ReportKind kind) => Parts(audience, kind).Count > 0;

    /// <summary>The kinds of report in which there is something for an audience.</summary>
    public static IReadOnlyList<ReportKind> Kinds(ReportAudience audience) => [.. Enum.GetValues<ReportKind>().Where(kind => Reads(audience, kind))];
}
