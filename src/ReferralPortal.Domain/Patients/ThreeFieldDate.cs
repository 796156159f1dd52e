using System.Globalization;

namespace ReferralPortal.Domain.Patients;

/// <summary>A date typed in three fields: day, month (a number or a name) and a four-digit year.</summary>
public static class ThreeFieldDate
{
    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>Reads the date. When it is none, <paramref name="problem"/> says which part is missing or wrong, to follow the field's name: "Date of birth must include a month".</summary>
    public static bool TryParse(string? day, string? month, string? year, out DateOnly date, out string problem)
    {
        date = default;
        (day, month, year) = (day?.Trim() ?? "", month?.Trim() ?? "", year?.Trim() ?? "");

        string[] missing = [.. new[] { ("a day", day), ("a month", month), ("a year", year) }.Where(part => part.Item2.Length == 0).Select(part => part.Item1)];
        if (missing.Length > 0)
        {
            problem = missing.Length == 3 ? "must be entered" : $"must include {string.Join(" and ", missing)}";
            return false;
        }
        if (!int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var yearNumber) || year.Length != 4 || yearNumber < 1000)
        {
            problem = "must have a year of four digits, for example 1984";
            return false;
        }
        if (MonthNumber(month) is not { } monthNumber
            || !int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var dayNumber)
            || dayNumber < 1 || dayNumber > DateTime.DaysInMonth(yearNumber, monthNumber))
        {
            problem = "must be a real date";
            return false;
        }
        date = new DateOnly(yearNumber, monthNumber, dayNumber);
        problem = "";
        return true;
    }

    static int? MonthNumber(string month)
    {
        if (int.TryParse(month, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number is >= 1 and <= 12 ? number : null;
        if (month.Length < 3) return null;
        var named = Enumerable.Range(1, 12).Where(candidate => British.DateTimeFormat.GetMonthName(candidate).StartsWith(month, StringComparison.OrdinalIgnoreCase)).ToList();
        return named.Count == 1 ? named[0] : null;
    }
}
