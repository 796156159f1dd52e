namespace ReferralPortal.Domain.Calendars;

/// <summary>
/// Bank holidays of England and Wales by rule, for years that the published list does not reach: Banking and Financial Dealings Act 1971,
/// with the days that were proclaimed once.
/// </summary>
public static class BankHolidays
{
    /// <summary>How many bank holidays every year has.</summary>
    public const int Yearly = 8;

    // Platinum Jubilee, state funeral, coronation; in 2022 the spring holiday moved to join the Jubilee.
    static readonly DateOnly[] ProclaimedOnce = [new(2022, 6, 3), new(2022, 9, 19), new(2023, 5, 8)];
    static readonly DateOnly SpringMovedTo = new(2022, 6, 2);

    /// <summary>The holidays of a year, in order.</summary>
    public static IEnumerable<DateOnly> Of(int year)
    {
        var easter = EasterSunday(year);
        DateOnly[] ruled =
        [
            Substitute(new DateOnly(year, 1, 1)),
            easter.AddDays(-2),
            easter.AddDays(1),
            FirstMonday(year, 5),
            year == SpringMovedTo.Year ? SpringMovedTo : LastMonday(year, 5),
            LastMonday(year, 8),
            .. Christmas(year),
        ];
        return ruled.Concat(ProclaimedOnce.Where(day => day.Year == year)).Order();
    }

    /// <summary>Easter Sunday by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8).</summary>
    public static DateOnly EasterSunday(int year)
    {
        int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
        int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
        var sum = h + l - 7 * m + 114;
        return new DateOnly(year, sum / 31, sum % 31 + 1);
    }

    static DateOnly[] Christmas(int year)
    {
        DateOnly christmas = new(year, 12, 25), boxing = new(year, 12, 26);
        return christmas.DayOfWeek switch
        {
            DayOfWeek.Friday => [christmas, boxing.AddDays(2)],
            DayOfWeek.Saturday => [christmas.AddDays(2), boxing.AddDays(2)],
            DayOfWeek.Sunday => [christmas.AddDays(2), boxing],
            _ => [christmas, boxing],
        };
    }

    static DateOnly Substitute(DateOnly day) => day.DayOfWeek switch
    {
        DayOfWeek.Saturday => day.AddDays(2),
        DayOfWeek.Sunday => day.AddDays(1),
        _ => day,
    };

    static DateOnly FirstMonday(int year, int month)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays(((int)DayOfWeek.Monday - (int)first.DayOfWeek + 7) % 7);
    }

    static DateOnly LastMonday(int year, int month)
    {
        var last = new DateOnly(year, month, DateTime.DaysInMonth(year, month));
        return last.AddDays(-(((int)last.DayOfWeek - (int)DayOfWeek.Monday + 7) % 7));
    }
}
