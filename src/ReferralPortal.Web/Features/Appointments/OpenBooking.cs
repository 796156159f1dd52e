using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>What the booking pages show of a referral, what is booked for it, and with whom more can be booked.</summary>
public sealed record Booking(BookingHeader Header, IReadOnlyList<ReferralAppointment> Appointments, IReadOnlyList<ListedClinician> Clinicians, IReadOnlyList<ReferralAction> MayDo)
{
    public bool IsFirst => Header.State == ReferralState.Accepted;

    /// <summary>Whether an initial assessment stands in the calendar.</summary>
    public bool AssessmentBooked => Appointments.Any(appointment => appointment is { Kind: "initial_assessment", State: "booked" });

    public bool MayBook => Header.StandingRedFlag is null && (MayDo.Contains(ReferralAction.BookFirstAppointment) || MayDo.Contains(ReferralAction.BookAppointment));
}

public sealed record BookingHeader(
    Guid Id, string Reference, Coded<ReferralState> State, Coded<Priority> Priority, int Version, string GivenName, string FamilyName, DateOnly DateOfBirth,
    string? Phone, string PreferredContact, string? InterpreterLanguage, string? AccessNeeds, bool HomeVisitNeeded, string? Availability,
    Guid ReferringOrganisationId, string ReferringOrganisation, Guid? ClinicId, Guid? ClinicianId, Coded<RedFlagTier>? RedFlagTier, DateTimeOffset? RedFlagClearedAt,
    DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt)
{
    public string PatientName => $"{GivenName} {FamilyName}";
    public RedFlagTier? StandingRedFlag => RedFlagClearedAt is null ? RedFlagTier?.Value : null;
}

/// <summary>An appointment of one referral, with the ids that moving it needs.</summary>
public sealed record ReferralAppointment(
    Guid Id, string Kind, Guid ClinicId, string Clinic, Guid ClinicianId, string Clinician, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State, string? AttendanceCode, string? Note)
{
    public int Minutes => (int)(EndsAt - StartsAt).TotalMinutes;
}

/// <summary>Opens a referral for booking, or one of its appointments for changing, and writes down that it was opened. For the treating clinic's people.</summary>
public sealed class OpenBooking(PortalDatabase database)
{
    /// <summary>By the referral's reference, as it was typed.</summary>
    public Task<Outcome<Booking>> Handle(Actor actor, string? typed, CancellationToken ct) =>
        Reference.TryParse(typed, out var reference) ? Open(actor, "r.reference = @reference", new { reference = reference.ToString(), actor.OrganisationId }, ct) : Nothing;

    /// <summary>By the id of one of its appointments.</summary>
    public Task<Outcome<Booking>> Handle(Actor actor, Guid appointment, CancellationToken ct) =>
        Open(actor, "r.id = (select referral_id from appointment where id = @appointment)", new { appointment, actor.OrganisationId }, ct);

    static readonly Task<Outcome<Booking>> Nothing = Task.FromResult<Outcome<Booking>>(Outcome.Missing);

    async Task<Outcome<Booking>> Open(Actor actor, string which, object asked, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var header = await unit.One<BookingHeader>(Head + which, asked);
            if (header is null) return (Outcome<Booking>)Outcome.Missing;

            unit.Audit(AuditAction.ViewReferral, header.Id, detail: new { page = "booking" });
            var appointments = await unit.Many<ReferralAppointment>(All, new { referralId = header.Id });
            var clinicians = await unit.WorkingClinicians();
            return new Booking(header, appointments, clinicians, [.. Lifecycle.AllowedActions(header.State, actor.CapacitiesOn(header.ReferringOrganisationId))]);
        }, ct);
    }

    const string Head = """
        select r.id, r.reference, r.state, r.priority, r.version, patient.given_name, patient.family_name, patient.date_of_birth,
               patient.phone, patient.preferred_contact, patient.interpreter_language, patient.access_needs, patient.home_visit_needed, detail.availability,
               r.referring_organisation_id, sender.name as referring_organisation, r.clinic_id, r.clinician_id, r.red_flag_tier, r.red_flag_cleared_at, r.due_at, r.clock_paused_at
        from referral r
        join patient on patient.id = r.patient_id
        join referral_detail detail on detail.referral_id = r.id
        join organisation sender on sender.id = r.referring_organisation_id
        where exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
            and portal.is_clinic() and
        """ + " ";

    const string All = """
        select appointment.id, appointment.kind, appointment.clinic_id, clinic.name as clinic, appointment.clinician_id, clinician.display_name as clinician,
               appointment.starts_at, appointment.ends_at, appointment.state, appointment.attendance_code, appointment.note
        from appointment
        join clinic on clinic.id = appointment.clinic_id
        join portal_user clinician on clinician.id = appointment.clinician_id
        where appointment.referral_id = @referralId
        order by appointment.starts_at, appointment.id
        """;
}
