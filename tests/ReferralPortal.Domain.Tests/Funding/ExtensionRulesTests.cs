using CsCheck;
using ReferralPortal.Domain.Funding;
using Xunit;

namespace ReferralPortal.Domain.Tests.Funding;

public class ExtensionRulesTests
{
    static readonly DateOnly Asked = new(2026, 11, 26);

    [Theory]
    [InlineData(new[] { 6, 2 }, ExtensionState.Authorised)]
    [InlineData(new[] { 6, 1 }, ExtensionState.Part)]
    [InlineData(new[] { 0, 2 }, ExtensionState.Part)]
    [InlineData(new[] { 0, 0 }, ExtensionState.Declined)]
    public void An_answer_by_line_is_all_a_part_or_nothing(int[] granted, ExtensionState state) => Assert.Equal(state, ExtensionRules.Answered([6, 2], granted));

    [Theory]
    [InlineData(new[] { 7, 2 })]
    [InlineData(new[] { 6 })]
    [InlineData(new[] { 6, 2, 0 })]
    [InlineData(new[] { -1, 2 })]
    public void An_answer_that_does_not_fit_the_lines_is_refused(int[] granted) => Assert.Throws<ArgumentException>(() => ExtensionRules.Answered([6, 2], granted));

    [Fact]
    public void The_payer_is_reminded_between_asking_and_the_last_day_and_never_after_it() => Gen.Int[1, 90].Sample(days =>
    {
        var due = ExtensionRules.DueOn(Asked, days);
        var (half, lastDay, over) = ExtensionRules.Reminders(Asked, due);
        return half >= Asked && half <= lastDay && lastDay == due && over == due.AddDays(1) && (due.DayNumber - half.DayNumber) - (half.DayNumber - Asked.DayNumber) is 0 or 1;
    });

    [Theory]
    [InlineData(21, "answer due in 21 days")]
    [InlineData(1, "answer due tomorrow")]
    [InlineData(0, "answer due today")]
    [InlineData(-1, "answer overdue by 1 day")]
    [InlineData(-5, "answer overdue by 5 days")]
    public void The_clock_is_said_in_words(int days, string words) => Assert.Equal(words, ExtensionRules.ClockWords(Asked.AddDays(days), Asked));
}
