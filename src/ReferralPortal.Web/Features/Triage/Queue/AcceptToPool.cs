using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>
/// Takes a referral on for a clinic's pool straight from the queue, at the priority that it has. One that nobody has begun is claimed first, so
/// that two steps of the lifecycle are written, each under its own rules.
/// </summary>
public sealed class AcceptToPool(StartTriage starting, AcceptReferral accepting)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="State">The state that the person saw.</param>
    /// <param name="Clinic">Where the patient is treated, by whoever of that clinic takes the patient.</param>
    /// <param name="Priority">As it stands.</param>
    public sealed record Command(Guid Referral, int Version, ReferralState State, Guid? Clinic, Priority Priority);

    /// <summary>Returns the referral's state after it. Where the second step is refused, the referral is in triage and its claimer is told why.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (command.Clinic is null) return Outcome.Invalid(nameof(Command.Clinic), "Choose a clinic");

        var version = command.Version;
        if (command.State == ReferralState.Submitted)
        {
            var begun = await starting.Handle(actor, new(command.Referral, version), ct);
            if (!begun.IsDone) return begun;
            version++;
        }
        return await accepting.Handle(actor, new(command.Referral, version, command.Clinic, Clinician: null, command.Priority), ct);
    }
}
