namespace ReferralPortal.Domain.Progress;

/// <summary>What an answer asks of the clinic beyond the score. Not asked is never no.</summary>
public enum MeasureAlert
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>The patient answered that they have thoughts of being better off dead or of self-harm: a clinician speaks to them today.</summary>
    ThoughtsOfSelfHarm,
    /// <summary>The question about such thoughts has no answer on record: it is to be asked.</summary>
    ThoughtsOfSelfHarmNotAnswered,
}

/// <summary>One scored set of answers, as stored and shown. Nothing is filled in: <paramref name="Answered"/> says how many items the score rests on.</summary>
/// <param name="Measure">The measure's key.</param>
/// <param name="RuleVersion">The version of the rule that made the score.</param>
/// <param name="Score">The score, at most two decimal places; null when there is none.</param>
/// <param name="Answered">How many items were answered; null where only the score was entered.</param>
/// <param name="Items">How many items the measure has.</param>
/// <param name="Band">The score's band in words; null where the measure has none or there is no score.</param>
/// <param name="Alert">What an answer asks of the clinic, score or no score.</param>
/// <param name="WhyNoScore">Why there is no score, as a sentence; null when there is one.</param>
public sealed record MeasureScore(string Measure, string RuleVersion, decimal? Score, int? Answered, int Items, string? Band, MeasureAlert Alert, string? WhyNoScore)
{
    /// <summary>The score stands for more items than were answered (as the measure's rule allows): to be said beside it.</summary>
    public bool RestsOnFewer => Score is not null && Answered < Items;
}
