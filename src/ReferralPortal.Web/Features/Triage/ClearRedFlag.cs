using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>
/// Clears the red flag of a referral after a clinician's own review of its safety answers, with the reason. Allowed to clinicians and to nobody
/// else; until then nothing can be booked. The answers stay as they were given, and so does the priority: the portal never down-grades.
/// </summary>
public sealed class ClearRedFlag(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Reason">What was found, for the clinic's record.</param>
    public sealed record Command(Guid Referral, int Version, string Reason);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.IsClinician()) return Outcome.Refused("Only a clinician clears a red flag.");
        if (TriageRules.Problem(command.Reason, "Write what you found and why the flag can be cleared") is { } problem) return Outcome.Invalid(nameof(Command.Reason), problem);

        var clock = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var opened = await unit.Open(command.Referral, command.Version);
            if (opened.Value is not { } referral) return opened.Failure!;
            if (referral.StandingRedFlag() is null || !referral.State.Value.IsInQueue()) return Outcome.Refused("There is no red flag on this referral that waits to be cleared.");

            // Clearing says that a person has seen it, too.
            await unit.Run(Clear, new { referral.Id, at = unit.Now, by = actor.UserId });
            await unit.Note(referral, "clear_red_flag", AuditAction.ClearRedFlag, null, new { tier = referral.RedFlagTier },
                clock.For(referral).AfterClearing(referral.State, referral.Priority, referral.SubmittedAt, referral.StateSince, referral.ClockNow()),
                clinicOnly: true, words: command.Reason.Trim());
            unit.Queue(new RedFlagCleared(referral.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    const string Clear = """
        update referral set
            red_flag_cleared_at = @at,
            alert_acknowledged_at = coalesce(alert_acknowledged_at, @at),
            alert_acknowledged_by = coalesce(alert_acknowledged_by, @by)
        where id = @id
        """;
}

/// <summary>A clinician has reviewed the safety answers: the referral may be booked.</summary>
public sealed record RedFlagCleared(Guid ReferralId);
