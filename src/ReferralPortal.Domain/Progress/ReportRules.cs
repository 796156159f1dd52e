using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using static ReferralPortal.Domain.Referrals.ReferralState;

namespace ReferralPortal.Domain.Progress;

/// <summary>One row of the table: which report is begun in which states of its referral, by whom, and which promise is kept with it.</summary>
public sealed record ReportRule(ReportKind Kind, IReadOnlyList<ReferralState> Begun, Capacity By, Target? Keeps = null);

/// <summary>The one table of what may be reported when, and by whom.</summary>
public static class ReportRules
{
    /// <summary>The whole table.</summary>
    public static IReadOnlyList<ReportRule> Table { get; } =
    [
        new(ReportKind.Triage, [InTriage, InformationRequested, Accepted, AppointmentBooked], Capacity.Clinician),
        new(ReportKind.InitialAssessment, [InTreatment, Discharged, Closed], Capacity.Clinician, Target.InitialReport),
        new(ReportKind.Progress, [InTreatment, Discharged], Capacity.Clinician),
        new(ReportKind.TreatmentExtension, [InTreatment], Capacity.Clinician),
        new(ReportKind.Discharge, [InTreatment, Discharged, Closed], Capacity.Clinician, Target.DischargeReport),
        new(ReportKind.ImmediateNeeds, [Accepted, AppointmentBooked, InTreatment], Capacity.Clinician),
    ];

    /// <summary>The row of a kind.</summary>
    public static ReportRule Of(ReportKind kind) => Table.Single(row => row.Kind == kind);

    /// <summary>Whether somebody of these capacities may begin such a report now.</summary>
    public static bool MayBegin(ReportKind kind, ReferralState state, IEnumerable<Capacity> capacities) =>
        Of(kind) is var row && row.Begun.Contains(state) && capacities.Contains(row.By);

    /// <summary>The kinds that may be begun now, in the order of the table.</summary>
    public static IReadOnlyList<ReportKind> MayBegin(ReferralState state, IReadOnlyCollection<Capacity> capacities) =>
        [.. Table.Where(row => MayBegin(row.Kind, state, capacities)).Select(row => row.Kind)];

    /// <summary>Whether a report that was begun may still be signed: what has happened stays worth reporting when the referral has moved on or ended.</summary>
    public static bool MaySign(ReportKind kind, ReferralState state) => state >= Of(kind).Begun.Min();

    /// <summary>
    /// Whether a person may take over from a report's author: amend it, answer what is asked about it, release it. The author may; a clinic's manager may once the
    /// author has left, and the report then says so.
    /// </summary>
    public static bool MayAnswerFor(bool isAuthor, bool isManager, bool authorHasLeft) => isAuthor || (isManager && authorHasLeft);
}
