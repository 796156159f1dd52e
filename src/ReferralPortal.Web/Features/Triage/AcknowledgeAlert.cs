using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>
/// Puts a person's name to an urgent alert: somebody at the clinic has seen the safety answer and acts on it. Allowed once, to clinic
/// administrators and clinicians; the review stays due until a clinician has cleared the flag.
/// </summary>
public sealed class AcknowledgeAlert(PortalDatabase database)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    public sealed record Command(Guid Referral, int Version);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return Outcome.Refused("Your role does not allow this: a clinic administrator or a clinician acknowledges an alert.");

        return await database.Write<ReferralState>(actor, async unit =>
        {
            var opened = await unit.Open(command.Referral, command.Version);
            if (opened.Value is not { } referral) return opened.Failure!;
            if (referral.StandingRedFlag() is null || !referral.State.Value.IsInQueue()) return Outcome.Refused("There is no alert on this referral that waits to be acknowledged.");

            if (await unit.Run(Acknowledge, new { referral.Id, at = unit.Now, by = actor.UserId }) == 0) return Outcome.Refused("This alert has been acknowledged already.");
            await unit.Note(referral, "acknowledge_alert", AuditAction.AcknowledgeAlert, null, clinicOnly: true);
            unit.Queue(new AlertAcknowledged(referral.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    const string Acknowledge = """
        update referral set alert_acknowledged_at = @at, alert_acknowledged_by = @by
        where id = @id and alert_acknowledged_at is null
        """;
}

/// <summary>An urgent alert has somebody's name to it: it escalates no further.</summary>
public sealed record AlertAcknowledged(Guid ReferralId);
