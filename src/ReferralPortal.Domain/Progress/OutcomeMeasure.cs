namespace ReferralPortal.Domain.Progress;

/// <summary>The answers that one item may have, both ends included.</summary>
public readonly record struct ItemRange(int Least, int Most);

/// <summary>A band of scores: from <paramref name="From"/> (included) up to the next band.</summary>
public readonly record struct Band(decimal From, string Words);

/// <summary>Where a score stands against an earlier one.</summary>
public enum ChangeKind
{
    /// <summary>Less than the meaningful change, either way.</summary>
    NotMeaningful,
    /// <summary>Better by at least the meaningful change.</summary>
    Better,
    /// <summary>Worse by at least the meaningful change.</summary>
    Worse,
}

/// <summary>
/// One outcome measure: how its answers become a score, what the score means, which change matters. Missing answers are counted and never filled in;
/// with fewer than <see cref="FewestAnswers"/> there is no score.
/// </summary>
public sealed class OutcomeMeasure
{
    /// <summary>The key under which answers and scores are stored.</summary>
    public required string Key { get; init; }

    /// <summary>The short name that clinicians use.</summary>
    public required string ShortName { get; init; }

    /// <summary>The version of the scoring rule; it changes whenever a score would.</summary>
    public required string RuleVersion { get; init; }

    /// <summary>The items in order, each with the answers it may have.</summary>
    public required IReadOnlyList<ItemRange> Items { get; init; }

    /// <summary>Which way is better.</summary>
    public required Direction Better { get; init; }

    /// <summary>The lowest score there can be; null where there is no score.</summary>
    public decimal? LowestScore { get; init; }

    /// <summary>The highest score there can be; null where there is no score.</summary>
    public decimal? HighestScore { get; init; }

    /// <summary>How many answers a score needs.</summary>
    public required int FewestAnswers { get; init; }

    /// <summary>The smallest change that matters to patients, in points of the score; null where none is laid down. See <see cref="MeaningfulChangeFrom"/>.</summary>
    public decimal? MeaningfulChange { get; init; }

    /// <summary>Its answers make a score. One that has none is entered by its answers where its wording is not here, never by a number.</summary>
    public bool HasScore => Rule is not null;

    /// <summary>The bands, from the lowest score up; empty where the measure has none.</summary>
    public IReadOnlyList<Band> Bands { get; init; } = [];

    /// <summary>From the sum and the number of the answers to the score; null where there is none.</summary>
    internal Func<int, int, decimal>? Rule { get; init; }

    /// <summary>The meaningful change for this baseline and number of answers, where it is not the same for all.</summary>
    internal Func<decimal, int?, decimal>? ChangeRule { get; init; }

    /// <summary>Which item (from 0) asks about thoughts of self-harm; null for none.</summary>
    internal int? SelfHarmItem { get; init; }

    /// <summary>What is wrong with a set of answers (null stands for an item without one); null when nothing is.</summary>
    public string? ProblemWith(IReadOnlyList<int?> answers)
    {
        if (answers.Count != Items.Count) return $"{ShortName} has {Items.Count} items";
        for (var item = 0; item < answers.Count; item++)
            if (answers[item] < Items[item].Least || answers[item] > Items[item].Most)
                return $"Answer {item + 1} must be from {Items[item].Least} to {Items[item].Most}";
        return null;
    }

    /// <summary>Scores a set of answers, one entry an item, null for an item without an answer.</summary>
    /// <exception cref="ArgumentException">The answers are not this measure's; ask <see cref="ProblemWith"/> first.</exception>
    public MeasureScore Score(IReadOnlyList<int?> answers)
    {
        if (ProblemWith(answers) is { } problem) throw new ArgumentException(problem, nameof(answers));

        var given = answers.OfType<int>().ToList();
        var score = Rule is not null && given.Count >= FewestAnswers
            ? decimal.Round(Rule(given.Sum(), given.Count), 2, MidpointRounding.AwayFromZero)
            : (decimal?)null;
        return new MeasureScore(Key, RuleVersion, score, given.Count, Items.Count, BandOf(score), AlertOf(answers), WhyNoScore(given.Count));
    }

    /// <summary>What is wrong with a score that was worked out on paper; null when nothing is.</summary>
    public string? ProblemWithEntered(decimal score) =>
        Rule is null ? $"{ShortName} is recorded by its answers and has no score"
        : score < LowestScore || score > HighestScore || decimal.Round(score, 2) != score
            ? $"The {ShortName} score must be from {LowestScore:0} to {HighestScore:0}, with at most two decimal places"
        : null;

    /// <summary>A score that was worked out on paper, from a form that the clinic holds. How many items were answered is not known.</summary>
    /// <exception cref="ArgumentException">There can be no such score; ask <see cref="ProblemWithEntered"/> first.</exception>
    public MeasureScore Entered(decimal score)
    {
        if (ProblemWithEntered(score) is { } problem) throw new ArgumentException(problem, nameof(score));

        return new MeasureScore(Key, RuleVersion, score, null, Items.Count, BandOf(score), AlertOf([]), null);
    }

    /// <summary>
    /// The change from a baseline that matters, in points; null where none is laid down. Take <paramref name="answered"/> from the baseline:
    /// for PSFS it decides whether the score is a mean or one activity.
    /// </summary>
    public decimal? MeaningfulChangeFrom(decimal baseline, int? answered = null) => ChangeRule?.Invoke(baseline, answered) ?? MeaningfulChange;

    /// <summary>Compares a score with the baseline; null where no meaningful change is laid down.</summary>
    public ChangeKind? Compare(decimal baseline, decimal latest, int? answered = null)
    {
        if (Better == Direction.None || MeaningfulChangeFrom(baseline, answered) is not { } enough) return null;

        var gain = Better == Direction.Higher ? latest - baseline : baseline - latest;
        return gain >= enough ? ChangeKind.Better
            : gain <= -enough ? ChangeKind.Worse
            : ChangeKind.NotMeaningful;
    }

    /// <summary>The band in which a score lies; null where there is none.</summary>
    public string? BandOf(decimal? score) => score is null || Bands.Count == 0 ? null : Bands.Last(band => band.From <= score).Words;

    MeasureAlert AlertOf(IReadOnlyList<int?> answers) =>
        SelfHarmItem is not { } item ? MeasureAlert.None
        : answers.ElementAtOrDefault(item) is not { } answer ? MeasureAlert.ThoughtsOfSelfHarmNotAnswered
        : answer > 0 ? MeasureAlert.ThoughtsOfSelfHarm
        : MeasureAlert.None;

    string? WhyNoScore(int answered) =>
        Rule is null ? $"{ShortName} is recorded, not scored."
        : answered >= FewestAnswers ? null
        : $"Too little was answered to score: {answered} of {Items.Count}, and {FewestAnswers} are needed.";
}
