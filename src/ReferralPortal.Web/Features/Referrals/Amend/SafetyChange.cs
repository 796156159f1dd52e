using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Features.Referrals.Amend;

/// <summary>Corrected safety answers that ask for somebody to look. They raise and never lower.</summary>
/// <param name="Raised">What the new answers amount to by themselves.</param>
/// <param name="Tier">The referral's tier after it, as stored: the higher of what stood and what was raised.</param>
sealed record SafetyChange(RedFlagTier Raised, RedFlagTier Tier)
{
    /// <summary>Null when no answer became "yes": a "yes" that became "no" leaves everything as it was.</summary>
    internal static SafetyChange? Of(CatalogueContent catalogue, SubmittedForm sent, ReferralForm.SafetyPart safety, IReadOnlyList<AnswerChange> changes)
    {
        if (changes.All(change => change.Part != FormSection.Safety)) return null;

        var before = sent.Answers.Where(answer => answer.Answer == RedFlagAnswer.Yes || answer.OnceYes).Select(answer => answer.Key).ToHashSet();
        RedFlagTier? raised = catalogue.RedFlagQuestions
            .Where(question => safety.AnswerTo(question) == RedFlagAnswer.Yes && sent.Answers.All(answer => answer.Key != question.Key || answer.Answer != RedFlagAnswer.Yes))
            .Select(question => (RedFlagTier?)EnumText.Parse<RedFlagTier>(question.Tier)).Max();
        // Said "yes" to, acted upon, and answered otherwise before it was sent: a clinician still looks.
        if (raised is null && safety.OnceYes.Any(key => !before.Contains(key))) raised = RedFlagTier.Urgent;
        if (raised is not { } tier) return null;

        return new SafetyChange(tier, sent.RedFlags is { } stood && stood > tier ? stood : tier);
    }

    /// <summary>The answers as they are stored: those to questions of today, then those to questions that are not asked any more.</summary>
    internal static IEnumerable<SubmittedForm.StoredAnswer> Answers(CatalogueContent catalogue, SubmittedForm sent, ReferralForm.SafetyPart safety)
    {
        var stored = sent.Answers.ToDictionary(answer => answer.Key);
        foreach (var question in catalogue.RedFlagQuestions)
        {
            var old = stored.GetValueOrDefault(question.Key);
            var answer = safety.AnswerTo(question) ?? old?.Answer ?? RedFlagAnswer.NotAsked;
            var onceYes = safety.OnceYes.Contains(question.Key) || old is { OnceYes: true } || (old?.Answer == RedFlagAnswer.Yes && answer != RedFlagAnswer.Yes);
            stored.Remove(question.Key);
            yield return new(question.Key, answer, safety.Wordings.GetValueOrDefault(question.Key) ?? old?.Wording ?? question.WordingVersion, onceYes);
        }
        foreach (var retired in stored.Values) yield return retired;
    }
}
