using CsCheck;
using ReferralPortal.Domain.Invoices;
using ReferralPortal.Domain.Progress;

namespace ReferralPortal.Domain.Tests.Invoices;

public sealed class PoundsTests
{
    static readonly Gen<decimal> Pennies = Gen.Int[0, 9_999_999].Select(pennies => pennies / 100m);

    [Theory]
    [InlineData("55", "55.00")]
    [InlineData(" £1,250.5 ", "1250.50")]
    [InlineData("£ 0", "0.00")]
    [InlineData("0.01", "0.01")]
    [InlineData("12.340", "12.34")]
    public void An_amount_is_read_as_people_type_it(string typed, string stored)
    {
        Assert.True(Pounds.TryParse(typed, out var pounds));
        Assert.Equal(stored, Pounds.Text(pounds));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("12.345")] // half a penny is no amount, and nothing is rounded in silence
    [InlineData("-5")]
    [InlineData("1e3")]
    [InlineData("fifty")]
    [InlineData("5 5")]
    public void What_is_no_amount_in_whole_pennies_is_refused(string? typed) => Assert.False(Pounds.TryParse(typed, out _));

    [Fact]
    public void What_is_stored_is_read_back_to_the_penny() =>
        Pennies.Sample(pounds => Pounds.TryParse(Pounds.Text(pounds), out var back) && back == pounds && Pounds.Text(back) == Pounds.Text(pounds));

    [Fact]
    public void A_third_decimal_place_is_refused_unless_it_is_nothing() =>
        Gen.Select(Pennies, Gen.Int[0, 9]).Sample((pounds, third) => Pounds.TryParse($"{Pounds.Text(pounds)}{third}", out _) == (third == 0));

    /// <summary>Amounts add up exactly, in any order: pennies counted as whole numbers say the same.</summary>
    [Fact]
    public void Amounts_add_up_to_the_penny_in_any_order() =>
        Pennies.List[0, 200].Sample(amounts =>
        {
            var pennies = amounts.Sum(amount => (long)(amount * 100m));
            return amounts.Sum() == pennies / 100m && Enumerable.Reverse(amounts).Sum() == amounts.Sum() && amounts.Concat(amounts.Select(amount => -amount)).Sum() == 0;
        });

    [Fact]
    public void Every_report_has_its_fee_and_every_fee_its_words()
    {
        foreach (var report in Enum.GetValues<ReportKind>()) Assert.True(EnumText.TryParse<FeeKind>(EnumText.Of(report) + "_report", out _), $"{report} has no fee");
        foreach (var appointment in new[] { "initial_assessment", "treatment", "review", "did_not_attend" }) Assert.True(EnumText.TryParse<FeeKind>(appointment, out _));
        Assert.Equal(Enum.GetValues<FeeKind>().Length, Enum.GetValues<FeeKind>().Select(FeeWords.Of).Distinct().Count());
    }
}
