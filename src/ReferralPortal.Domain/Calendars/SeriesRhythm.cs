namespace ReferralPortal.Domain.Calendars;

/// <summary>How often a course of treatment takes place: every so many days, or on given weekdays of every so many weeks.</summary>
/// <param name="From">The first day that may be one of them.</param>
/// <param name="Every">Days or weeks from one to the next; at least 1.</param>
/// <param name="Weekdays">The weekdays, in weeks that begin on Monday; empty where <paramref name="Every"/> counts days.</param>
public sealed record SeriesRhythm(DateOnly From, int Every, IReadOnlySet<DayOfWeek> Weekdays)
{
    /// <summary>Every so many days.</summary>
    public static SeriesRhythm EveryDays(DateOnly from, int days) => new(from, days, new HashSet<DayOfWeek>());

    /// <summary>On these weekdays of every so many weeks, the first week being that of <paramref name="from"/>.</summary>
    public static SeriesRhythm EveryWeeks(DateOnly from, int weeks, params DayOfWeek[] weekdays) => new(from, weeks, weekdays.ToHashSet());

    /// <summary>The days, in order, without end. That nothing takes place on some of them is for the caller to find out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rhythm stands still.</exception>
    public IEnumerable<DateOnly> Days()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Every, 1, nameof(Every));
        return Weekdays.Count == 0 ? ByDays() : ByWeeks();
    }

    /// <summary>The instants (UTC) at which London's clocks show <paramref name="time"/> on those days: the same wall time in summer and in winter.</summary>
    public IEnumerable<DateTimeOffset> Starts(TimeOnly time) => Days().Select(day => LondonTime.Instant(day, time));

    IEnumerable<DateOnly> ByDays()
    {
        for (var day = From.DayNumber; day <= DateOnly.MaxValue.DayNumber; day += Every) yield return DateOnly.FromDayNumber(day);
    }

    IEnumerable<DateOnly> ByWeeks()
    {
        var offsets = Weekdays.Select(FromMonday).Order().ToList();
        for (var monday = From.DayNumber - FromMonday(From.DayOfWeek); monday <= DateOnly.MaxValue.DayNumber - 7; monday += 7 * Every)
            foreach (var offset in offsets)
                if (monday + offset >= From.DayNumber) yield return DateOnly.FromDayNumber(monday + offset);
    }

    static int FromMonday(DayOfWeek day) => ((int)day + 6) % 7;
}
