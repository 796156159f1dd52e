using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Facts;

/// <summary>Another referral of the same patient, or one that the clinic has linked, and how it went.</summary>
public sealed record EarlierReferral(
    Guid Id, string Reference, Coded<ReferralState> State, bool SamePerson, DateTimeOffset SubmittedAt, DateTimeOffset StateSince, string ReferringOrganisation,
    string? Condition, DateOnly? IncidentDate, string? Clinic, long Attended, long Missed, string? EndedBy, string? ReasonCode);

/// <summary>
/// What the clinic had to do with the patient besides this referral: those it takes for the same person's, and those it has linked. For the treating
/// clinic's people, and written down.
/// </summary>
public sealed class ReadHistory(PortalDatabase database)
{
    /// <summary>The latest first; nothing for everybody outside the clinic.</summary>
    public async Task<IReadOnlyList<EarlierReferral>> Handle(Actor actor, Guid referralId, CancellationToken ct) =>
        !actor.TreatsReferrals() ? [] : await database.View(actor, async unit =>
        {
            var earlier = await unit.Many<EarlierReferral>(Earlier, new { referralId, actor.OrganisationId });
            if (earlier.Count > 0) unit.Audit(AuditAction.ViewHistory, referralId, detail: new { others = earlier.Select(other => other.Id) });
            return earlier;
        }, ct);

    const string Earlier = $"""
        with {ListTogether.Held},
        other as (select held.id, bool_or(held.same_person) as same_person from held group by held.id)
        select r.id, r.reference, r.state, other.same_person, r.submitted_at, r.state_since, sender.name as referring_organisation,
               coalesce(condition.name, detail.presenting_condition) as condition, r.incident_date, clinic.name as clinic,
               (select count(*) from appointment a where a.referral_id = r.id and a.state = 'attended') as attended,
               (select count(*) from appointment a where a.referral_id = r.id and a.state = 'did_not_attend') as missed,
               ended.action as ended_by, ended.reason_code
        from other
        join referral r on r.id = other.id
        join referral_detail detail on detail.referral_id = r.id
        join organisation sender on sender.id = r.referring_organisation_id
        left join condition on condition.slug = r.condition_slug
        left join clinic on clinic.id = r.clinic_id
        left join lateral (
            select e.action, e.reason_code from referral_event e
            where e.referral_id = r.id and e.to_state = r.state and e.action in ('decline', 'withdraw')
            order by e.sequence desc limit 1) ended on true
        where portal.is_treating_clinic() and @organisationId = any (r.readers)
        order by r.submitted_at desc, r.id desc
        limit 50
        """;
}
