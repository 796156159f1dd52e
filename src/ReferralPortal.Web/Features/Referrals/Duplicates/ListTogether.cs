using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>A referral that the clinic holds together with another. <paramref name="SamePerson"/>: one patient's; otherwise linked.</summary>
public sealed record TogetherReferral(string Reference, Coded<ReferralState> State, bool SamePerson);

/// <summary>What the clinic has linked with a referral, or taken for the same patient's: shown beside it, to the treating clinic's people alone.</summary>
public sealed class ListTogether(PortalDatabase database)
{
    /// <summary>Nothing for everybody outside the clinic.</summary>
    public async Task<IReadOnlyList<TogetherReferral>> Handle(Actor actor, Guid referralId, CancellationToken ct) =>
        !actor.TreatsReferrals() ? [] : await database.Read(actor, unit => unit.Many<TogetherReferral>(Together, new { referralId, actor.OrganisationId }), ct);

    /// <summary>The ids of what is held together with <c>@referralId</c>, for a query of another feature that tells more of them: <c>held (id, same_person)</c>.</summary>
    internal const string Held = """
        held as (
            select case when d.first_referral_id = @referralId then d.second_referral_id else d.first_referral_id end as id, false as same_person
            from duplicate_decision d
            where (d.first_referral_id = @referralId or d.second_referral_id = @referralId) and d.undone_at is null and d.decision = 'link'
            union all
            select other.id, true
            from referral mine
            join person_patient me on me.patient_id = mine.patient_id
            join person_patient also on also.person_id = me.person_id and also.patient_id <> me.patient_id
            join referral other on other.patient_id = also.patient_id
            where mine.id = @referralId)
        """;

    const string Together = $"""
        with {Held}
        select r.reference, r.state, bool_or(held.same_person) as same_person
        from held join referral r on r.id = held.id
        where portal.is_treating_clinic() and @organisationId = any (r.readers)
        group by r.id
        order by r.submitted_at desc
        """;
}
