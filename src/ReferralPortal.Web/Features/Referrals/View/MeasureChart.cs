using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
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
           let known = OutcomeMeasures.Find(measure.Key)
           let first = taken[0].Value!.Value
           select new MeasureChart(
               measure.Name == measure.ShortName ? measure.Name : $"{measure.Name} ({measure.ShortName})",
               [.. taken.Select(score => new ChartPoint(LondonTime.DateOf(score.TakenAt), score.Value!.Value))],
               // A measure that a clinic adds is drawn from nothing to the highest score there is.
               known?.LowestScore ?? Math.Min(0, taken.Min(score => score.Value!.Value)),
               known?.HighestScore ?? Math.Max(10, taken.Max(score => score.Value!.Value)),
               measure.Direction switch { "higher" => true, "lower" => false, _ => null },
               known is null ? measure.MeaningfulChange : known.MeaningfulChangeFrom(first, taken[0].Answered)),
    ];
}
