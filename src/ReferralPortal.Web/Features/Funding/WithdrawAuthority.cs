using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>
/// Takes an authority back: the payer's funder does, or the clinic records that the payer did. Nothing that is booked is cancelled by it; the clinic sees what is no longer
/// paid for. The second of two is told what the first did.
/// </summary>
public sealed class WithdrawAuthority(PortalDatabase database)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Authority">Which.</param>
    /// <param name="Version">The version of it that the person saw.</param>
    /// <param name="Reason">Why, for everybody on the referral; required.</param>
    public sealed record Command(Guid Referral, Guid Authority, int Version, string Reason);

    /// <summary>Returns how many appointments are booked that nothing pays for now.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        var clinic = actor.Triages() || actor.IsClinician();
        if (!clinic && !GiveAuthority.Funds(actor)) return Outcome.Refused("Your role does not allow this: the payer withdraws an authority, or the clinic records that it did.");
        if (string.IsNullOrWhiteSpace(command.Reason)) return Outcome.Invalid(nameof(command.Reason), "Write why it is withdrawn");
        if (command.Reason.Length > 1000) return Outcome.Invalid(nameof(command.Reason), "Use 1,000 characters or fewer");

        return await database.Write<int>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(FundingLocks.Referral, new { command.Referral, actor.OrganisationId, role = clinic ? "treating_clinic" : "funder" });
            var authority = referral is null ? null : await unit.One<Row>(Held, new { command.Authority, command.Referral });
            if (referral is null || authority is null || !clinic && authority.PayerOrganisationId != actor.OrganisationId) return Outcome.Missing;
            if (authority.WithdrawnAt is { } at) return authority.WithdrawnBy == actor.UserId ? (await FundingBalance.Read(unit, referral.Id)).BookedBeyond.Count : Outcome.Conflict(authority.WithdrawnByName ?? "The payer", "withdrew this authority", at);
            if (authority.Version != command.Version) return Outcome.Conflict("Somebody", "changed this authority", unit.Now);

            var reason = TypedText.Storable(command.Reason)!.Trim();
            await unit.Run(Withdraw, new { id = Guid.CreateVersion7(unit.Now), command.Authority, command.Referral, reason, unit.Now, by = actor.UserId, actor.OrganisationId });
            var beyond = (await FundingBalance.Read(unit, referral.Id)).BookedBeyond.Count;
            await unit.Note(referral, "withdraw_authority", AuditAction.WithdrawAuthority, command.Authority, new { payer = authority.PayerName, beyond }, words: reason);
            unit.Queue(new AuthorityWithdrawn(referral.Id, command.Authority), referral.Id);
            return beyond;
        }, ct);
    }

    sealed record Row(Guid? PayerOrganisationId, string PayerName, DateTimeOffset? WithdrawnAt, int Version, Guid? WithdrawnBy, string? WithdrawnByName);

    const string Held = """
        select given.payer_organisation_id, given.payer_name, given.withdrawn_at, given.version, line.by_id as withdrawn_by, coalesce(person.display_name, organisation.name) as withdrawn_by_name
        from funding_authority given
        left join authority_entry line on line.authority_id = given.id and line.kind = 'withdrawn'
        left join organisation on organisation.id = line.by_organisation_id
        left join portal_user person on person.id = line.by_id
        where given.id = @authority and given.referral_id = @referral
        limit 1
        """;

    const string Withdraw = """
        update funding_authority set withdrawn_at = @now, version = version + 1 where id = @authority;
        insert into authority_entry (id, authority_id, referral_id, kind, words, at, by_id, by_organisation_id)
        values (@id, @authority, @referral, 'withdrawn', @reason, @now, @by, @organisationId);
        """;
}

/// <summary>An authority was taken back.</summary>
public sealed record AuthorityWithdrawn(Guid ReferralId, Guid AuthorityId);
