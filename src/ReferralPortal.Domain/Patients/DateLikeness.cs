using System.Globalization;

namespace ReferralPortal.Domain.Patients;

/// <summary>How alike two dates of birth are.</summary>
public enum DateLikeness
{
    /// <summary>Two dates.</summary>
    Different,
    /// <summary>One of the eight digits of day, month and year is another.</summary>
    OneDigitOff,
    /// <summary>Day and month stand in each other's place.</summary>
    DayAndMonthSwapped,
    /// <summary>The same day.</summary>
    Same,
}

/// <summary>Compares dates of birth as people mistype them.</summary>
public static class BirthDates
{
    /// <summary>Compares two dates; the likeness is the same both ways.</summary>
    public static DateLikeness Compare(DateOnly one, DateOnly other) =>
        one == other ? DateLikeness.Same
        : one.Year == other.Year && one.Month == other.Day && one.Day == other.Month ? DateLikeness.DayAndMonthSwapped
        : Digits(one).Zip(Digits(other)).Count(pair => pair.First != pair.Second) == 1 ? DateLikeness.OneDigitOff
        : DateLikeness.Different;

    /// <summary>Every date that is like this one, itself included: few enough to look each up.</summary>
    public static IReadOnlyList<DateOnly> Like(DateOnly date)
    {
        var like = new HashSet<DateOnly> { date };
        if (date.Day <= 12) like.Add(new DateOnly(date.Year, date.Day, date.Month));
        var digits = Digits(date);
        for (var place = 0; place < digits.Length; place++)
            for (var digit = '0'; digit <= '9'; digit++)
                if (DateOnly.TryParseExact(digits[..place] + digit + digits[(place + 1)..], Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var other)) like.Add(other);
        return [.. like.Order()];
    }

    const string Format = "ddMMyyyy";

    static string Digits(DateOnly date) => date.ToString(Format, CultureInfo.InvariantCulture);
}
