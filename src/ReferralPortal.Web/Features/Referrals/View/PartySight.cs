using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.View;

/// <summary>The parts of a referral that a reader may see. What is not in it is neither read from the database nor shown.</summary>
[Flags]
public enum Sight
{
    None = 0,
    /// <summary>How to reach the patient, the NHS number, the GP, and what the patient needs.</summary>
    Contact = 1 << 0,
    /// <summary>When and how the injury came about.</summary>
    Incident = 1 << 1,
    /// <summary>Which places are injured, and the condition.</summary>
    Injury = 1 << 2,
    /// <summary>Symptoms, pain, history, work, and the referrer's notes.</summary>
    Clinical = 1 << 3,
    /// <summary>The safety questions, their answers, and the mark that they leave on the referral.</summary>
    Safety = 1 << 4,
    Claim = 1 << 5,
    /// <summary>Who pays, what is authorised and what is used of it.</summary>
    Funding = 1 << 6,
    /// <summary>What was asked of the clinic, and how soon.</summary>
    Services = 1 << 7,
    Consent = 1 << 8,
    Appointments = 1 << 9,
    Goals = 1 << 10,
    /// <summary>Scores of outcome measures.</summary>
    Scores = 1 << 11,
    /// <summary>Signed reports.</summary>
    Reports = 1 << 12,
    History = 1 << 13,
    /// <summary>The job that the patient is to be fit for, and when.</summary>
    Work = 1 << 14,
    /// <summary>What work the patient does at present, and did before.</summary>
    WorkStatus = 1 << 15,
    All = (1 << 16) - 1,
}

/// <summary>The tabs of the referral page, in their order.</summary>
public enum ReferralTab { Timeline, Details, Progress, Appointments, Funding, Documents, History }

/// <summary>
/// Who sees what of a referral: one table, by what the organisation is on the referral and what kind of organisation it is. It follows
/// the Caldicott principles of need to know and of the least that does: an employer learns that and when its worker is treated, never
/// of what; a payer learns what it pays for and whether it helps, not the patient's history.
/// </summary>
public static class PartySight
{
    // Of a report, an employer reads fitness for work and attendance only: the report's own page sees to that.
    const Sight Running = Sight.Incident | Sight.Services | Sight.Consent | Sight.Funding | Sight.Appointments | Sight.Reports | Sight.History | Sight.WorkStatus;

    const Sight Payer = Running | Sight.Injury | Sight.Claim | Sight.Goals | Sight.Scores;

    /// <summary>What one role on a referral lets an organisation of one kind see.</summary>
    public static Sight Of(PartyRole role, OrganisationKind kind) => (role, kind) switch
    {
        (PartyRole.TreatingClinic, OrganisationKind.ClinicGroup) => Sight.All,
        (PartyRole.TreatingClinic, _) => Sight.None,
        // It knows its worker's address and job; it typed them.
        (PartyRole.Referrer, OrganisationKind.Employer) => Running | Sight.Contact | Sight.Work,
        (_, OrganisationKind.Employer) => Running,
        (PartyRole.Funder, _) => Payer,
        (PartyRole.Referrer or PartyRole.InstructingParty or PartyRole.CaseManager, OrganisationKind.Funder) => Payer,
        (PartyRole.Referrer or PartyRole.InstructingParty or PartyRole.CaseManager, _) => Sight.All,
        _ => Sight.None,
    };

    /// <summary>What all of an organisation's roles on a referral let it see together.</summary>
    public static Sight Of(IEnumerable<PartyRole> roles, OrganisationKind kind) =>
        roles.Aggregate(Sight.None, (sight, role) => sight | Of(role, kind));

    /// <summary>Whether a reader of this sight has a tab at all.</summary>
    public static bool Has(this Sight sight, ReferralTab tab) => tab switch
    {
        ReferralTab.Timeline => sight != Sight.None,
        ReferralTab.Details => sight != Sight.None,
        ReferralTab.Progress => (sight & (Sight.Goals | Sight.Scores | Sight.Reports | Sight.WorkStatus)) != 0,
        ReferralTab.Appointments => sight.HasFlag(Sight.Appointments),
        ReferralTab.Funding => sight.HasFlag(Sight.Funding),
        ReferralTab.Documents => sight != Sight.None, // which of them: DocumentSight
        ReferralTab.History => sight.HasFlag(Sight.History),
        _ => false,
    };
}
