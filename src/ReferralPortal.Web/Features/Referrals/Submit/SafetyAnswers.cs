using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using static ReferralPortal.Web.Features.Referrals.Submit.ReferralForm;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// How the answers to the safety questions are taken and what they amount to. They only ever escalate: an emergency "yes" that was acted upon
/// and is answered otherwise later still sends the referral to a clinician's eyes.
/// </summary>
public static class SafetyAnswers
{
    /// <summary>The answer that stands; null when the question has to be asked (again). A "no" to another wording is no answer to this one; a "yes" stays a "yes".</summary>
    public static RedFlagAnswer? AnswerTo(this SafetyPart safety, RedFlagQuestion question) =>
        !safety.Answers.TryGetValue(question.Key, out var answer) ? null
        : answer == RedFlagAnswer.Yes || safety.Wordings.GetValueOrDefault(question.Key) == question.WordingVersion ? answer
        : null;

    /// <summary>Takes an answer to the wording that is on the screen.</summary>
    public static void Give(this SafetyPart safety, RedFlagQuestion question, RedFlagAnswer answer)
    {
        // Stays for good: a "yes" that was acted upon is not undone by another one that was pressed by mistake.
        if (answer != RedFlagAnswer.Yes && safety.Read.Remove(question.Key)) safety.OnceYes.Add(question.Key);
        safety.Answers[question.Key] = answer;
        safety.Wordings[question.Key] = question.WordingVersion;
    }

    /// <summary>The person pressed "yes" by mistake, and says so before anything else: the question is open again.</summary>
    public static void TakeBack(this SafetyPart safety, IEnumerable<RedFlagQuestion> questions)
    {
        foreach (var question in questions) safety.Answers.Remove(question.Key);
    }

    /// <summary>Emergency questions with a "yes" whose direction to 999 or A&amp;E has not been read yet: it comes before anything else.</summary>
    public static IReadOnlyList<RedFlagQuestion> NotYetRead(CatalogueContent catalogue, SafetyPart safety) =>
        [.. Yes(catalogue, safety, RedFlagTier.Emergency).Where(question => !safety.Read.Contains(question.Key))];

    /// <summary>The questions of a tier that are answered with "yes".</summary>
    public static IEnumerable<RedFlagQuestion> Yes(CatalogueContent catalogue, SafetyPart safety, RedFlagTier tier) =>
        catalogue.RedFlagQuestions.Where(question => question.Tier == EnumText.Of(tier) && safety.AnswerTo(question) == RedFlagAnswer.Yes);

    /// <summary>What the answers amount to, by the questions that are current.</summary>
    public static RedFlagOutcome Weigh(CatalogueContent catalogue, SafetyPart safety)
    {
        var standing = catalogue.RedFlagQuestions.ToDictionary(question => question.Key, question => safety.AnswerTo(question) ?? RedFlagAnswer.NotAsked);
        var outcome = RedFlags.Weigh(catalogue.RedFlagQuestions.Select(question => (question.Key, EnumText.Parse<RedFlagTier>(question.Tier))), standing);
        return outcome.Tier is null && safety.OnceYes.Count > 0 ? outcome with { Tier = RedFlagTier.Urgent } : outcome;
    }
}
