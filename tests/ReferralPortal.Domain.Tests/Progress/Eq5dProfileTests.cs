using CsCheck;
using ReferralPortal.Domain.Progress;
using Xunit;

namespace ReferralPortal.Domain.Tests.Progress;

public class Eq5dProfileTests
{
    [Theory]
    [InlineData("21232", "21232")]
    [InlineData(" 55555 ", "55555")]
    [InlineData("2-232", "2-232")]
    [InlineData("", "")]
    [InlineData("-----", "")]
    public void Five_digits_are_five_levels_in_order(string typed, string profile) => Assert.Equal(profile, Eq5dProfile.Of(Eq5dProfile.Levels(typed)!));

    [Theory]
    [InlineData("2123")]
    [InlineData("212321")]
    [InlineData("91232")] // 9 is how others write a missing answer; typed here it is a slip
    [InlineData("20232")]
    [InlineData("61232")]
    [InlineData("2 1 2 3 2")]
    [InlineData("2123a")]
    [InlineData("٢١٢٣٢")]
    public void Anything_else_is_no_profile(string typed) => Assert.Null(Eq5dProfile.Levels(typed));

    [Theory]
    [InlineData("21232", 70, "21232, VAS 70")]
    [InlineData("21232", null, "21232")]
    [InlineData("", 0, "VAS 0")]
    [InlineData("", null, null)]
    public void It_is_said_in_few_words(string typed, int? scale, string? words) => Assert.Equal(words, Eq5dProfile.Words([.. Eq5dProfile.Levels(typed)!, scale]));

    [Fact]
    public void What_is_written_down_is_read_as_it_was_and_is_the_measures_own() => Gen.Int[0, 5].Array[5].Sample(levels =>
    {
        var answers = levels.Select(level => level == 0 ? (int?)null : level).ToList();
        return Eq5dProfile.Levels(Eq5dProfile.Of(answers))!.SequenceEqual(answers) && OutcomeMeasures.Eq5d5l.ProblemWith([.. answers, 70]) is null;
    });

    [Fact]
    public void It_names_every_item_but_the_scale() => Assert.Equal(OutcomeMeasures.Eq5d5l.Items.Count - 1, Eq5dProfile.Dimensions.Count);
}
