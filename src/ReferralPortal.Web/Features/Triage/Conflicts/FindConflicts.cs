using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Conflicts;

/// <summary>Shows the treating clinic's people whether another referral is the other side of the same accident.</summary>
public sealed class FindConflicts(PortalDatabase database)
{
    /// <summary>Nothing for everybody outside the clinic, as for a referral without a conflict.</summary>
    public async Task<IReadOnlyList<ConflictingReferral>> Handle(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return [];

        return await database.View(actor, async unit =>
        {
            var conflicts = await unit.Conflicts(referralId);
            if (conflicts.Count > 0) unit.Audit(AuditAction.FindConflicts, referralId, detail: new { referrals = conflicts.Select(conflict => conflict.Id) });
            return conflicts;
        }, ct);
    }
}
