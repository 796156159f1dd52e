using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Measures;

namespace ReferralPortal.Web.Features.Progress.Recovery;

/// <summary>A score on a day, and how many of the items it rests on where that is fewer than all.</summary>
public sealed record ChartPoint(DateOnly Day, decimal Value, string? RestsOn = null);

/// <summary>One outcome measure of a referral as a chart: its scores in the order of time, and what they are to be read against.</summary>
/// <param name="Key">The measure's key.</param>
/// <param name="Title">The measure's name.</param>
/// <param name="Points">The scores; the first is the baseline.</param>
/// <param name="Lowest">The lowest score there is.</param>
/// <param name="Highest">The highest.</param>
/// <param name="Meaningful">The least change from the baseline that means something to a patient; null where none is known.</param>
/// <param name="Better">Which way is better, in words; null where neither is.</param>
/// <param name="ExpectedBy">By when the clinic expects recovery.</param>
/// <param name="Verdict">The whole in a sentence.</param>
/// <param name="Tone">Whether that is good news.</param>
/// <param name="Short">The same in a word or two; null before there is a second score.</param>
public sealed record MeasureChart(
    string Key, string Title, IReadOnlyList<ChartPoint> Points, decimal Lowest, decimal Highest, decimal? Meaningful, string? Better, DateOnly? ExpectedBy, string Verdict, Tone Tone, string? Short)
{
    /// <summary>The charts of a referral, in the clinic's order of measures. Answers too few to score have no point: nothing is made up.</summary>
    public static IReadOnlyList<MeasureChart> Of(IReadOnlyList<RecoveryScore> scores, IReadOnlyList<Measure> measures, DateOnly? expectedBy) =>
        [.. measures.Select(measure => Of(measure, [.. scores.Where(score => score.MeasureKey == measure.Key && score.Value is not null)], expectedBy)).OfType<MeasureChart>()];

    static MeasureChart? Of(Measure measure, IReadOnlyList<RecoveryScore> taken, DateOnly? expectedBy)
    {
        if (taken.Count == 0) return null;
        var known = OutcomeMeasures.Find(measure.Key);
        var (first, latest) = (taken[0].Value!.Value, taken[^1].Value!.Value);
        var change = taken.Count > 1 ? MeasureWords.Change(measure.Key, first, latest, taken[0].Answered) : null;
        return new MeasureChart(
            measure.Key,
            measure.Name == measure.ShortName ? measure.Name : $"{measure.Name} ({measure.ShortName})",
            [.. taken.Select(score => new ChartPoint(LondonTime.DateOf(score.TakenAt), score.Value!.Value, MeasureWords.RestsOn(measure.Key, score.Value, score.Answered)))],
            // A measure that a clinic adds is drawn from nothing to the highest score there is.
            known?.LowestScore ?? Math.Min(0, taken.Min(score => score.Value!.Value)),
            known?.HighestScore ?? Math.Max(10, taken.Max(score => score.Value!.Value)),
            known is null ? measure.MeaningfulChange : known.MeaningfulChangeFrom(first, taken[0].Answered),
            measure.Direction switch { "higher" => "Higher is better", "lower" => "Lower is better", _ => null },
            expectedBy,
            taken.Count == 1 ? $"{(known?.BandOf(first) is { } band ? $"{band}: " : "")}{Formats.Score(first)} on {Formats.Date(taken[0].TakenAt)}, the first score. There is no later one yet."
                : $"Now {Formats.Score(latest)}{(known?.BandOf(latest) is { } now ? $" ({now.ToLowerInvariant()})" : "")}. {change?.Sentence}".TrimEnd(),
            change?.Tone ?? Tone.Neutral,
            change?.Short);
    }
}
