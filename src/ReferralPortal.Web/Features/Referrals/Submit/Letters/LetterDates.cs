using System.Globalization;
using System.Text.RegularExpressions;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A date as a letter writes it. <paramref name="Year"/> is as written: 84, or 1984.</summary>
readonly record struct WrittenDate(int Start, int End, int Day, int Month, int Year)
{
    bool IsShort => Year < 100;

    /// <summary>The day on which somebody was born, which is past and at most 120 years ago; <c>Sure</c> is false where the century had to be guessed.</summary>
    internal (DateOnly Date, bool Sure)? AsBirth(DateOnly today, bool child)
    {
        if (!IsShort) return Make(Year) is { } date && BirthDate.ProblemWith(date, today) is null ? (date, true) : null;
        DateOnly[] possible = [.. new[] { 2000 + Year, 1900 + Year }.Select(Make).OfType<DateOnly>().Where(date => BirthDate.ProblemWith(date, today) is null)];
        if (possible.Length == 0) return null;
        // Letters of instruction are about adults, or say that they are about a child.
        var likely = child || BirthDate.AgeOn(possible[0], today) >= 16 ? possible[0] : possible[^1];
        return (likely, possible.Length == 1);
    }

    /// <summary>The day of something that has happened in the last years.</summary>
    internal DateOnly? AsEvent(DateOnly today) => Make(IsShort ? 2000 + Year : Year) is { } date && date <= today && date > today.AddYears(-30) ? date : null;

    DateOnly? Make(int year) => year is >= 1880 and <= 2200 && Month is >= 1 and <= 12 && Day >= 1 && Day <= DateTime.DaysInMonth(year, Month) ? new DateOnly(year, Month, Day) : null;
}

/// <summary>Finds dates in every form that is written in the United Kingdom: day first, in figures or in words, and ISO 8601.</summary>
static class LetterDates
{
    const string Months = "january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept|sep|october|oct|november|nov|december|dec";

    static readonly Regex Figures = Pattern.Any(@"\b(?<d>[0-9]{1,2})\s?[/.\-–]\s?(?<m>[0-9]{1,2})\s?[/.\-–]\s?(?<y>[0-9]{4}|[0-9]{2})\b");
    static readonly Regex Words = Pattern.Any($@"\b(?<d>[0-9]{{1,2}})\s?(?:st|nd|rd|th)?\s?(?:day\s)?(?:of\s)?[\s\-./]?(?<n>{Months})\b[\s\-./,]{{0,2}}['’]?(?<y>[0-9]{{4}}|[0-9]{{2}})\b");
    static readonly Regex MonthFirst = Pattern.Any($@"\b(?<n>{Months})\.?\s(?<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?<y>[0-9]{{4}})\b");
    static readonly Regex Iso = Pattern.Any(@"\b(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})\b");

    /// <summary>Every date in the text, in its order.</summary>
    internal static IReadOnlyList<WrittenDate> In(string text)
    {
        List<WrittenDate> dates = [];
        foreach (var form in new[] { Iso, Figures, Words, MonthFirst })
            foreach (Match match in form.Matches(text))
                if (!dates.Any(other => match.Index < other.End && other.Start < match.Index + match.Length))
                    dates.Add(new(match.Index, match.Index + match.Length, Number(match.Groups["d"]), match.Groups["n"] is { Success: true } name ? MonthOf(name.Value) : Number(match.Groups["m"]), Number(match.Groups["y"])));
        return [.. dates.OrderBy(date => date.Start)];
    }

    static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    static int MonthOf(string name) => 1 + Array.FindIndex(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames, month => month.Length > 0 && name.StartsWith(month[..3], StringComparison.OrdinalIgnoreCase));
}
