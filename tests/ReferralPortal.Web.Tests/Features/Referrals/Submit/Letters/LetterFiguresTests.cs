namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>How much of a letter is read, and how much of that is right. The six held-out letters were written down before the first pattern and never used for one.</summary>
public sealed class LetterFiguresTests(ITestOutputHelper output)
{
    [Fact]
    public void Of_six_letters_that_no_pattern_was_made_for_enough_is_found_and_what_is_found_is_right()
    {
        var score = Measure("HeldOut");
        Assert.True(score.Precision >= 0.95, $"precision {score.Precision:0.000}");
        Assert.True(score.Recall >= 0.85, $"recall {score.Recall:0.000}");
    }

    [Fact]
    public void Of_the_letters_that_the_patterns_were_made_with_nearly_all_is_found()
    {
        var score = Measure("Development");
        output.WriteLine(string.Join('\n', score.Complaints));
        Assert.True(score.Precision >= 0.97, $"precision {score.Precision:0.000}");
        Assert.True(score.Recall >= 0.95, $"recall {score.Recall:0.000}");
    }

    LetterScore Measure(string folder)
    {
        var letters = LetterFixture.All(folder);
        var score = new LetterScore();
        foreach (var letter in letters) score.Add(letter, letter.Read());
        output.WriteLine($"{folder}: {letters.Count} letters, {score.Right + score.Missed} values expected; {score.Right} right, {score.Wrong} wrong, {score.Missed} missed; precision {score.Precision:0.000}, recall {score.Recall:0.000}");
        return score;
    }
}
