namespace ReferralPortal.Domain.Calendars;

/// <summary>
/// Working days of England and Wales: Monday to Friday without bank holidays. Published holidays are data. A year for which fewer than the
/// eight yearly ones are published (none yet, or just one newly proclaimed) takes the computed ones as well.
/// </summary>
public sealed class WorkingDays(IEnumerable<DateOnly> publishedHolidays)
{
    readonly HashSet<DateOnly> published = [.. publishedHolidays];
    readonly HashSet<int> publishedYears = [.. publishedHolidays.Distinct().CountBy(day => day.Year).Where(year => year.Value >= BankHolidays.Yearly).Select(year => year.Key)];
    readonly Dictionary<int, HashSet<DateOnly>> computed = [];
    readonly Lock computing = new();

    /// <summary>Whether people work on this day.</summary>
    public bool IsWorkingDay(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(day);

    /// <summary>The day that lies <paramref name="count"/> working days after <paramref name="day"/>, which itself does not count.</summary>
    public DateOnly Add(DateOnly day, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        while (count > 0)
        {
            day = day.AddDays(1);
            if (IsWorkingDay(day)) count--;
        }
        return day;
    }

    /// <summary>How many working days lie after <paramref name="from"/> up to and including <paramref name="to"/>; negative when <paramref name="to"/> is earlier.</summary>
    public int Between(DateOnly from, DateOnly to)
    {
        if (to < from) return -Between(to, from);
        var count = 0;
        for (var day = from.AddDays(1); day <= to; day = day.AddDays(1))
            if (IsWorkingDay(day)) count++;
        return count;
    }

    bool IsHoliday(DateOnly day)
    {
        if (published.Contains(day)) return true;
        if (publishedYears.Contains(day.Year)) return false;
        lock (computing)
        {
            if (!computed.TryGetValue(day.Year, out var holidays)) computed[day.Year] = holidays = [.. BankHolidays.Of(day.Year)];
            return holidays.Contains(day);
        }
    }
}
