using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Components.Display;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>What a score says, in words.</summary>
public static class MeasureWords
{
    /// <summary>A later score against the first: a word or two, the whole sentence, and its tint; null where the two cannot be compared.</summary>
    public static (string Short, string Sentence, Tone Tone)? Change(string measure, decimal baseline, decimal latest, int? answeredAtBaseline)
    {
        if (OutcomeMeasures.Find(measure) is not { } known || known.Compare(baseline, latest, answeredAtBaseline) is not { } change) return null;
        var enough = Formats.Score(known.MeaningfulChangeFrom(baseline, answeredAtBaseline)!.Value);
        var by = Formats.Score(Math.Abs(latest - baseline));
        var isBetter = latest > baseline == (known.Better == Direction.Higher);
        return change switch
        {
            ChangeKind.Better => ($"Better by {by}", $"Better by {by} since the first score, which was {Formats.Score(baseline)}: a meaningful change, {enough} or more.", Tone.Success),
            ChangeKind.Worse => ($"Worse by {by}", $"Worse by {by} since the first score, which was {Formats.Score(baseline)}: a meaningful change, {enough} or more.", Tone.Error),
            _ when latest == baseline => ("Unchanged", $"Unchanged since the first score, which was {Formats.Score(baseline)}.", Tone.Neutral),
            _ => ($"{(isBetter ? "Better" : "Worse")} by {by}, not yet meaningful", $"{(isBetter ? "Better" : "Worse")} by {by} since the first score, which was {Formats.Score(baseline)}: less than the {enough} that count as a meaningful change.", Tone.Neutral),
        };
    }

    /// <summary>"rests on 8 of 9 answers"; null where all were answered, or where that is not known.</summary>
    public static string? RestsOn(string measure, decimal? score, int? answered) =>
        OutcomeMeasures.Find(measure) is { } known && score is not null && known.Items.Count > 1 && measure != OutcomeMeasures.Psfs.Key && answered < known.Items.Count ? $"rests on {answered} of {known.Items.Count} answers" : null;

    /// <summary>The measures without a score: what stands for them is what was answered.</summary>
    internal static readonly string[] Unscored = [.. OutcomeMeasures.All.Where(measure => !measure.HasScore).Select(measure => measure.Key)];

    /// <summary>What an entry says: its score, or what was answered where a measure has none; null where too little was answered.</summary>
    public static string? Entry(RecordedScore entry) =>
        entry.Value is { } value ? Formats.Score(value) : OutcomeMeasures.HasScore(entry.MeasureKey) ? null : Eq5dProfile.Words(entry.Given);

    /// <summary>Why there is no score, for an entry without one.</summary>
    public static string NoScore(string measure, int? answered) =>
        !OutcomeMeasures.HasScore(measure) ? "Recorded, not scored"
        : OutcomeMeasures.Find(measure) is { } known ? $"No score: {answered ?? 0} of {known.Items.Count} answered"
        : "No score";

    /// <summary>The measure's range and which way is better: "0 to 27, lower is better".</summary>
    public static string Range(string measure) => OutcomeMeasures.Find(measure) is not { LowestScore: { } lowest, HighestScore: { } highest } known ? "recorded, not scored"
        : $"{Formats.Score(lowest)} to {Formats.Score(highest)}, {(known.Better == Direction.Higher ? "higher" : "lower")} is better";
}
