namespace ReferralPortal.Domain.Referrals;

/// <summary>How fast a "yes" to a safety question must be acted on.</summary>
public enum RedFlagTier
{
    /// <summary>Same-day advice from a GP, and a clinician's review before anything is booked.</summary>
    Urgent,
    /// <summary>999 or A&amp;E, before anything else.</summary>
    Emergency,
}

/// <summary>The answer to a safety question. Not asked is never no.</summary>
public enum RedFlagAnswer
{
    /// <summary>The patient was not asked.</summary>
    NotAsked,
    /// <summary>No.</summary>
    No,
    /// <summary>Yes.</summary>
    Yes,
}

/// <summary>What a set of answers amounts to.</summary>
/// <param name="Tier">The highest tier with a "yes"; null when there is none.</param>
/// <param name="NotAsked">How many questions were not asked: an outcome with any is not "all clear".</param>
public sealed record RedFlagOutcome(RedFlagTier? Tier, int NotAsked)
{
    /// <summary>Every question was asked, and every answer was no.</summary>
    public bool AllClear => Tier is null && NotAsked == 0;
}

/// <summary>The rule over the safety questions; their wording is data. The portal escalates; it neither diagnoses nor down-grades.</summary>
public static class RedFlags
{
    /// <summary>
    /// Weighs the answers. A question without an answer counts as not asked. A "yes" to a question that is no longer asked (its wording was
    /// retired while the draft lay) is not dropped: it counts as urgent, so that a clinician looks at it.
    /// </summary>
    public static RedFlagOutcome Weigh(IEnumerable<(string Key, RedFlagTier Tier)> questions, IReadOnlyDictionary<string, RedFlagAnswer> answers)
    {
        RedFlagTier? highest = null;
        var notAsked = 0;
        var retired = answers.Where(answer => answer.Value == RedFlagAnswer.Yes).Select(answer => answer.Key).ToHashSet();
        foreach (var (key, tier) in questions)
        {
            retired.Remove(key);
            switch (answers.GetValueOrDefault(key, RedFlagAnswer.NotAsked))
            {
                case RedFlagAnswer.NotAsked: notAsked++; break;
                case RedFlagAnswer.Yes when highest is null || tier > highest: highest = tier; break;
            }
        }
        if (retired.Count > 0) highest ??= RedFlagTier.Urgent;
        return new RedFlagOutcome(highest, notAsked);
    }
}
