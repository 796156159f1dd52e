using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>A clinic administrator to whom a referral can be given.</summary>
public sealed record Triager(Guid Id, string Name);

/// <summary>
/// Gives a referral that is open in triage to one of the clinic's administrators, or to nobody again. It changes no state and tells no referrer; the
/// timeline has it for the clinic's own people.
/// </summary>
public sealed class AssignReferral(PortalDatabase database)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Owner">To whom; null for nobody.</param>
    public sealed record Command(Guid Referral, int Version, Guid? Owner);

    /// <summary>What taking it back needs: who had it before, and the referral's version after.</summary>
    public sealed record Assigned(Guid? OwnerBefore, int Version);

    /// <summary>Assigns it.</summary>
    public async Task<Outcome<Assigned>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;

        return await database.Write<Assigned>(actor, async unit =>
        {
            var opened = await unit.Open(command.Referral, command.Version);
            if (opened.Value is not { } referral) return opened.Failure!;
            if (!referral.State.Value.IsInQueue()) return Outcome.Refused($"This referral is {StateWords.Of(referral.State.Value).ToLowerInvariant()}, so nobody is given it now.");
            if (referral.TriageOwnerId == command.Owner) return new Assigned(referral.TriageOwnerId, referral.Version);

            var owner = command.Owner is { } person ? await unit.One<Triager>(One, new { unit.Actor.OrganisationId, person }) : null;
            if (command.Owner is not null && owner is null) return Outcome.Invalid(nameof(Command.Owner), "Choose a clinic administrator who works here");

            await unit.Run(Give, new { referral.Id, command.Owner });
            var version = await unit.Note(referral, "assign", AuditAction.AssignReferral, command.Owner, new { owner = owner?.Name }, clinicOnly: true);
            return new Assigned(referral.TriageOwnerId, version);
        }, ct);
    }

    /// <summary>The clinic's administrators who may use the portal now, by name.</summary>
    public async Task<IReadOnlyList<Triager>> People(Actor actor, CancellationToken ct) =>
        actor.TreatsReferrals() ? await database.Read(actor, unit => unit.Many<Triager>(All, new { actor.OrganisationId }), ct) : [];

    const string Working = "organisation_id = @organisationId and 'clinic_administrator' = any (roles) and disabled_at is null";
    const string One = $"select id, display_name as name from portal_user where id = @person and {Working}";
    const string All = $"select id, display_name as name from portal_user where {Working} order by display_name, id";
    const string Give = "update referral set triage_owner_id = @owner where id = @id";
}
