using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments.Series;

/// <summary>A course of treatments as it is asked for, as typed.</summary>
public sealed class SeriesForm
{
    public Guid? Clinic { get; set; }
    public Guid? Clinician { get; set; }
    public DateParts From { get; set; } = DateParts.Empty;
    public string Time { get; set; } = "";
    public int Minutes { get; set; } = AppointmentTime.UsualMinutes;
    public string Sessions { get; set; } = "6";
    /// <summary>By weekdays; otherwise by days.</summary>
    public bool ByWeekday { get; set; } = true;
    /// <summary>Weeks, or days, from one to the next.</summary>
    public string Every { get; set; } = "1";
    public IReadOnlyCollection<DayOfWeek> Weekdays { get; set; } = [];
}

/// <summary>A time with somebody, that can be taken.</summary>
public sealed record SeriesTime(DateTimeOffset StartsAt, Guid ClinicianId, string Clinician);

/// <summary>One session of a planned series.</summary>
/// <param name="Wanted">When it should be.</param>
/// <param name="Problem">Why it cannot be then, in words; null when it can.</param>
/// <param name="Choices">What can be taken, the best first: the wanted time itself, or what comes near it on that day. Empty when nothing is free.</param>
public sealed record PlannedSession(DateTimeOffset Wanted, string? Problem, IReadOnlyList<SeriesTime> Choices);

/// <summary>A day that the rhythm meets and on which nothing takes place.</summary>
public sealed record SkippedDay(DateOnly Day, string Why);

/// <summary>A series before it is booked.</summary>
public sealed record SeriesPlan(IReadOnlyList<PlannedSession> Sessions, IReadOnlyList<SkippedDay> Skipped, FundingBalance Balance);

/// <summary>
/// Plans a course of treatments: the same time of day and the same clinician where they are free, leaving out days on which the clinic is closed or the
/// clinician on leave, and saying for each time that is taken what is free near it. Plans hold nothing. For whoever may book.
/// </summary>
public sealed class PlanSeries(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>The most sessions that one series has.</summary>
    public const int Most = 30;

    /// <summary>How many days may be left out before the plan gives up.</summary>
    const int Spare = 30;

    public async Task<Outcome<SeriesPlan>> Handle(Actor actor, Guid referral, SeriesForm form, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        var content = await catalogue.Get(ct);
        var (asked, errors) = SeriesAsked.Read(form, content, clock.GetUtcNow());
        if (asked is null) return Outcome.Invalid(errors);

        return await database.View<Outcome<SeriesPlan>>(actor, async unit =>
        {
            if (!await unit.One<bool>(IsOurs, new { referral, actor.OrganisationId })) return Outcome.Missing;
            unit.Audit(AuditAction.ViewReferral, referral, detail: new { page = "series" });
            return await Plan(unit, referral, asked);
        }, ct);
    }

    static async Task<SeriesPlan> Plan(PortalUnit unit, Guid referral, SeriesAsked asked)
    {
        var names = (await unit.WorkingClinicians()).ToDictionary(clinician => clinician.Id, clinician => clinician.Name);
        var latest = unit.Now.AddYears(1);
        var starts = asked.Rhythm.Starts(asked.Time).Where(start => start > unit.Now).TakeWhile(start => start < latest).Take(asked.Sessions + Spare).ToList();
        var found = (await unit.Many<Looked>(Look, new { asked.Clinic, asked.Clinician, length = asked.Length, referral, starts = starts.Select(start => start.UtcDateTime).ToArray() }))
            .ToLookup(one => one.Place - 1);

        var (sessions, skipped, near) = (new List<(DateTimeOffset Wanted, string? Problem, SeriesTime? Time)>(), new List<SkippedDay>(), new List<int>());
        for (var place = 0; place < starts.Count && sessions.Count < asked.Sessions; place++)
        {
            var (start, own) = (starts[place], found[place].Single(one => one.ClinicianId == asked.Clinician));
            var name = names.GetValueOrDefault(asked.Clinician, "The clinician");
            if (own.Problem is "bank_holiday" or "closed" or "closed_then" or "leave") skipped.Add(new(LondonTime.DateOf(start), BookingWords.InTheWay(own.Problem, name)));
            else if (own.Problem is { } problem)
            {
                near.Add(sessions.Count);
                sessions.Add((start, BookingWords.InTheWay(problem, name), null));
            }
            else sessions.Add((start, null, new SeriesTime(start, asked.Clinician, name)));
        }

        var days = near.Select(place => LondonTime.DateOf(sessions[place].Wanted)).Distinct().ToArray();
        var free = (await unit.Many<SeriesTime>(Free, new { asked.Clinic, length = asked.Length, referral, days, now = unit.Now })).ToLookup(time => LondonTime.DateOf(time.StartsAt));
        var balance = await FundingBalance.Read(unit, referral);
        return new SeriesPlan(
            [.. sessions.Select(session => new PlannedSession(session.Wanted, session.Problem, session.Time is { } time ? [time] : Nearest(free[LondonTime.DateOf(session.Wanted)], session.Wanted, asked.Clinician)))],
            skipped, balance);
    }

    // The same person a little earlier or later before somebody else at the same time.
    static IReadOnlyList<SeriesTime> Nearest(IEnumerable<SeriesTime> free, DateTimeOffset wanted, Guid clinician) =>
        [.. free.OrderBy(time => (time.StartsAt - wanted).Duration() + (time.ClinicianId == clinician ? TimeSpan.Zero : TimeSpan.FromHours(2))).Take(6)];

    sealed record Looked(int Place, Guid ClinicianId, string? Problem);

    internal const string IsOurs = """
        select exists (select from referral_party mine where mine.referral_id = @referral and mine.organisation_id = @organisationId and mine.role = 'treating_clinic') and portal.is_clinic()
        """;

    const string Look = """
        select wanted.place::int, @clinician as clinician_id,
               coalesce(portal.in_the_way(@clinic, @clinician, wanted.start, wanted.start + @length), case when patient.busy then 'patient' end) as problem
        from unnest(@starts::timestamptz[]) with ordinality wanted (start, place)
        cross join lateral (
            select exists (
                select from appointment a
                where a.referral_id = @referral and a.state = 'booked' and tstzrange(a.starts_at, a.ends_at) && tstzrange(wanted.start, wanted.start + @length)) as busy) patient
        order by wanted.place
        """;

    const string Free = """
        select free.starts_at, free.clinician_id, person.display_name as clinician
        from unnest(@days::date[]) day (day)
        cross join lateral portal.free_slots(array[@clinic], null, null, greatest(day.day::timestamp at time zone 'Europe/London', @now::timestamptz), (day.day + 1)::timestamp at time zone 'Europe/London', @length, 50) free
        join portal_user person on person.id = free.clinician_id
        where not exists (
            select from appointment a
            where a.referral_id = @referral and a.state = 'booked' and tstzrange(a.starts_at, a.ends_at) && tstzrange(free.starts_at, free.starts_at + @length))
        """;
}

/// <summary>A series that is asked for, checked.</summary>
sealed record SeriesAsked(Guid Clinic, Guid Clinician, SeriesRhythm Rhythm, TimeOnly Time, TimeSpan Length, int Sessions)
{
    internal static (SeriesAsked? Asked, Dictionary<string, string> Errors) Read(SeriesForm form, CatalogueContent content, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string>();
        if (content.Clinics.All(clinic => clinic.Id != form.Clinic)) errors[nameof(form.Clinic)] = "Choose a clinic";
        if (form.Clinician is null) errors[nameof(form.Clinician)] = "Choose a clinician";
        if (!ReferralPortal.Domain.Patients.ThreeFieldDate.TryParse(form.From.Day, form.From.Month, form.From.Year, out var from, out var problem)) errors[nameof(form.From)] = $"First day {problem}";
        else if (from < LondonTime.DateOf(now)) errors[nameof(form.From)] = "Choose a first day that has not passed";
        else if (from > LondonTime.DateOf(now).AddYears(1)) errors[nameof(form.From)] = "Choose a first day within the next year";
        if (!AppointmentTime.TryTime(form.Time, out var time)) errors[nameof(form.Time)] = "Enter a time, for example 14:15";
        if (!AppointmentTime.Lengths.Contains(form.Minutes)) errors[nameof(form.Minutes)] = "Choose a length";
        if (!Whole(form.Sessions, PlanSeries.Most, out var sessions)) errors[nameof(form.Sessions)] = $"Enter how many, from 1 to {PlanSeries.Most}";
        if (!Whole(form.Every, form.ByWeekday ? 8 : 60, out var every)) errors[nameof(form.Every)] = form.ByWeekday ? "Enter a number of weeks, from 1 to 8" : "Enter a number of days, from 1 to 60";
        if (form.ByWeekday && form.Weekdays.Count == 0) errors[nameof(form.Weekdays)] = "Choose the weekdays";
        if (errors.Count > 0) return (null, errors);

        var rhythm = form.ByWeekday ? SeriesRhythm.EveryWeeks(from, every, [.. form.Weekdays]) : SeriesRhythm.EveryDays(from, every);
        return (new SeriesAsked(form.Clinic!.Value, form.Clinician!.Value, rhythm, time, TimeSpan.FromMinutes(form.Minutes), sessions), errors);
    }

    static bool Whole(string typed, int most, out int number) =>
        int.TryParse(typed.Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most;
}
