using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>Claims a submitted referral for the clinic administrator who looks at it. Its clock goes on.</summary>
public sealed class StartTriage(PortalDatabase database)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    public sealed record Command(Guid Referral, int Version);

    /// <summary>Returns the referral's state after it.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;

        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.StartTriage);
            if (begun.Value is not { } referral) return begun.Failure!;

            await unit.Run(Claim, new { referral.Id, owner = actor.UserId });
            await unit.Record(referral, ReferralAction.StartTriage, AuditAction.StartTriage, new StepRecord());
            unit.Queue(new TriageStarted(referral.Id), referral.Id);
            return ReferralState.InTriage;
        }, ct);
    }

    const string Claim = "update referral set triage_owner_id = @owner where id = @id";
}

/// <summary>Somebody at the clinic has taken the referral in hand.</summary>
public sealed record TriageStarted(Guid ReferralId);
