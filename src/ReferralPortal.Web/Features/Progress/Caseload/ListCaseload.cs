using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The patients whom a clinician has in hand, or the whole group's: from acceptance to discharge.</summary>
public sealed class ListCaseload(PortalDatabase database)
{
    const int PageSize = 50;

    /// <param name="State">One state only; null for all that are in hand.</param>
    /// <param name="Everybody">Not only the clinician's own.</param>
    /// <param name="After">The last row of the page before.</param>
    public sealed record Filter(ReferralState? State = null, bool Everybody = false, PageMark? After = null);

    /// <summary>Where a page ends.</summary>
    public sealed record PageMark(DateTimeOffset SubmittedAt, Guid Id);

    public sealed record Row(
        Guid Id, string Reference, Coded<ReferralState> State, Coded<Priority> Priority, string GivenName, string FamilyName, string? Condition,
        string? Clinician, DateTimeOffset? NextAppointment, int SessionsUsed, int? SessionsAuthorised, bool HasDraftReport,
        string? DueFor, DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt, DateOnly? ClockWaitsUntil, DateTimeOffset SubmittedAt);

    /// <param name="Counts">How many of the clinician's own patients are in each state; empty for everybody's, whom nobody counts by looking.</param>
    public sealed record Page(IReadOnlyList<Row> Rows, PageMark? Next, IReadOnlyDictionary<ReferralState, int> Counts);

    sealed record Counted(Coded<ReferralState> State, int Patients);

    public async Task<Outcome<Page>> Handle(Actor actor, Filter filter, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("The caseload is for clinicians.");

        return await database.View(actor, async unit =>
        {
            unit.Audit(AuditAction.ListReferrals);
            var rows = await unit.Many<Row>(Caseload, new
            {
                organisationId = actor.OrganisationId,
                clinicianId = actor.UserId,
                filter.Everybody,
                states = filter.State is { } state ? [Domain.EnumText.Of(state)] : InHand,
                afterAt = filter.After?.SubmittedAt,
                afterId = filter.After?.Id,
                limit = PageSize + 1,
                now = unit.Now,
            });
            var next = rows.Count > PageSize ? new PageMark(rows[PageSize - 1].SubmittedAt, rows[PageSize - 1].Id) : null;
            var counts = filter.Everybody ? [] : await unit.Many<Counted>(Own, new { organisationId = actor.OrganisationId, clinicianId = actor.UserId, states = InHand });
            return (Outcome<Page>)new Page([.. rows.Take(PageSize)], next, counts.ToDictionary(counted => counted.State.Value, counted => counted.Patients));
        }, ct);
    }

    static readonly string[] InHand = ["accepted", "appointment_booked", "in_treatment", "discharged"];

    /// <summary>The states between acceptance and closing, in the order of the work.</summary>
    public static readonly IReadOnlyList<ReferralState> States = [ReferralState.Accepted, ReferralState.AppointmentBooked, ReferralState.InTreatment, ReferralState.Discharged];

    const string Own = """
        select state, count(*)::int as patients from referral
        where clinician_id = @clinicianId and state = any (@states) and @organisationId = any (readers) group by state
        """;

    // One index range a state, merged: (clinician_id, state, ...) for one's own, (organisation_id, state, ...) on the parties for everybody's.
    const string Caseload = """
        select r.id, r.reference, r.state, r.priority, p.given_name, p.family_name, coalesce(c.name, d.presenting_condition) as condition,
               clinician.display_name as clinician,
               (select min(a.starts_at) from appointment a where a.referral_id = r.id and a.state = 'booked' and a.starts_at >= @now) as next_appointment,
               (select count(*)::int from appointment a where a.referral_id = r.id and a.state = 'attended') as sessions_used,
               (select sum(f.sessions)::int from authority_balance f where f.referral_id = r.id and f.withdrawn_at is null) as sessions_authorised,
               exists (select from report where referral_id = r.id and state = 'draft') as has_draft_report,
               r.due_for, r.due_at, r.clock_paused_at, r.clock_waits_until, r.submitted_at
        from unnest(@states) wanted (state)
        cross join lateral (
            (select o.id, o.submitted_at from referral o
             where not @everybody and o.clinician_id = @clinicianId and o.state = wanted.state and @organisationId = any (o.readers)
               and (@afterAt::timestamptz is null or (o.submitted_at, o.id) < (@afterAt, @afterId))
             order by o.submitted_at desc, o.id desc limit @limit)
            union all
            (select party.referral_id, party.submitted_at from referral_party party
             where @everybody and party.organisation_id = @organisationId and party.role = 'treating_clinic' and party.state = wanted.state
               and (@afterAt::timestamptz is null or (party.submitted_at, party.referral_id) < (@afterAt, @afterId))
             order by party.submitted_at desc, party.referral_id desc limit @limit)) found
        join referral r on r.id = found.id
        join patient p on p.id = r.patient_id
        join referral_detail d on d.referral_id = r.id
        left join condition c on c.slug = r.condition_slug
        left join portal_user clinician on clinician.id = r.clinician_id
        order by found.submitted_at desc, found.id desc
        limit @limit
        """;
}
