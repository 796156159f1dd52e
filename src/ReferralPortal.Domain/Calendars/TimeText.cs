using System.Globalization;

namespace ReferralPortal.Domain.Calendars;

/// <summary>A time of day as people type it, on the 24-hour clock.</summary>
public static class TimeText
{
    /// <summary>What to say when a text is no time.</summary>
    public const string Problem = "Enter a time on the 24-hour clock, for example 14:15";

    static readonly string[] Forms = ["H:mm", "HH:mm", "H.mm", "HH.mm", "HHmm", "%H", "HH"];

    /// <summary>Reads <c>9</c>, <c>9:30</c>, <c>09.30</c> or <c>0930</c>.</summary>
    public static bool TryParse(string? typed, out TimeOnly time) =>
        TimeOnly.TryParseExact((typed ?? "").Trim(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>"09:30".</summary>
    public static string Of(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
