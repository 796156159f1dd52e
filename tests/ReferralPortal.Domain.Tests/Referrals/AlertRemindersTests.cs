using CsCheck;
using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class AlertRemindersTests
{
    static readonly TimeSpan Target = TimeSpan.FromMinutes(30);

    [Theory]
    [InlineData(1, 15), InlineData(2, 24), InlineData(3, 30), InlineData(4, 60), InlineData(5, 90), InlineData(10, 240)]
    public void Reminders_come_at_half_four_fifths_and_the_whole_of_the_target_and_then_at_every_further_one(int step, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), AlertReminders.After(step, Target));

    [Theory]
    [InlineData(0, 0), InlineData(14, 0), InlineData(15, 1), InlineData(23, 1), InlineData(24, 2), InlineData(29, 2), InlineData(30, 3), InlineData(59, 3), InlineData(60, 4), InlineData(480, 18)]
    public void After_a_long_silence_the_last_one_that_is_due_counts(int minutes, int step) => Assert.Equal(step, AlertReminders.Due(TimeSpan.FromMinutes(minutes), Target));

    [Fact]
    public void What_is_due_has_come_and_what_comes_next_has_not() => Gen.Int[0, 100_000].Sample(seconds =>
    {
        var passed = TimeSpan.FromSeconds(seconds);
        var due = AlertReminders.Due(passed, Target);
        return (due == 0 || AlertReminders.After(due, Target) <= passed) && AlertReminders.After(due + 1, Target) > passed;
    });

    [Theory]
    [InlineData(0, "not acknowledged"), InlineData(1, "not acknowledged, 1st reminder"), InlineData(2, "not acknowledged, 2nd reminder"), InlineData(3, "not acknowledged, 3rd reminder"),
     InlineData(4, "not acknowledged, 4th reminder"), InlineData(11, "not acknowledged, 11th reminder"), InlineData(112, "not acknowledged, 112th reminder"), InlineData(121, "not acknowledged, 121st reminder")]
    public void The_queue_says_it_in_words(int step, string words) => Assert.Equal(words, AlertReminders.Words(step));
}
