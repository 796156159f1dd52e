using System.Globalization;
using System.Text;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>A line of the day list.</summary>
public sealed record ListedAppointment(
    Guid Id, string Reference, Coded<ReferralState> ReferralState, string GivenName, string FamilyName, string Kind, string Clinic, string Clinician,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State, string? AttendanceCode)
{
    public string PatientName => $"{GivenName} {FamilyName}";
}

/// <summary>Which day, where and whose, as the address of the day list says it. Without a day it is today.</summary>
public sealed record DayFilter(DateOnly Day, Guid? Clinic = null, Guid? Clinician = null, DayPlace? After = null)
{
    /// <summary>Reads an address. What is not understood is left out.</summary>
    public static DayFilter From(string? day, Guid? clinic, Guid? clinician, string? after, DateOnly today) => new(
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var given) && given.Year is > 1900 and < 9000 ? given : today,
        clinic, clinician, DayPlace.TryParse(after, out var place) ? place : null);

    /// <summary>The address of the list that asks this.</summary>
    public string Address
    {
        get
        {
            var address = new StringBuilder("/appointments?day=").Append(Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            if (Clinic is { } clinic) address.Append("&clinic=").Append(clinic);
            if (Clinician is { } clinician) address.Append("&clinician=").Append(clinician);
            if (After is { } after) address.Append("&after=").Append(after);
            return address.ToString();
        }
    }

    /// <summary>The same question of another day.</summary>
    public DayFilter On(DateOnly day) => this with { Day = day, After = null };
}

/// <summary>A place in a day's list: behind this appointment the next page begins.</summary>
public readonly record struct DayPlace(DateTimeOffset StartsAt, Guid Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StartsAt.ToUnixTimeSeconds()}-{Id:N}");

    public static bool TryParse(string? text, out DayPlace place)
    {
        place = default;
        if (text?.Split('-') is not [var time, var id] || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > 200_000_000_000 || !Guid.TryParseExact(id, "N", out var guid)) return false;
        place = new DayPlace(DateTimeOffset.FromUnixTimeSeconds(seconds), guid);
        return true;
    }
}

/// <summary>The appointments of one day, in the order in which they begin. For the treating clinic's people.</summary>
public sealed class ListAppointments(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 50;

    public sealed record Page(IReadOnlyList<ListedAppointment> Rows, DayPlace? Next, IReadOnlyList<ListedClinician> Clinicians);

    public async Task<Outcome<Page>> Handle(Actor actor, DayFilter filter, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Refused("The appointments are for the clinic's own people.");

        return await database.View(actor, async unit =>
        {
            unit.Audit(AuditAction.ListReferrals, detail: new { list = "appointments", day = filter.Day });
            var found = await unit.Many<ListedAppointment>(OfDay(filter), new
            {
                actor.OrganisationId,
                from = LondonTime.Instant(filter.Day, TimeOnly.MinValue),
                until = LondonTime.Instant(filter.Day.AddDays(1), TimeOnly.MinValue),
                filter.Clinic,
                filter.Clinician,
                afterAt = filter.After?.StartsAt,
                afterId = filter.After?.Id,
                rows = PageSize + 1,
            });
            var clinicians = await unit.WorkingClinicians();
            var rows = found.Take(PageSize).ToList();
            return Outcome.Done(new Page(rows, found.Count > PageSize ? new DayPlace(rows[^1].StartsAt, rows[^1].Id) : null, clinicians));
        }, ct);
    }

    static string OfDay(DayFilter filter) => $"""
        select appointment.id, r.reference, r.state as referral_state, patient.given_name, patient.family_name, appointment.kind,
               clinic.name as clinic, clinician.display_name as clinician, appointment.starts_at, appointment.ends_at, appointment.state, appointment.attendance_code
        from appointment
        join referral r on r.id = appointment.referral_id
        join patient on patient.id = r.patient_id
        join clinic on clinic.id = appointment.clinic_id
        join portal_user clinician on clinician.id = appointment.clinician_id
        where appointment.starts_at >= @from and appointment.starts_at < @until
            and @organisationId = any (r.readers) and portal.is_clinic() and @organisationId = portal.clinic_group()
            {(filter.Clinic is null ? "" : "and appointment.clinic_id = @clinic")}
            {(filter.Clinician is null ? "" : "and appointment.clinician_id = @clinician")}
            {(filter.After is null ? "" : "and (appointment.starts_at, appointment.id) > (@afterAt, @afterId)")}
        order by appointment.starts_at, appointment.id
        limit @rows
        """;
}
