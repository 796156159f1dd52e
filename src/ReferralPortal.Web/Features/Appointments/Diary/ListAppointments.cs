using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments.Diary;

/// <summary>An appointment in the diary. One that is held has until when and by whom.</summary>
public sealed record DiaryEntry(
    Guid Id, string Reference, string GivenName, string FamilyName, string Kind, Guid ClinicId, string Clinic, Guid ClinicianId, string Clinician, string? Room,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State, string? AttendanceCode, DateTimeOffset? HeldUntil, string? HeldBy)
{
    public string PatientName => $"{GivenName} {FamilyName}";

    /// <summary>Whether it takes up the clinician's time at <paramref name="now"/>: neither cancelled nor a hold that has run out.</summary>
    public bool Stands(DateTimeOffset now) => State != "cancelled" && (State != "held" || HeldUntil > now);
}

/// <summary>The appointments of one day or one week, in the order in which they begin. For the treating clinic's people.</summary>
public sealed class ListAppointments(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 50;

    public sealed record Page(IReadOnlyList<DiaryEntry> Rows, DayPlace? Next, IReadOnlyList<ListedClinician> Clinicians);

    public async Task<Outcome<Page>> Handle(Actor actor, DiaryFilter filter, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Refusal;

        return await database.View(actor, async unit =>
        {
            unit.Audit(AuditAction.ListReferrals, detail: new { list = "appointments", day = filter.First, days = filter.Days });
            var found = await unit.Many<DiaryEntry>(Rows(filter, "true"), Asked(unit, filter, PageSize + 1));
            var clinicians = await unit.WorkingClinicians();
            var rows = found.Take(PageSize).ToList();
            return Outcome.Done(new Page(rows, found.Count > PageSize ? new DayPlace(rows[^1].StartsAt, rows[^1].Id) : null, clinicians));
        }, ct);
    }

    internal static readonly Failure Refusal = Outcome.Refused("The appointments are for the clinic's own people.");

    internal static object Asked(PortalUnit unit, DiaryFilter filter, int rows) => new
    {
        unit.Actor.OrganisationId,
        filter.From,
        filter.Until,
        filter.Clinic,
        filter.Clinician,
        afterAt = filter.After?.StartsAt,
        afterId = filter.After?.Id,
        now = unit.Now,
        rows,
    };

    internal static string Rows(DiaryFilter filter, string and) => $"""
        select appointment.id, r.reference, patient.given_name, patient.family_name, appointment.kind, appointment.clinic_id, clinic.name as clinic,
               appointment.clinician_id, clinician.display_name as clinician, room.name as room, appointment.starts_at, appointment.ends_at,
               appointment.state, appointment.attendance_code, appointment.held_until, holder.display_name as held_by
        from appointment
        join referral r on r.id = appointment.referral_id
        join patient on patient.id = r.patient_id
        join clinic on clinic.id = appointment.clinic_id
        join portal_user clinician on clinician.id = appointment.clinician_id
        left join room on room.id = appointment.room_id
        left join portal_user holder on holder.id = appointment.held_by
        where appointment.starts_at >= @from and appointment.starts_at < @until
            and (appointment.state <> 'held' or appointment.held_until > @now)
            and @organisationId = any (r.readers) and portal.is_clinic() and @organisationId = portal.clinic_group()
            {(filter.Clinic is null ? "" : "and appointment.clinic_id = @clinic")}
            {(filter.Clinician is null ? "" : "and appointment.clinician_id = @clinician")}
            {(filter.After is null ? "" : "and (appointment.starts_at, appointment.id) > (@afterAt, @afterId)")}
            and {and}
        order by appointment.starts_at, appointment.id
        limit @rows
        """;
}
