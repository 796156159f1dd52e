using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>
/// What documents belong to, as one person stands to it: a draft of one's own (then there is no <paramref name="State"/>), or a referral to which one's organisation is a party.
/// Both have the same id, one after the other.
/// </summary>
sealed record DocumentPlace(string? State, string[] MyRoles)
{
    static readonly ReferralState[] Ended = [ReferralState.Closed, ReferralState.Declined, ReferralState.Withdrawn];

    internal bool IsDraft => State is null;

    ReferralState? Stands => State is null ? null : EnumText.Parse<ReferralState>(State);

    /// <summary>The kinds of others' documents that the person sees here.</summary>
    internal string[] KindsSeen(Actor actor) =>
        IsDraft ? [] : PartySight.Of(MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind).KindsSeen();

    /// <summary>Why nothing can be added here by this person; null when it can.</summary>
    internal string? WhyNotAdd(Actor actor) =>
        Stands is { } state && Ended.Contains(state) ? $"This referral is {StateWords.Of(state).ToLowerInvariant()}, so nothing can be added to it."
        : !(actor.MayRefer || actor.Has(Role.ClinicAdministrator) || actor.Has(Role.Clinician)) ? "Your role does not allow this."
        : null;

    /// <summary>Whether one's own documents can still be taken away: until somebody at the clinic has begun to read.</summary>
    internal bool TakesBack => IsDraft || Stands == ReferralState.Submitted;

    /// <summary>Finds it for the unit's person; null when there is none, or not for them.</summary>
    internal static Task<DocumentPlace?> Find(PortalUnit unit, Guid referralId) =>
        unit.Actor.ReadsReferrals() ? unit.One<DocumentPlace>(Sql, new { referralId, organisationId = unit.Actor.OrganisationId, personId = unit.Actor.UserId }) : Task.FromResult<DocumentPlace?>(null);

    const string Sql = """
        select null::text as state, '{}'::text[] as my_roles
        from referral_draft draft
        where draft.id = @referralId and draft.organisation_id = @organisationId and draft.author_id = @personId and draft.discarded_at is null
        union all
        select referral.state, mine.my_roles
        from referral
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = referral.id and party.organisation_id = @organisationId) mine
        where referral.id = @referralId and mine.my_roles is not null
        """;
}
