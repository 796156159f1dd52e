using System.Globalization;
using ReferralPortal.Domain.Progress;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The ends of each measure's scale, for a score that is entered as a number and for drawing it.</summary>
public static class MeasureScale
{
    /// <summary>The lowest and the highest score; null for a measure that is recorded without one, and for one whose score alone would leave a question open that must be asked.</summary>
    public static (decimal Lowest, decimal Highest)? Of(string measure) =>
        OutcomeMeasures.Find(measure) is { LowestScore: { } lowest, HighestScore: { } highest } known && known.Entered(lowest).Alert == MeasureAlert.None ? (lowest, highest) : null;

    /// <summary>Reads a score as typed, with at most two decimals.</summary>
    public static decimal? Read(string text) =>
        decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var score) && decimal.Round(score, 2) == score ? score : null;

    /// <summary>What is wrong with a score as typed; null when nothing is.</summary>
    public static string? Problem(string measure, string text) => (Of(measure), Read(text)) switch
    {
        ({ } scale, { } score) when score >= scale.Lowest && score <= scale.Highest => null,
        ({ } scale, _) => string.Create(CultureInfo.InvariantCulture, $"Enter a score from {scale.Lowest} to {scale.Highest}"),
        _ => "This measure is filled in under Outcome measures",
    };
}
