using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>A time at which a clinician is free and the clinic has a room.</summary>
public sealed record FreeSlot(DateTimeOffset StartsAt, Guid ClinicianId, string Clinician);

/// <summary>
/// Offers times over the next ten working days, every 45 minutes from opening. An offer holds nothing: the booking itself decides. For the treating
/// clinic's people.
/// </summary>
public sealed class FindFreeSlots(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>How many working days are looked at, today with them.</summary>
    public const int Days = 10;

    internal static readonly TimeSpan Step = TimeSpan.FromMinutes(45);

    /// <param name="Clinic">Where: it needs a free room.</param>
    /// <param name="Clinician">With whom; null for whoever is free, by name.</param>
    /// <param name="Minutes">How long.</param>
    public sealed record Query(Guid Clinic, Guid? Clinician, int Minutes);

    public async Task<Outcome<IReadOnlyList<FreeSlot>>> Handle(Actor actor, Query query, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return AppointmentRows.NotABooker;
        if (!AppointmentTime.Lengths.Contains(query.Minutes)) return Outcome.Invalid(nameof(Query.Minutes), "Choose a length");

        var content = await catalogue.Get(ct);
        var days = OpenDays(content, clock.GetUtcNow()).ToList();
        return await database.Read<Outcome<IReadOnlyList<FreeSlot>>>(actor, async unit => await unit.Many<FreeSlot>(Free, new
        {
            actor.OrganisationId,
            query.Clinic,
            query.Clinician,
            length = TimeSpan.FromMinutes(query.Minutes),
            step = Step,
            now = unit.Now,
            opens = days.Select(day => day.Opens.UtcDateTime).ToArray(),
            closes = days.Select(day => day.Closes.UtcDateTime).ToArray(),
            from = days[0].Opens,
            until = days[^1].Closes,
        }), ct);
    }

    /// <summary>The openings of the next <see cref="Days"/> working days, today with them.</summary>
    internal static IEnumerable<(DateTimeOffset Opens, DateTimeOffset Closes)> OpenDays(CatalogueContent content, DateTimeOffset now)
    {
        var hours = ReferralClock.Hours(content.Group.OpeningHours);
        var working = new WorkingDays(content.BankHolidays);
        var day = LondonTime.DateOf(now);
        for (var found = 0; found < Days; day = day.AddDays(1))
        {
            if (!working.IsWorkingDay(day) || hours.OpeningOn(day) is not { } open) continue;
            found++;
            yield return open;
        }
    }

    // Who is busy is read once for the whole fortnight; the rest is arithmetic on a few hundred slots.
    const string Free = """
        with busy as materialized (
            select appointment.clinician_id, appointment.clinic_id, tstzrange(appointment.starts_at, appointment.ends_at) as during
            from appointment
            join referral on referral.id = appointment.referral_id and @organisationId = any (referral.readers)
            where appointment.state = 'booked' and appointment.starts_at < @until and appointment.starts_at > @from::timestamptz - interval '1 day'
                and portal.is_clinic()),
        slot as (
            select start as starts_at, tstzrange(start, start + @length) as during
            from unnest(@opens::timestamptz[], @closes::timestamptz[]) day (opens, closes)
            cross join lateral generate_series(day.opens, day.closes - @length, @step) start
            where start > @now)
        select distinct on (slot.starts_at) slot.starts_at, clinician.id as clinician_id, clinician.display_name as clinician
        from slot
        join portal_user clinician on clinician.organisation_id = @organisationId and 'clinician' = any (clinician.roles) and clinician.disabled_at is null
            and (@clinician::uuid is null or clinician.id = @clinician)
        join clinic on clinic.id = @clinic and clinic.closed_at is null
        where portal.is_clinic() and @organisationId = portal.clinic_group()
            and not exists (select from busy where busy.clinician_id = clinician.id and busy.during && slot.during)
            and (select count(*) from busy where busy.clinic_id = clinic.id and busy.during && slot.during) < clinic.rooms
        order by slot.starts_at, clinician.display_name, clinician.id
        """;
}
