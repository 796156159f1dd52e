using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>Takes back a decision about two referrals, with the reason: it is as if it had not been made, and the question is open again. For clinic administrators.</summary>
public sealed class UndoDuplicateDecision(PortalDatabase database)
{
    /// <param name="Decision">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Reason">Why, for the clinic's record.</param>
    public sealed record Command(Guid Decision, int Version, string Reason);

    /// <summary>Returns the decision's id.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return DuplicatePair.NotADecider;
        if (string.IsNullOrWhiteSpace(command.Reason)) return Outcome.Invalid(nameof(Command.Reason), "Write why");
        if (command.Reason.Trim().Length > DuplicatePair.LongestReason) return Outcome.Invalid(nameof(Command.Reason), $"Use {DuplicatePair.LongestReason:N0} characters or fewer");

        return await database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<Stored>(Find, new { id = command.Decision }) is not { } found) return Outcome.Missing;
            var held = await DuplicatePair.Hold(unit, found.FirstReferralId, found.SecondReferralId);
            if (held.Value is not { } pair) return held.Failure!;

            // Read again behind the lock.
            var stored = (await unit.One<Stored>(Find, new { id = command.Decision }))!;
            if (stored.UndoneAt is { } undone) return Outcome.Conflict(stored.UndoneByName!, "undid this already", undone);
            if (stored.Version != command.Version) return Outcome.Conflict(stored.DecidedByName, "changed this decision", stored.DecidedAt);

            await unit.Run(Undo, new { id = command.Decision, by = actor.UserId, name = actor.DisplayName, at = unit.Now, reason = command.Reason.Trim() });
            if (stored.Decision == EnumText.Of(DuplicateDecision.Merge)) await pair.Regroup(unit);
            await pair.Note(unit, "undo_duplicate_decision", AuditAction.UndoDuplicateDecision, command.Decision, command.Reason.Trim());
            return command.Decision;
        }, ct);
    }

    sealed record Stored(Guid FirstReferralId, Guid SecondReferralId, string Decision, string DecidedByName, DateTimeOffset DecidedAt, string? UndoneByName, DateTimeOffset? UndoneAt, int Version);

    const string Find = """
        select first_referral_id, second_referral_id, decision, decided_by_name, decided_at, undone_by_name, undone_at, version
        from duplicate_decision where id = @id and portal.is_treating_clinic()
        """;

    const string Undo = """
        update duplicate_decision set undone_by = @by, undone_by_name = @name, undone_at = @at, undone_reason = @reason, version = version + 1
        where id = @id
        """;
}
