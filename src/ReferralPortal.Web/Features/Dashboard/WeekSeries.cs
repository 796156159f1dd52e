namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>How a series is drawn: each differs from the others by its shape too, never by its colour alone.</summary>
public enum SeriesLook
{
    /// <summary>Columns.</summary>
    Columns,
    /// <summary>A line with round marks.</summary>
    Line,
    /// <summary>A dashed line with square marks.</summary>
    Dashed,
}

/// <summary>Values by week.</summary>
/// <param name="Label">What they are.</param>
/// <param name="Look">How they are drawn.</param>
/// <param name="Value">The value in the week of a Monday; null where there is none.</param>
/// <param name="Words">The same in words, for the table.</param>
/// <param name="Address">The list behind it.</param>
public sealed record WeekSeries(string Label, SeriesLook Look, Func<DateOnly, double?> Value, Func<DateOnly, string> Words, Func<DateOnly, string> Address);
