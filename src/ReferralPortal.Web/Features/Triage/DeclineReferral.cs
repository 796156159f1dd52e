using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>
/// Declines a referral for a coded reason and tells its referrer why. Allowed to clinic administrators while the referral is submitted or
/// in triage; the clock ends.
/// </summary>
public sealed class DeclineReferral(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="WordsToReferrer">What the referrer reads: the standard wording of the reason, as the person left it.</param>
    public sealed record Command(Guid Referral, int Version, DeclineReason? Reason, string WordsToReferrer);

    /// <summary>Returns the referral's state after it.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var clock = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Decline);
            if (begun.Value is not { } referral) return begun.Failure!;

            var leavesAt = await unit.Undoable(referral, ReferralAction.Decline);
            await unit.Record(referral, ReferralAction.Decline, AuditAction.Decline,
                new StepRecord(command.WordsToReferrer.Trim(), EnumText.Of(command.Reason!.Value)),
                clock.For(referral).After(ReferralAction.Decline, referral.Priority, referral.StandingRedFlag(), unit.Now));
            unit.Queue(new ReferralDeclined(referral.Id), referral.Id, leavesAt);
            return ReferralState.Declined;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (command.Reason is null) errors[nameof(Command.Reason)] = "Choose why the referral is declined";
        if (TriageRules.Problem(command.WordsToReferrer, "Write what the referrer is told") is { } problem) errors[nameof(Command.WordsToReferrer)] = problem;
        return errors;
    }
}

/// <summary>The clinic does not take the referral on: its parties are told.</summary>
public sealed record ReferralDeclined(Guid ReferralId);
