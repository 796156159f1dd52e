using static ReferralPortal.Domain.Referrals.Capacity;
using static ReferralPortal.Domain.Referrals.ReferralAction;
using static ReferralPortal.Domain.Referrals.ReferralState;

namespace ReferralPortal.Domain.Referrals;

/// <summary>One row of the lifecycle: from where, by what, to where, by whom.</summary>
public sealed record Transition(ReferralState From, ReferralAction Action, ReferralState To, IReadOnlySet<Capacity> By);

/// <summary>The one table of what may happen to a referral. An action that is not in it is refused.</summary>
public static class Lifecycle
{
    static readonly ReferralState[] BeforeDischarge = [Submitted, InTriage, InformationRequested, Accepted, AppointmentBooked, InTreatment];

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<Transition> Table { get; } =
    [
        .. Rows([Draft], Submit, Submitted, Referrer),
        .. Rows([Submitted], StartTriage, InTriage, ClinicAdministrator),
        .. Rows([Submitted, InTriage], AskForInformation, InformationRequested, ClinicAdministrator),
        .. Rows([InformationRequested], Answer, InTriage, Referrer),
        .. Rows([InTriage], Accept, Accepted, ClinicAdministrator),
        .. Rows([Submitted, InTriage], Decline, Declined, ClinicAdministrator),
        .. Rows([Accepted], BookFirstAppointment, AppointmentBooked, ClinicAdministrator, Clinician),
        .. Rows([AppointmentBooked], RecordAttendance, InTreatment, Clinician),
        .. Rows([AppointmentBooked, InTreatment], BookAppointment, null, ClinicAdministrator, Clinician),
        .. Rows([AppointmentBooked, InTreatment], MoveAppointment, null, ClinicAdministrator, Clinician),
        .. Rows([AppointmentBooked, InTreatment], CancelAppointment, null, ClinicAdministrator, Clinician),
        .. Rows([AppointmentBooked, InTreatment], DidNotAttend, null, ClinicAdministrator, Clinician),
        .. Rows([InTreatment], Discharge, Discharged, Clinician),
        .. Rows([Discharged], Close, Closed, ClinicAdministrator),
        .. Rows([Discharged, Closed], Reopen, InTreatment, ClinicAdministrator),
        // A draft is nobody's but its referrer's, who discards it; the clinic withdraws only what it has been sent.
        .. Rows([Draft], Withdraw, Withdrawn, Referrer),
        .. Rows(BeforeDischarge, Withdraw, Withdrawn, Referrer, ClinicAdministrator),
        // Until the patient is booked; from then on the clinic knows better than the form, and is told in words.
        .. Rows([Submitted, InTriage, InformationRequested, Accepted], Amend, null, Referrer),
        // Where the patient goes and how soon, until an appointment says it.
        .. Rows([InTriage, Accepted], Forward, null, ClinicAdministrator),
        .. Rows([Submitted, InTriage, InformationRequested, Accepted], ChangePriority, null, ClinicAdministrator),
        .. Rows(BeforeDischarge, LogContact, null, ClinicAdministrator, Clinician),
        // Within seconds of the decision, before anybody was told of it. One that was made straight from submitted goes back there: see IsUndoable.
        .. Rows([InformationRequested, Accepted, Declined], Undo, InTriage, ClinicAdministrator),
    ];

    static readonly Dictionary<(ReferralState, ReferralAction), Transition> ByCell = Table.ToDictionary(row => (row.From, row.Action));

    /// <summary>The row for an action in a state, or null when the table has none.</summary>
    public static Transition? Find(ReferralState state, ReferralAction action) => ByCell.GetValueOrDefault((state, action));

    /// <summary>Whether somebody of this capacity may do it now.</summary>
    public static bool Allows(ReferralState state, ReferralAction action, Capacity capacity) => Find(state, action)?.By.Contains(capacity) ?? false;

    /// <summary>The state after an action.</summary>
    /// <exception cref="InvalidOperationException">The table does not know the action in this state.</exception>
    public static ReferralState Next(ReferralState state, ReferralAction action) =>
        Find(state, action)?.To ?? throw new InvalidOperationException($"{action} is not known in {state}.");

    /// <summary>What may be done now by somebody with these capacities, in the order of the table.</summary>
    public static IEnumerable<ReferralAction> AllowedActions(ReferralState state, IEnumerable<Capacity> capacities)
    {
        var held = capacities.ToHashSet();
        return Table.Where(row => row.From == state && row.By.Overlaps(held)).Select(row => row.Action);
    }

    /// <summary>Whether a step out of <paramref name="from"/> can be taken back to where it came from: the three decisions of triage, and nothing that others have acted upon.</summary>
    public static bool IsUndoable(ReferralState from, ReferralAction action) =>
        action is AskForInformation or Accept or Decline && Find(from, action) is { } step && Find(step.To, Undo) is not null;

    // No target state: the state stays as it is.
    static IEnumerable<Transition> Rows(ReferralState[] from, ReferralAction action, ReferralState? to, params Capacity[] by) =>
        from.Select(state => new Transition(state, action, to ?? state, by.ToHashSet()));
}
