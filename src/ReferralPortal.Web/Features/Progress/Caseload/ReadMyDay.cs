using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>What a clinician has to do: today's patients, notes that are not signed, reports that are due.</summary>
public sealed record MyDay(IReadOnlyList<MyDay.Appointment> Today, IReadOnlyList<MyDay.Note> Unsigned, IReadOnlyList<MyDay.Report> ReportsDue)
{
    /// <param name="Written">The clinician has begun its note.</param>
    /// <param name="Signed">Its note is signed.</param>
    public sealed record Appointment(
        Guid Id, string Reference, string GivenName, string FamilyName, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Clinic, string State, string? AttendanceCode, bool Written, bool Signed);

    /// <param name="AppointmentId">Null for an assessment.</param>
    /// <param name="SavedAt">When it was last typed in; null where the patient was seen and no note was begun.</param>
    /// <param name="Amends">It is to take the place of a signed one.</param>
    public sealed record Note(string Reference, string GivenName, string FamilyName, Guid? AppointmentId, DateTimeOffset HeldAt, DateTimeOffset? SavedAt, bool Amends);

    /// <param name="DraftId">The clinician's own unfinished report.</param>
    public sealed record Report(
        string Reference, string GivenName, string FamilyName, string? DueFor, DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt, DateOnly? ClockWaitsUntil, Guid? DraftId, Coded<ReportKind>? DraftKind);
}

/// <summary>Reads a clinician's own day.</summary>
public sealed class ReadMyDay(PortalDatabase database)
{
    /// <summary>Visits from before that many days that have no note are not brought up any more.</summary>
    const int LooksBack = 30;

    const int Most = 100;

    public async Task<Outcome<MyDay>> Handle(Actor actor, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("The caseload is for clinicians.");

        return await database.View(actor, async unit =>
        {
            unit.Audit(AuditAction.ListReferrals);
            var today = LondonTime.DateOf(unit.Now);
            await using var sets = await unit.Results(Everything, new
            {
                clinicianId = actor.UserId,
                organisationId = actor.OrganisationId,
                from = LondonTime.Instant(today, TimeOnly.MinValue),
                until = LondonTime.Instant(today.AddDays(1), TimeOnly.MinValue),
                since = unit.Now.AddDays(-LooksBack),
                Most,
            });
            return (Outcome<MyDay>)new MyDay([.. await sets.ReadAsync<MyDay.Appointment>()], [.. await sets.ReadAsync<MyDay.Note>()], [.. await sets.ReadAsync<MyDay.Report>()]);
        }, ct);
    }

    // A visit has its note when somebody signed one; the initial assessment has it when the referral's assessment is signed.
    const string Everything = """
        select a.id, r.reference, p.given_name, p.family_name, a.kind, a.starts_at, a.ends_at, clinic.name as clinic, a.state, a.attendance_code,
               case a.kind when 'initial_assessment' then exists (select from assessment note where note.referral_id = r.id and note.clinician_id = @clinicianId and note.state = 'draft')
                           else exists (select from treatment_session note where note.appointment_id = a.id and note.clinician_id = @clinicianId and note.state = 'draft') end as written,
               case a.kind when 'initial_assessment' then exists (select from assessment note where note.referral_id = r.id and note.state = 'signed')
                           else exists (select from treatment_session note where note.appointment_id = a.id and note.state = 'signed') end as signed
        from appointment a
        join referral r on r.id = a.referral_id
        join patient p on p.id = r.patient_id
        join clinic on clinic.id = a.clinic_id
        where a.clinician_id = @clinicianId and a.starts_at >= @from and a.starts_at < @until and a.state in ('booked', 'attended', 'did_not_attend') and @organisationId = any (r.readers)
        order by a.starts_at, a.id;

        select r.reference, p.given_name, p.family_name, note.appointment_id, note.held_at, note.saved_at, note.amends
        from (select referral_id, null::uuid as appointment_id, assessed_at as held_at, updated_at as saved_at, supersedes_id is not null as amends
              from assessment where clinician_id = @clinicianId and state = 'draft'
              union all
              select referral_id, appointment_id, held_at, updated_at, supersedes_id is not null
              from treatment_session where clinician_id = @clinicianId and state = 'draft'
              union all
              select a.referral_id, case when a.kind <> 'initial_assessment' then a.id end, a.starts_at, null, false
              from appointment a
              where a.clinician_id = @clinicianId and a.state = 'attended' and a.starts_at >= @since
                  and case a.kind when 'initial_assessment'
                          then not exists (select from assessment one where one.referral_id = a.referral_id and (one.state = 'signed' or one.state = 'draft' and one.clinician_id = @clinicianId))
                          else not exists (select from treatment_session one where one.appointment_id = a.id and (one.state = 'signed' or one.state = 'draft' and one.clinician_id = @clinicianId)) end) note
        join referral r on r.id = note.referral_id
        join patient p on p.id = r.patient_id
        where @organisationId = any (r.readers)
        order by note.held_at, r.reference limit @most;

        select r.reference, p.given_name, p.family_name, r.due_for, r.due_at, r.clock_paused_at, r.clock_waits_until, draft.id as draft_id, draft.kind as draft_kind
        from referral r
        join patient p on p.id = r.patient_id
        left join lateral (select id, kind from report where report.referral_id = r.id and report.author_id = @clinicianId and report.state = 'draft' order by created_at desc limit 1) draft on true
        where r.clinician_id = @clinicianId and r.state in ('in_treatment', 'discharged') and @organisationId = any (r.readers)
            and (r.due_for in ('initial_report', 'discharge_report') or draft.id is not null)
        order by r.due_at nulls last, r.reference limit @most
        """;
}
