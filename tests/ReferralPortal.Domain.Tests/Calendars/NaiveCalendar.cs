using System.Text.Json;

namespace ReferralPortal.Domain.Tests.Calendars;

/// <summary>
/// The calendars once more, as slowly and plainly as can be, to compare the portal's with: walks minute by minute on a London clock whose summer time is worked
/// out here, and day by day over a list of holidays. Shares nothing with the code under test, and knows whole minutes only.
/// </summary>
sealed class NaiveCalendar(IReadOnlyDictionary<DayOfWeek, (int Opens, int Closes)> minutesOfDay, IReadOnlySet<DateOnly> holidays)
{
    public static readonly IReadOnlyDictionary<DayOfWeek, (int Opens, int Closes)> Published = Enum.GetValues<DayOfWeek>().ToDictionary(day => day, day => day switch
    {
        DayOfWeek.Saturday => (9 * 60, 17 * 60),
        DayOfWeek.Sunday => (9 * 60, 16 * 60),
        _ => (8 * 60, 20 * 60),
    });

    /// <summary>The days of the file that the portal is seeded with: GOV.UK's own, to the end of its last year.</summary>
    public static IReadOnlySet<DateOnly> Listed()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Calendars", "Fixtures", "bank-holidays.json")));
        return file.RootElement.GetProperty("england-and-wales").GetProperty("events").EnumerateArray().Select(one => DateOnly.Parse(one.GetProperty("date").GetString()!)).ToHashSet();
    }

    /// <summary>The days by rule, for years that no list reaches: Easter by Gauss, and a substitute for each fixed day that meets a weekend or another one.</summary>
    public static IReadOnlySet<DateOnly> Ruled(int first, int last)
    {
        var days = new HashSet<DateOnly>();
        for (var year = first; year <= last; year++)
        {
            days.Add(GaussianEaster(year).AddDays(-2));
            days.Add(GaussianEaster(year).AddDays(1));
            var mondays = Enumerable.Range(0, 366).Select(new DateOnly(year, 1, 1).AddDays).Where(day => day.Year == year && day.DayOfWeek == DayOfWeek.Monday).ToList();
            days.Add(mondays.First(day => day.Month == 5));
            days.Add(mondays.Last(day => day.Month == 5));
            days.Add(mondays.Last(day => day.Month == 8));
            foreach (var day in (DateOnly[])[new(year, 1, 1), new(year, 12, 25), new(year, 12, 26)])
            {
                var kept = day;
                while (kept.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || days.Contains(kept)) kept = kept.AddDays(1);
                days.Add(kept);
            }
        }
        return days;
    }

    static DateOnly GaussianEaster(int year)
    {
        int a = year % 19, b = year % 4, c = year % 7, d = (19 * a + 24) % 30, e = (2 * b + 4 * c + 6 * d + 5) % 7; // 1900 to 2099
        if (d == 29 && e == 6) e = -1;
        if (d == 28 && e == 6 && a > 10) e = -1;
        return new DateOnly(year, 3, 22).AddDays(d + e);
    }

    public static DateTime London(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return utc.AddHours(utc >= LastSunday(utc.Year, 3) && utc < LastSunday(utc.Year, 10) ? 1 : 0);
    }

    public static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(London(at));

    static DateTime LastSunday(int year, int month)
    {
        var day = new DateTime(year, month, 31, 1, 0, 0, DateTimeKind.Utc); // March and October have 31
        while (day.DayOfWeek != DayOfWeek.Sunday) day = day.AddDays(-1);
        return day;
    }

    public bool IsOpen(DateTimeOffset at)
    {
        var here = London(at);
        var minute = here.Hour * 60 + here.Minute;
        return minutesOfDay.TryGetValue(here.DayOfWeek, out var times) && minute >= times.Opens && minute < times.Closes;
    }

    public bool Works(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day);

    /// <summary>A minute that counts: an open one, and for a target in working days one of a working day.</summary>
    public bool Counts(DateTimeOffset at, bool workingDaysOnly) => IsOpen(at) && (!workingDaysOnly || Works(Day(at)));

    public int Between(DateTimeOffset from, DateTimeOffset to, bool workingDaysOnly = false)
    {
        var count = 0;
        for (var at = from; at < to; at = at.AddMinutes(1))
            if (Counts(at, workingDaysOnly)) count++;
        return count;
    }

    public DateTimeOffset Add(DateTimeOffset from, int minutes)
    {
        var at = from;
        if (minutes == 0)
        {
            while (!IsOpen(at)) at = at.AddMinutes(1);
            return at;
        }
        for (; minutes > 0; at = at.AddMinutes(1))
            if (IsOpen(at)) minutes--;
        return at;
    }

    public DateTimeOffset Subtract(DateTimeOffset to, int minutes, bool workingDaysOnly = false)
    {
        var at = to;
        for (; minutes > 0; at = at.AddMinutes(-1))
            if (Counts(at.AddMinutes(-1), workingDaysOnly)) minutes--;
        return at;
    }

    public DateOnly AddDays(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            if (Works(day)) count--;
        }
        return day;
    }

    public int DaysBetween(DateOnly from, DateOnly to)
    {
        var count = 0;
        while (from < to)
        {
            from = from.AddDays(1);
            if (Works(from)) count++;
        }
        return count;
    }

    /// <summary>When the clinics close on the day that lies so many working days later, or on the next working day where it is none.</summary>
    public DateTimeOffset CloseAfterDays(DateTimeOffset from, int count)
    {
        var day = AddDays(Day(from), count);
        while (!Works(day)) day = day.AddDays(1);
        var at = new DateTimeOffset(day.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero); // noon is open on every weekday
        while (IsOpen(at)) at = at.AddMinutes(1);
        return at;
    }

    /// <summary>The due time after a pause, in words of domain.md: what was left is left again; what was missed stays missed.</summary>
    public DateTimeOffset Resume(bool inClinicTime, DateTimeOffset due, DateTimeOffset paused, DateTimeOffset resumed)
    {
        if (due < paused) return due + (resumed - paused);
        if (inClinicTime) return Add(resumed, Between(paused, due));
        var left = DaysBetween(Day(paused), Day(due));
        var again = CloseAfterDays(resumed, left);
        return again > resumed ? again : CloseAfterDays(resumed, left + 1);
    }

    /// <summary>How a clock stands, composed anew from what a person would count on a calendar.</summary>
    public string Words(DateTimeOffset due, DateTimeOffset now)
    {
        if (now <= due)
        {
            var (minutes, days) = (Between(now, due), DaysBetween(Day(now), Day(due)));
            return minutes == 0 ? "due now"
                : days > 1 ? $"due in {days} working days"
                : days == 1 && minutes > 720 ? "due in 1 working day"
                : $"due in {Span(minutes)} of clinic time";
        }
        var (late, lateDays) = (Between(due, now), DaysBetween(Day(due), Day(now)));
        return lateDays > 1 ? $"overdue by {lateDays} working days"
            : lateDays == 1 ? "overdue by 1 working day"
            : late == 0 ? "overdue" : $"overdue by {Span(late)} of clinic time";
    }

    static string Span(int minutes) => (minutes / 60, minutes % 60) switch { (0, var rest) => $"{rest} min", (var hours, 0) => $"{hours} h", var (hours, rest) => $"{hours} h {rest} min" };
}
