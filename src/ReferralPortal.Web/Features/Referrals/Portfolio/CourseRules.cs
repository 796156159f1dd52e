using ReferralPortal.Domain.Progress;

namespace ReferralPortal.Web.Features.Referrals.Portfolio;

/// <summary>
/// When a patient is improving or stuck, in one place: the portfolio's query and the words on its page both come from here. What counts as a meaningful change is the measures' own
/// (<see cref="OutcomeMeasure.Compare"/>), handed to the query as numbers; a test compares the two.
/// </summary>
static class CourseRules
{
    /// <summary>Weeks without a meaningful improvement, from the first score, after which a patient in treatment is stuck.</summary>
    internal const int WeeksWithoutChange = 6;

    /// <summary>Weeks since the patient was last seen, with nothing booked, after which a patient in treatment is stuck.</summary>
    internal const int WeeksUnseen = 4;

    /// <summary>What the page says of itself.</summary>
    internal static readonly string Words = $"""
        Improving: at least one outcome measure is better than its first score by a change that matters for that measure, and none is worse by as much. Stuck: in treatment, and a measure is worse by such
        a change; or {WeeksWithoutChange} weeks after the first score, with a later one to compare, nothing is better by as much; or the patient was not seen for {WeeksUnseen} weeks and nothing is booked.
        """;

    /// <summary>The same for a reader who is told nothing of scores.</summary>
    internal static readonly string WordsWithoutScores = $"In treatment, not seen for {WeeksUnseen} weeks, and nothing is booked.";

    /// <summary>The measures that can be compared: which way is better (1 or -1), the change that matters, the same for a baseline of one activity, and the share of the baseline where that is less.</summary>
    internal static readonly IReadOnlyList<(string Measure, int Sign, decimal Points, decimal OneActivity, decimal? Share)> Measures =
        [.. OutcomeMeasures.All.Where(measure => measure.Compare(0, 0) is not null).Select(measure =>
        {
            var points = measure.MeaningfulChangeFrom(measure.HighestScore!.Value)!.Value;
            var ofOne = measure.MeaningfulChangeFrom(1)!.Value;
            return (measure.Key, measure.Better == Direction.Higher ? 1 : -1, points, measure.MeaningfulChangeFrom(measure.HighestScore.Value, 1)!.Value, ofOne < points ? ofOne : (decimal?)null);
        })];

    /// <summary>A common table expression, without its <c>with</c>: <c>rule (measure_key, sign, points, one_activity, share)</c>.</summary>
    internal const string Rule = "rule as (select * from unnest(@measures, @signs, @points, @oneActivity, @shares) given (measure_key, sign, points, one_activity, share))";

    /// <summary>
    /// A lateral join to one row <c>score (better, worse, compared_since, measure_key, baseline, baseline_answered, latest, scores)</c> of the referral <c>mine.referral_id</c>: the measure
    /// that decides, the one that is worse before the one that is better, and what it was and is.
    /// </summary>
    internal const string Score = """
        left join lateral (
            select bool_or(judged.better) as better, bool_or(judged.worse) as worse, min(judged.first_at) filter (where judged.scores > 1) as compared_since,
                   (array_agg(judged.measure_key order by judged.weight, judged.last_at desc, judged.measure_key))[1] as measure_key,
                   (array_agg(judged.base order by judged.weight, judged.last_at desc, judged.measure_key))[1] as baseline,
                   (array_agg(judged.base_answered order by judged.weight, judged.last_at desc, judged.measure_key))[1] as baseline_answered,
                   (array_agg(judged.latest order by judged.weight, judged.last_at desc, judged.measure_key))[1] as latest,
                   (array_agg(judged.scores order by judged.weight, judged.last_at desc, judged.measure_key))[1] as scores
            from (
                select pair.*, change.gain >= change.enough as better, change.gain <= -change.enough as worse,
                       case when change.gain <= -change.enough then 0 when change.gain >= change.enough then 1 when pair.scores > 1 then 2 else 3 end as weight
                from (
                    select taken.measure_key, min(taken.taken_at) as first_at, max(taken.taken_at) as last_at, count(*)::int as scores,
                           (array_agg(taken.score order by taken.taken_at, taken.id))[1] as base, (array_agg(taken.answered order by taken.taken_at, taken.id))[1] as base_answered,
                           (array_agg(taken.score order by taken.taken_at desc, taken.id desc))[1] as latest
                    from outcome_score taken
                    where @seesScores and taken.referral_id = mine.referral_id and taken.score is not null
                    group by taken.measure_key) pair
                left join rule on rule.measure_key = pair.measure_key
                cross join lateral (
                    select case when pair.scores > 1 then rule.sign * (pair.latest - pair.base) end as gain,
                           least(case when pair.base_answered = 1 then rule.one_activity else rule.points end, case when pair.base > 0 then rule.share * pair.base end) as enough) change) judged) score on true
        """;

    /// <summary>The rules as parameters.</summary>
    internal static readonly string[] MeasureKeys = [.. Measures.Select(measure => measure.Measure)];
    internal static readonly int[] Signs = [.. Measures.Select(measure => measure.Sign)];
    internal static readonly decimal[] Points = [.. Measures.Select(measure => measure.Points)];
    internal static readonly decimal[] OneActivity = [.. Measures.Select(measure => measure.OneActivity)];
    internal static readonly decimal?[] Shares = [.. Measures.Select(measure => measure.Share)];
}
