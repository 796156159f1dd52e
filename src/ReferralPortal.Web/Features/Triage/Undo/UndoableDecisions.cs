using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Undo;

/// <summary>A decision that its maker can still take back.</summary>
/// <param name="Action">What was decided.</param>
/// <param name="LeavesAt">When the messages about it leave; from then on it stands.</param>
public sealed record UndoableDecision(Coded<ReferralAction> Action, DateTimeOffset LeavesAt);

/// <summary>How a referral stood before a decision.</summary>
sealed record StandingBefore(Coded<ReferralState> State, DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt);

/// <summary>
/// What makes a decision one that can be taken back: its messages wait, and how the referral stood is kept. A decision that does not call
/// <see cref="Undoable"/> cannot be undone.
/// </summary>
static class UndoableDecisions
{
    /// <summary>For how long a decision can be taken back, and its messages wait.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Keeps how the referral stands; call it before anything of it is changed. Returns when the decision's messages may leave.</summary>
    internal static async Task<DateTimeOffset> Undoable(this PortalUnit unit, LockedReferral referral, ReferralAction action)
    {
        var leavesAt = unit.Now + Window;
        await unit.Run(Keep, new { id = Guid.CreateVersion7(unit.Now), referralId = referral.Id, action = EnumText.Of(action), by = unit.Actor.UserId, at = unit.Now, leavesAt });
        return leavesAt;
    }

    /// <summary>The decision that the unit's person can still take back; null where there is none.</summary>
    internal static Task<UndoableDecision?> UndoableDecision(this PortalUnit unit, Guid referralId) =>
        unit.One<UndoableDecision>(Mine, new { referralId, by = unit.Actor.UserId, now = unit.Now });

    /// <summary>How the referral stood before its last decision.</summary>
    internal static Task<StandingBefore?> StandingBefore(this PortalUnit unit, Guid referralId) => unit.One<StandingBefore>(Before, new { referralId });

    /// <summary>Puts back what the decision changed beside the state, the clock with it. Call it after the step is recorded.</summary>
    internal static Task PutBack(this PortalUnit unit, Guid referralId) => unit.Run(Restore, new { referralId });

    const string Keep = """
        insert into undoable_decision (id, referral_id, action, decided_version, decided_by, decided_at, leaves_at, before)
        select @id, r.id, @action, r.version + 1, @by, @at, @leavesAt, jsonb_build_object(
            'state', r.state, 'state_since', r.state_since, 'priority', r.priority, 'triage_owner_id', r.triage_owner_id, 'clinic_id', r.clinic_id, 'clinician_id', r.clinician_id,
            'due_for', r.due_for, 'due_at', r.due_at, 'clock_paused_at', r.clock_paused_at, 'clock_waits_until', r.clock_waits_until,
            'clock_started_at', r.clock_started_at, 'escalation_level', r.escalation_level)
        from referral r where r.id = @referralId
        on conflict (referral_id) do update set action = excluded.action, decided_version = excluded.decided_version, decided_by = excluded.decided_by,
            decided_at = excluded.decided_at, leaves_at = excluded.leaves_at, before = excluded.before, version = undoable_decision.version + 1
        """;

    const string Mine = """
        select decision.action, decision.leaves_at
        from undoable_decision decision join referral r on r.id = decision.referral_id and r.version = decision.decided_version
        where decision.referral_id = @referralId and decision.decided_by = @by and decision.leaves_at > @now
        """;

    const string Before = """
        select was.state, was.due_at, was.clock_paused_at
        from undoable_decision decision cross join lateral jsonb_populate_record(null::referral, decision.before) was
        where decision.referral_id = @referralId
        """;

    const string Restore = """
        update referral r set state_since = was.state_since, priority = was.priority,
            triage_owner_id = was.triage_owner_id, clinic_id = was.clinic_id, clinician_id = was.clinician_id,
            due_for = was.due_for, due_at = was.due_at, clock_paused_at = was.clock_paused_at, clock_waits_until = was.clock_waits_until,
            clock_started_at = was.clock_started_at, escalation_level = was.escalation_level
        from undoable_decision decision cross join lateral jsonb_populate_record(null::referral, decision.before) was
        where r.id = @referralId and decision.referral_id = r.id
        """;
}
