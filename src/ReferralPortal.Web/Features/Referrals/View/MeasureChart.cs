using ReferralPortal.Domain;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals.View;

/// <summary>One outcome measure of a referral as a chart: its scores in the order of time, and what they are to be read against.</summary>
public sealed record MeasureChart(string Title, IReadOnlyList<ChartPoint> Points, decimal Lowest, decimal Highest, bool? HigherIsBetter, decimal? Meaningful)
{
    /// <summary>The charts of a referral, in the clinic's order of measures. Answers too few to score have no point: nothing is made up.</summary>
    public static IReadOnlyList<MeasureChart> Of(IReadOnlyList<Score> scores, IReadOnlyList<Measure> measures) =>
    [
        .. from measure in measures
           let taken = scores.Where(score => score.MeasureKey == measure.Key && score.Value is not null).OrderBy(score => score.TakenAt).ToList()
           where taken.Count > 0
           let range = RangeOf(measure.Key, taken)
           select new MeasureChart(
               $"{measure.Name} ({measure.ShortName})",
               [.. taken.Select(score => new ChartPoint(LondonTime.DateOf(score.TakenAt), score.Value!.Value))],
               range.Lowest, range.Highest,
               measure.Direction switch { "higher" => true, "lower" => false, _ => null },
               measure.MeaningfulChange),
    ];

    // What each instrument can score; one that a clinic adds is drawn from 0 to the highest score there is.
    static (decimal Lowest, decimal Highest) RangeOf(string key, List<Score> taken) => key switch
    {
        "nprs" or "psfs" => (0, 10),
        "groc" => (-7, 7),
        "phq9" => (0, 27),
        "gad7" => (0, 21),
        "rmdq" => (0, 24),
        "ndi" => (0, 100),
        "odi" or "quickdash" => (0, 100),
        "lefs" => (0, 80),
        "mskhq" => (0, 56),
        _ => (Math.Min(0, taken.Min(score => score.Value!.Value)), Math.Max(10, taken.Max(score => score.Value!.Value))),
    };
}
