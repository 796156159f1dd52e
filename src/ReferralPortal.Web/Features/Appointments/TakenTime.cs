using Npgsql;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// A clinician's time and a room, taken for one appointment. That nobody else has them is the database's own constraint; this asks first, so that the second
/// of two people is told who was quicker.
/// </summary>
static class TakenTime
{
    /// <summary>
    /// Makes bookings at these clinics and for these clinicians come one after the other, until the transaction ends. Two inserts that meet in the exclusion
    /// constraint could wait for each other, and one would fail as a deadlock without saying why. Clinics before clinicians, each in order: nobody waits in a circle.
    /// </summary>
    internal static Task QueueFor(this PortalUnit unit, IEnumerable<Guid> clinics, IEnumerable<Guid> clinicians) =>
        unit.Run(Lock, new { keys = clinics.Distinct().Order().Concat(clinicians.Distinct().Order()).Select(id => id.ToString("N")).ToArray() });

    /// <summary>
    /// Finds a room for the time and checks that the clinician has it. What the person holds for this referral gives way, and so do holds that have run out.
    /// Returns the room; null at a clinic that keeps none. Call <see cref="QueueFor"/> before.
    /// </summary>
    /// <param name="unit">The unit that will write the appointment.</param>
    /// <param name="referral">Whose appointment it will be.</param>
    /// <param name="place">The clinic, the clinician, and the room that would be best.</param>
    /// <param name="time">When.</param>
    /// <param name="except">The appointment that is moved, whose own time does not stand in its way.</param>
    internal static async Task<Outcome<Guid?>> Take(this PortalUnit unit, Guid referral, (Guid Clinic, Guid Clinician, Guid? Room) place, AppointmentTime time, Guid? except = null)
    {
        var asked = new { referral, me = unit.Actor.UserId, now = unit.Now, place.Clinic, place.Clinician, place.Room, time.StartsAt, time.EndsAt, except };
        await unit.Run(GiveWay, asked);
        if (await unit.One<Taker>(ByWhom, asked) is { } taker) return Outcome.Invalid(nameof(AppointmentForm.Time), taker.Words(unit.Now, "This time"));

        if (await unit.One<Guid?>(FreeRoom, asked) is { } room) return (Guid?)room;
        return await unit.One<Taker>(RoomByWhom, asked) is { } quicker
            ? Outcome.Invalid(nameof(AppointmentForm.Time), quicker.Words(unit.Now, "The last free room at this time"))
            : (Guid?)null;
    }

    /// <summary>
    /// Why the time is outside what is kept of the clinic's hours and the clinician's; null when it is within, or wanted all the same. That somebody
    /// has the time already is asked by <see cref="Take"/>.
    /// </summary>
    internal static async Task<Failure?> OutsideHours(this PortalUnit unit, AppointmentForm form, AppointmentTime time) =>
        !form.OutsideHours && await unit.One<InTheWay>(Hours, new { form.Clinic, form.Clinician, time.StartsAt, time.EndsAt }) is { Code: "bank_holiday" or "closed" or "closed_then" or "leave" or "not_working" } reason
            ? Outcome.Invalid(nameof(AppointmentForm.OutsideHours), $"{BookingWords.InTheWay(reason.Code, reason.Clinician)}. Choose another time, or say that it is wanted all the same")
            : null;

    sealed record InTheWay(string? Code, string Clinician);

    /// <summary>What to say when the constraint itself refused: somebody came round the queue.</summary>
    internal static Failure? Refused(PostgresException fault) =>
        fault is { SqlState: PostgresErrorCodes.ExclusionViolation, ConstraintName: "appointment_not_double_booked" or "appointment_room_not_double_booked" } ? JustTaken : null;

    static readonly Failure JustTaken = Outcome.Invalid(nameof(AppointmentForm.Time), $"This time has just been taken. {Kept}");

    const string Kept = "Choose another one; everything else is kept";

    /// <summary>Who has a time, and how.</summary>
    sealed record Taker(string Name, bool Held, DateTimeOffset? At)
    {
        static readonly TimeSpan JustNow = TimeSpan.FromMinutes(15);

        public string Words(DateTimeOffset now, string what) =>
            Held ? $"{what} is being held by {Name}, who is booking it for another patient. {Kept}"
            : At > now - JustNow ? $"{what} has just been taken by {Name}. {Kept}"
            : $"{what} is taken: {Name} booked it. {Kept}";
    }

    const string Lock = "select pg_advisory_xact_lock(hashtextextended('appointment ' || key, 0)) from unnest(@keys) with ordinality wanted (key, place) order by place";

    const string GiveWay = """
        delete from appointment
        where state = 'held' and (
            held_by = @me and referral_id = @referral
            or held_until <= @now and (clinician_id = @clinician or clinic_id = @clinic) and tstzrange(starts_at, ends_at) && tstzrange(@startsAt, @endsAt))
        """;

    /// <summary>Of an appointment <c>a</c>: who holds it, or who booked or moved it last.</summary>
    const string Takers = """
        left join portal_user holder on a.state = 'held' and holder.id = a.held_by
        left join lateral (
            select event.actor_name, event.at from referral_event event
            where event.referral_id = a.referral_id
                and (event.detail ->> 'appointmentId' = a.id::text or jsonb_exists(event.detail -> 'appointmentIds', a.id::text))
            order by event.sequence desc limit 1) last on true
        """;

    const string Standing = "a.state in ('booked', 'held') and tstzrange(a.starts_at, a.ends_at) && tstzrange(@startsAt, @endsAt) and a.id is distinct from @except";

    const string ByWhom = $"""
        select coalesce(holder.display_name, last.actor_name, 'somebody else') as name, a.state = 'held' as held, last.at
        from appointment a
        {Takers}
        where a.clinician_id = @clinician and {Standing}
        order by a.starts_at limit 1
        """;

    // The room that is wanted, where the clinic has it free; else any. A room is nobody's choice but the clinic's, so none is held against a service.
    const string FreeRoom = """
        select coalesce(
            (select room.id from room
             where room.id = @room and room.clinic_id = @clinic and room.closed_at is null
                and not exists (select from appointment a where a.room_id = room.id and a.state in ('booked', 'held') and tstzrange(a.starts_at, a.ends_at) && tstzrange(@startsAt, @endsAt) and a.id is distinct from @except)
                and portal.free_room(@clinic, null, @startsAt, @endsAt, @except) is not null),
            portal.free_room(@clinic, null, @startsAt, @endsAt, @except))
        """;

    const string RoomByWhom = $"""
        select coalesce(holder.display_name, last.actor_name, 'somebody else') as name, a.state = 'held' as held, coalesce(last.at, a.created_at) as at
        from appointment a
        {Takers}
        where a.clinic_id = @clinic and {Standing}
        order by coalesce(last.at, a.created_at) desc limit 1
        """;

    const string Hours = "select portal.in_the_way(@clinic, @clinician, @startsAt, @endsAt) as code, (select display_name from portal_user where id = @clinician) as clinician";
}
