using CsCheck;
using ReferralPortal.Domain.Referrals;
using Xunit;
using static ReferralPortal.Domain.Referrals.RedFlagAnswer;

namespace ReferralPortal.Domain.Tests.Referrals;

public class RedFlagsTests
{
    static readonly (string Key, RedFlagTier Tier)[] Questions = [("bladder", RedFlagTier.Emergency), ("weight", RedFlagTier.Urgent), ("night", RedFlagTier.Urgent)];

    static readonly RedFlagAnswer?[] EveryAnswer = [null, NotAsked, No, Yes];

    static readonly Gen<RedFlagAnswer?> Answer = Gen.Int[0, EveryAnswer.Length - 1].Select(place => EveryAnswer[place]);

    [Theory]
    [InlineData(No, No, No, null, 0)]
    [InlineData(No, No, NotAsked, null, 1)]
    [InlineData(NotAsked, NotAsked, NotAsked, null, 3)]
    [InlineData(No, Yes, No, RedFlagTier.Urgent, 0)]
    [InlineData(NotAsked, Yes, Yes, RedFlagTier.Urgent, 1)]
    [InlineData(Yes, No, No, RedFlagTier.Emergency, 0)]
    [InlineData(Yes, Yes, NotAsked, RedFlagTier.Emergency, 1)]
    public void The_highest_yes_decides(RedFlagAnswer bladder, RedFlagAnswer weight, RedFlagAnswer night, RedFlagTier? tier, int notAsked) =>
        Assert.Equal(new RedFlagOutcome(tier, notAsked), Weigh(bladder, weight, night));

    [Fact]
    public void Only_no_to_every_question_is_all_clear() => Gen.Select(Answer, Answer, Answer).Sample((bladder, weight, night) =>
        Weigh(bladder, weight, night).AllClear == (bladder == No && weight == No && night == No));

    [Fact]
    public void No_answer_counts_as_not_asked() => Gen.Select(Answer, Answer, Answer).Sample((bladder, weight, night) =>
        Weigh(bladder, weight, night) == Weigh(bladder ?? NotAsked, weight ?? NotAsked, night ?? NotAsked));

    [Fact]
    public void A_further_yes_never_lowers_the_tier() => Gen.Select(Answer, Answer, Answer).Sample((bladder, weight, night) =>
    {
        var before = Weigh(bladder, weight, night).Tier;
        return Rank(Weigh(Yes, weight, night).Tier) >= Rank(before) && Rank(Weigh(bladder, Yes, night).Tier) >= Rank(before) && Rank(Weigh(bladder, weight, Yes).Tier) >= Rank(before);
    });

    [Fact]
    public void The_order_of_the_questions_does_not_matter() => Gen.Select(Answer, Answer, Answer).Sample((bladder, weight, night) =>
        Weigh(bladder, weight, night) == RedFlags.Weigh(Questions.Reverse(), Answers(bladder, weight, night)));

    [Fact]
    public void A_yes_to_a_question_that_is_no_longer_asked_still_reaches_a_clinician()
    {
        var answers = new Dictionary<string, RedFlagAnswer> { ["retired"] = Yes, ["bladder"] = No, ["weight"] = No, ["night"] = No };
        Assert.Equal(RedFlagTier.Urgent, RedFlags.Weigh(Questions, answers).Tier);
        answers["bladder"] = Yes;
        Assert.Equal(RedFlagTier.Emergency, RedFlags.Weigh(Questions, answers).Tier);
        answers["bladder"] = answers["retired"] = No;
        Assert.True(RedFlags.Weigh(Questions, answers).AllClear);
    }

    static int Rank(RedFlagTier? tier) => tier is { } known ? (int)known : -1;

    static RedFlagOutcome Weigh(RedFlagAnswer? bladder, RedFlagAnswer? weight, RedFlagAnswer? night) => RedFlags.Weigh(Questions, Answers(bladder, weight, night));

    static Dictionary<string, RedFlagAnswer> Answers(RedFlagAnswer? bladder, RedFlagAnswer? weight, RedFlagAnswer? night) =>
        new[] { ("bladder", bladder), ("weight", weight), ("night", night) }.Where(answer => answer.Item2 is not null).ToDictionary(answer => answer.Item1, answer => answer.Item2!.Value);
}
