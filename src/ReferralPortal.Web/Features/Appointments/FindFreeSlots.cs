using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Places;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>A time at which a clinician is free and the clinic has a room.</summary>
public sealed record FreeSlot(DateTimeOffset StartsAt, Guid ClinicianId, string Clinician, Guid ClinicId, string Clinic, Guid RoomId)
{
    /// <summary>From the patient's postcode, as the crow flies; null when that is not known.</summary>
    public double? Miles { get; init; }
}

/// <summary>When on a day, by the time at which an appointment begins.</summary>
public enum PartOfDay
{
    /// <summary>Before 12:00.</summary>
    Morning,
    /// <summary>From 12:00, before 17:00.</summary>
    Afternoon,
    /// <summary>From 17:00.</summary>
    Evening,
}

/// <summary>What stands first in a search over several clinics.</summary>
public enum SlotOrder
{
    /// <summary>The earliest time; at the same time the nearest clinic.</summary>
    Soonest,
    /// <summary>The nearest clinic; in it the earliest time.</summary>
    Nearest,
}

/// <summary>
/// Offers times from this moment on, at one clinic or at all of them: within opening hours and working patterns, outside closures and leave, where a room
/// is free. An offer holds nothing: the booking itself decides. For the treating clinic's people.
/// </summary>
public sealed class FindFreeSlots(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>How many days are looked at unless more are asked for, the first with them; and how many at most.</summary>
    public const int Days = 14, MostDays = 84;

    /// <summary>The most times that one clinic is asked for: alone, and beside others.</summary>
    const int MostAlone = 200, MostBesideOthers = 12;

    /// <param name="Clinic">Where; null for every clinic, or those of <see cref="Clinics"/>.</param>
    /// <param name="Clinician">With whom; null for whoever is free, by name.</param>
    /// <param name="Minutes">How long.</param>
    public sealed record Query(Guid? Clinic, Guid? Clinician, int Minutes)
    {
        /// <summary>Some of the clinics.</summary>
        public IReadOnlyCollection<Guid> Clinics { get; init; } = [];

        /// <summary>Whose postcode the distances start from: a referral; reading it is audited.</summary>
        public Guid? Referral { get; init; }

        /// <summary>Or the postcode itself, as typed.</summary>
        public string? Postcode { get; init; }

        /// <summary>A code of the list <c>service</c> that the clinic and the room must offer.</summary>
        public string? Service { get; init; }

        /// <summary>A language that the clinician speaks.</summary>
        public string? Language { get; init; }

        /// <summary>What the clinician must be skilled in.</summary>
        public string? Skill { get; init; }

        /// <summary>The first day, London; today when it is null or has passed.</summary>
        public DateOnly? Earliest { get; init; }

        public PartOfDay? PartOfDay { get; init; }

        /// <summary>How many days from the first.</summary>
        public int Days { get; init; } = FindFreeSlots.Days;

        public SlotOrder Order { get; init; }
    }

    public async Task<Outcome<IReadOnlyList<FreeSlot>>> Handle(Actor actor, Query query, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return AppointmentRows.NotABooker;
        if (!AppointmentTime.Lengths.Contains(query.Minutes)) return Outcome.Invalid(nameof(Query.Minutes), "Choose a length");
        if (query.Days is < 1 or > MostDays) return Outcome.Invalid(nameof(Query.Days), $"Look at {MostDays} days at most");

        var clinics = Asked(query, (await catalogue.Get(ct)).Clinics);
        return query.Referral is null
            ? await database.Read<Outcome<IReadOnlyList<FreeSlot>>>(actor, async unit => await Find(unit, query, clinics, query.Postcode), ct)
            : await database.View<Outcome<IReadOnlyList<FreeSlot>>>(actor, async unit =>
            {
                var postcode = await unit.One<string>(PatientsPostcode, new { query.Referral, actor.OrganisationId });
                if (postcode is null) return Outcome.Missing;
                unit.Audit(AuditAction.SuggestClinics, query.Referral, detail: new { page = "free_times" });
                return await Find(unit, query, clinics, postcode);
            }, ct);
    }

    static IReadOnlyList<Clinic> Asked(Query query, IReadOnlyList<Clinic> all) =>
        query.Clinic is { } one ? [.. all.Where(clinic => clinic.Id == one)]
        : query.Clinics.Count > 0 ? [.. all.Where(clinic => query.Clinics.Contains(clinic.Id))]
        : all;

    async Task<List<FreeSlot>> Find(PortalUnit unit, Query query, IReadOnlyList<Clinic> clinics, string? postcode)
    {
        var now = clock.GetUtcNow();
        var today = LondonTime.DateOf(now);
        var first = query.Earliest is { } day && day > today ? day : today;
        var (from, until) = query.PartOfDay switch
        {
            PartOfDay.Morning => (TimeSpan.Zero, TimeSpan.FromHours(12)),
            PartOfDay.Afternoon => (TimeSpan.FromHours(12), TimeSpan.FromHours(17)),
            PartOfDay.Evening => (TimeSpan.FromHours(17), TimeSpan.FromHours(24)),
            _ => (TimeSpan.Zero, TimeSpan.FromHours(24)),
        };
        await using var sets = await unit.Results(Free, new
        {
            clinics = clinics.Select(clinic => clinic.Id).ToArray(),
            query.Clinician,
            query.Service,
            query.Language,
            query.Skill,
            // A day begins with its first moment: the search offers what comes after.
            after = (first == today ? now : LondonTime.Instant(first, TimeOnly.MinValue).AddTicks(-10)).UtcDateTime,
            until = LondonTime.Instant(first.AddDays(query.Days), TimeOnly.MinValue).UtcDateTime,
            length = TimeSpan.FromMinutes(query.Minutes),
            most = clinics.Count == 1 ? MostAlone : MostBesideOthers,
            from = from.ToString("hh\\:mm", null),
            untilTime = until.TotalHours == 24 ? "24:00" : until.ToString("hh\\:mm", null),
            outward = Postcode.TryParse(postcode, out var typed) ? typed.Outward : null,
        });
        var start = (await sets.ReadAsync<GeoPoint>()).Select(point => (GeoPoint?)point).FirstOrDefault();
        var miles = clinics.ToDictionary(clinic => clinic.Id, clinic => start?.MilesTo(new GeoPoint(clinic.Latitude, clinic.Longitude)));
        var slots = (await sets.ReadAsync<FreeSlot>()).DistinctBy(slot => (slot.ClinicId, slot.StartsAt)).Select(slot => slot with { Miles = miles[slot.ClinicId] });
        return [.. query.Order == SlotOrder.Nearest
            ? slots.OrderBy(slot => slot.Miles ?? double.MaxValue).ThenBy(slot => slot.Clinic, StringComparer.Ordinal).ThenBy(slot => slot.StartsAt)
            : slots.OrderBy(slot => slot.StartsAt).ThenBy(slot => slot.Miles ?? double.MaxValue).ThenBy(slot => slot.Clinic, StringComparer.Ordinal)];
    }

    const string Free = """
        select latitude, longitude from postcode_area where outward = @outward;

        select free.starts_at, free.clinician_id, clinician.display_name as clinician, free.clinic_id, clinic.name as clinic, free.room_id
        from portal.free_slots(@clinics, @clinician, @service, @after, @until, @length, @most, @language, @skill, @from::time, @untilTime::time) free
        join portal_user clinician on clinician.id = free.clinician_id
        join clinic on clinic.id = free.clinic_id
        where portal.at_clinic()
        order by free.starts_at, free.clinic_id, clinician.display_name, clinician.id;
        """;

    const string PatientsPostcode = """
        select patient.postcode
        from referral join patient on patient.id = referral.patient_id
        where referral.id = @referral
            and exists (select from referral_party mine where mine.referral_id = referral.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        """;
}
