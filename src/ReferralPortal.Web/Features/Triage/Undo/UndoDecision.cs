using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Undo;

/// <summary>
/// Takes back a decision of triage: accepted, declined, asked. Allowed to whoever made it, within ten seconds, as long as no message about it has
/// left and nothing else has happened to the referral. Everything stands as before; the clinic's timeline keeps both steps, everybody else's neither.
/// </summary>
public sealed class UndoDecision(PortalDatabase database)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the decision left.</param>
    public sealed record Command(Guid Referral, int Version);

    /// <summary>Returns the referral's state after it, which is the one before the decision.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;

        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Undo);
            if (begun.Value is not { } referral) return begun.Failure!;

            if (await unit.UndoableDecision(referral.Id) is not { } decision || await unit.StandingBefore(referral.Id) is not { } before
                || !Lifecycle.IsUndoable(before.State, decision.Action)) return TooLate;
            if (!await unit.One<bool>(TakeBack, new { referral.Id, command.Version })) return TooLate;

            await unit.Record(referral, ReferralAction.Undo, AuditAction.UndoDecision, new StepRecord(Detail: new { undone = decision.Action.Text }, ClinicOnly: true), backTo: before.State);
            await unit.PutBack(referral.Id);
            // Whatever looked at the clock in these seconds found it stopped, and will not come back by itself.
            if (before is { DueAt: { } due, ClockPausedAt: null }) unit.Queue(new ClockCheck(referral.Id, due), referral.Id);
            return before.State.Value;
        }, ct);
    }

    static readonly Failure TooLate = Outcome.Refused("This can no longer be undone: the message about it has left, or somebody else decided it.");

    const string TakeBack = "select portal.take_back_decision(@id, @version)";
}
