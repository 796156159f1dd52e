using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>A booked appointment that a change of hours, rooms or people would leave without a place. It names the referral, not the patient.</summary>
public sealed record AffectedAppointment(Guid Id, string Reference, DateTimeOffset StartsAt, DateTimeOffset EndsAt, Guid ClinicId, string Clinic, Guid ClinicianId, string Clinician);

/// <summary>What came of a change: stored, or first to be confirmed because of what is booked. Nothing is ever cancelled by it.</summary>
/// <param name="Saved">Whether it was stored.</param>
/// <param name="Affected">What is booked and stays booked.</param>
public sealed record CapacityChange(bool Saved, IReadOnlyList<AffectedAppointment> Affected);

/// <summary>Finds what is booked and would be hit.</summary>
public static class AffectedAppointments
{
    /// <summary>The most that are listed.</summary>
    public const int Most = 500;

    /// <summary>Where and when to look; what is null does not narrow.</summary>
    public sealed record Where(Guid? Clinic = null, Guid? Clinician = null, Guid? Room = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

    /// <summary>What is booked from now on, the earliest first.</summary>
    public static async Task<IReadOnlyList<AffectedAppointment>> Booked(this PortalUnit unit, Where where, Func<AffectedAppointment, bool>? hit = null)
    {
        var from = where.From is { } given && given > unit.Now ? given : unit.Now;
        var booked = await unit.Many<AffectedAppointment>(Ahead, new { unit.Actor.OrganisationId, where.Clinic, where.Clinician, where.Room, from, until = where.Until, most = Most });
        return hit is null ? booked : [.. booked.Where(hit)];
    }

    const string Ahead = """
        select appointment.id, referral.reference, appointment.starts_at, appointment.ends_at, appointment.clinic_id, clinic.name as clinic,
               appointment.clinician_id, clinician.display_name as clinician
        from appointment
        join referral on referral.id = appointment.referral_id and @organisationId = any (referral.readers)
        join clinic on clinic.id = appointment.clinic_id
        join portal_user clinician on clinician.id = appointment.clinician_id
        where appointment.state = 'booked' and appointment.ends_at > @from and (@until::timestamptz is null or appointment.starts_at < @until)
            and (@clinic::uuid is null or appointment.clinic_id = @clinic)
            and (@clinician::uuid is null or appointment.clinician_id = @clinician)
            and (@room::uuid is null or appointment.room_id = @room)
            and portal.manages_clinic()
        order by appointment.starts_at, appointment.id
        limit @most
        """;
}
