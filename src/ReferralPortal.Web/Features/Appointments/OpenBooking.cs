using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>What the booking pages show of a referral, what is booked for it, and with whom more can be booked.</summary>
/// <param name="Header">The referral, and what the patient needs.</param>
/// <param name="Appointments">What was ever booked for it.</param>
/// <param name="Held">What the reader holds for it at the moment.</param>
/// <param name="History">Every booking and change of its appointments, as it stands on the timeline.</param>
/// <param name="Clinicians">With whom more can be booked.</param>
/// <param name="Balance">What is authorised, used and booked.</param>
/// <param name="Languages">What the clinicians speak, one or the other.</param>
/// <param name="MayDo">What the reader may do.</param>
public sealed record Booking(
    BookingHeader Header, IReadOnlyList<ReferralAppointment> Appointments, HeldSlot? Held, IReadOnlyList<TimelineEvent> History, IReadOnlyList<ListedClinician> Clinicians, FundingBalance Balance, IReadOnlyList<string> Languages,
    IReadOnlyList<ReferralAction> MayDo)
{
    static readonly TimeSpan Recently = TimeSpan.FromMinutes(5);

    /// <summary>What somebody booked or changed a moment ago: whoever lost the page meanwhile reads here what became of it.</summary>
    public TimelineEvent? JustDone(string by, DateTimeOffset now) => History.Count > 0 && History[^1] is var last && last.ActorName == by && last.At > now - Recently ? last : null;

    public bool IsFirst => Header.State == ReferralState.Accepted;

    /// <summary>Whether an initial assessment stands in the calendar.</summary>
    public bool AssessmentBooked => Appointments.Any(appointment => appointment is { Kind: "initial_assessment", State: "booked" });

    public bool MayBook => Header.StandingRedFlag is null && (MayDo.Contains(ReferralAction.BookFirstAppointment) || MayDo.Contains(ReferralAction.BookAppointment));
}

public sealed record BookingHeader(
    Guid Id, string Reference, Coded<ReferralState> State, Coded<Priority> Priority, int Version, string GivenName, string FamilyName, DateOnly DateOfBirth,
    string? Phone, string PreferredContact, string? InterpreterLanguage, string? AccessNeeds, bool HomeVisitNeeded, string? Availability,
    Guid ReferringOrganisationId, string ReferringOrganisation, Guid? ClinicId, Guid? ClinicianId, Guid? PreferredClinicId, Coded<RedFlagTier>? RedFlagTier, DateTimeOffset? RedFlagClearedAt,
    DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt)
{
    public string PatientName => $"{GivenName} {FamilyName}";
    public RedFlagTier? StandingRedFlag => RedFlagClearedAt is null ? RedFlagTier?.Value : null;
}

/// <summary>An appointment of one referral, with the ids that moving it needs.</summary>
public sealed record ReferralAppointment(
    Guid Id, string Kind, Guid ClinicId, string Clinic, Guid ClinicianId, string Clinician, string? Room, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State, string? AttendanceCode, Guid? SeriesId)
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
            var sets = await unit.Results(All, new { referralId = header.Id, me = actor.UserId, now = unit.Now });
            var appointments = (await sets.ReadAsync<ReferralAppointment>()).ToList();
            var held = (await sets.ReadAsync<HeldSlot>()).FirstOrDefault();
            var history = (await sets.ReadAsync<TimelineEvent>()).ToList();
            var languages = (await sets.ReadAsync<string>()).ToList();
            await sets.DisposeAsync();
            var clinicians = await unit.WorkingClinicians();
            var balance = await FundingBalance.Read(unit, header.Id);
            return new Booking(header, appointments, held, history, clinicians, balance, languages, [.. Lifecycle.AllowedActions(header.State, actor.CapacitiesOn(header.ReferringOrganisationId))]);
        }, ct);
    }

    const string Head = """
        select r.id, r.reference, r.state, r.priority, r.version, patient.given_name, patient.family_name, patient.date_of_birth,
               patient.phone, patient.preferred_contact, patient.interpreter_language, patient.access_needs, patient.home_visit_needed, detail.availability,
               r.referring_organisation_id, sender.name as referring_organisation, r.clinic_id, r.clinician_id, detail.preferred_clinic_id, r.red_flag_tier, r.red_flag_cleared_at, r.due_at, r.clock_paused_at
        from referral r
        join patient on patient.id = r.patient_id
        join referral_detail detail on detail.referral_id = r.id
        join organisation sender on sender.id = r.referring_organisation_id
        where exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
            and portal.is_clinic() and
        """ + " ";

    const string All = """
        select appointment.id, appointment.kind, appointment.clinic_id, clinic.name as clinic, appointment.clinician_id, clinician.display_name as clinician, room.name as room,
               appointment.starts_at, appointment.ends_at, appointment.state, appointment.attendance_code, appointment.series_id
        from appointment
        join clinic on clinic.id = appointment.clinic_id
        join portal_user clinician on clinician.id = appointment.clinician_id
        left join room on room.id = appointment.room_id
        where appointment.referral_id = @referralId and appointment.state <> 'held'
        order by appointment.starts_at, appointment.id;

        select held.id, held.kind, held.clinic_id, clinic.name as clinic, held.clinician_id, clinician.display_name as clinician, held.room_id, room.name as room,
               held.starts_at, held.ends_at, held.held_until
        from appointment held
        join clinic on clinic.id = held.clinic_id
        join portal_user clinician on clinician.id = held.clinician_id
        left join room on room.id = held.room_id
        where held.referral_id = @referralId and held.state = 'held' and held.held_by = @me and held.held_until > @now;

        select event.sequence, event.at, event.actor_name, organisation.name as organisation, event.action, event.from_state, event.to_state,
               event.reason_code, event.words, event.detail::text as detail, event.audience, event.version
        from referral_event event
        join organisation on organisation.id = event.organisation_id
        where event.referral_id = @referralId
            and event.action in ('book_first_appointment', 'book_appointment', 'move_appointment', 'cancel_appointment', 'did_not_attend', 'attend_appointment', 'correct_attendance')
        order by event.sequence;

        select distinct language from portal_user cross join lateral unnest(languages) language
        where organisation_id = portal.clinic_group() and 'clinician' = any (roles) and disabled_at is null
        order by language;
        """;
}
