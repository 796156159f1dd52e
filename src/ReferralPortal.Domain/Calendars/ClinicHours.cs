namespace ReferralPortal.Domain.Calendars;

/// <summary>When the clinics open and close on one weekday, London time.</summary>
public sealed record OpeningTimes(TimeOnly Opens, TimeOnly Closes);

/// <summary>Clinic time: the minutes during which the clinics are open, Europe/London, in summer and winter.</summary>
public sealed class ClinicHours
{
    readonly IReadOnlyDictionary<DayOfWeek, OpeningTimes> week;
    readonly WorkingDays? only;

    /// <summary>The hours of a week; a day that is not in it is closed.</summary>
    /// <exception cref="ArgumentException">No day opens (no clinic time would ever pass), or one closes before it opens.</exception>
    public ClinicHours(IReadOnlyDictionary<DayOfWeek, OpeningTimes> week)
    {
        if (week.Count == 0) throw new ArgumentException("The clinics must open on at least one day of the week.", nameof(week));
        foreach (var (day, times) in week)
            if (times.Closes <= times.Opens) throw new ArgumentException($"On {day} the clinics would close before they open.", nameof(week));
        this.week = week;
    }

    ClinicHours(IReadOnlyDictionary<DayOfWeek, OpeningTimes> week, WorkingDays only) => (this.week, this.only) = (week, only);

    /// <summary>The same hours on working days only: what counts for a target in working days. Clinics that never open on a weekday keep all of theirs.</summary>
    public ClinicHours On(WorkingDays days) =>
        week.Keys.All(day => day is DayOfWeek.Saturday or DayOfWeek.Sunday) ? this : new ClinicHours(week, days);

    /// <summary>The clinic group's hours as it publishes them: Monday to Friday 08:00-20:00, Saturday 09:00-17:00, Sunday 09:00-16:00.</summary>
    public static ClinicHours Published { get; } = new(new Dictionary<DayOfWeek, OpeningTimes>
    {
        [DayOfWeek.Monday] = new(new(8, 0), new(20, 0)),
        [DayOfWeek.Tuesday] = new(new(8, 0), new(20, 0)),
        [DayOfWeek.Wednesday] = new(new(8, 0), new(20, 0)),
        [DayOfWeek.Thursday] = new(new(8, 0), new(20, 0)),
        [DayOfWeek.Friday] = new(new(8, 0), new(20, 0)),
        [DayOfWeek.Saturday] = new(new(9, 0), new(17, 0)),
        [DayOfWeek.Sunday] = new(new(9, 0), new(16, 0)),
    });

    /// <summary>The instant (UTC) at which <paramref name="amount"/> of clinic time has passed since <paramref name="from"/>.</summary>
    public DateTimeOffset Add(DateTimeOffset from, TimeSpan amount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, TimeSpan.Zero);
        var left = amount;
        foreach (var (opens, closes) in OpeningsFrom(from))
        {
            var start = opens > from ? opens : from;
            if (start >= closes) continue;
            if (closes - start >= left) return start + left;
            left -= closes - start;
        }
        throw new InvalidOperationException("The calendar has ended.");
    }

    /// <summary>The latest instant (UTC) from which <paramref name="amount"/> of clinic time passes until <paramref name="to"/>: to itself for none at all.</summary>
    public DateTimeOffset Subtract(DateTimeOffset to, TimeSpan amount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, TimeSpan.Zero);
        if (amount == TimeSpan.Zero) return to;
        var left = amount;
        for (var day = LondonTime.DateOf(to); day > DateOnly.MinValue; day = day.AddDays(-1))
        {
            if (OpeningOn(day) is not { } open || open.Opens >= to) continue;
            var end = open.Closes < to ? open.Closes : to;
            if (end - open.Opens >= left) return end - left;
            left -= end - open.Opens;
        }
        throw new InvalidOperationException("The calendar has begun.");
    }

    /// <summary>Clinic time between two instants; negative when <paramref name="to"/> is the earlier one.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (to < from) return -Between(to, from);
        var sum = TimeSpan.Zero;
        foreach (var (opens, closes) in OpeningsFrom(from))
        {
            if (opens >= to) break;
            var start = opens > from ? opens : from;
            var end = closes < to ? closes : to;
            if (end > start) sum += end - start;
        }
        return sum;
    }

    /// <summary>Whether the clinics are open at an instant.</summary>
    public bool IsOpenAt(DateTimeOffset at) => OpeningsFrom(at).Take(1).Any(opening => opening.Opens <= at && at < opening.Closes);

    /// <summary>When the clinics open and close on a day (UTC), or null when they stay closed. Bank holidays are looked at by <see cref="On"/> only.</summary>
    public (DateTimeOffset Opens, DateTimeOffset Closes)? OpeningOn(DateOnly day) =>
        week.TryGetValue(day.DayOfWeek, out var times) && only?.IsWorkingDay(day) != false ? (LondonTime.Instant(day, times.Opens), LondonTime.Instant(day, times.Closes)) : null;

    IEnumerable<(DateTimeOffset Opens, DateTimeOffset Closes)> OpeningsFrom(DateTimeOffset from)
    {
        var day = LondonTime.DateOf(from);
        for (; day < DateOnly.MaxValue; day = day.AddDays(1))
        {
            if (OpeningOn(day) is { } open && open.Closes > from) yield return open;
        }
    }
}
