using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class NhsNumberTests
{
    [Theory]
    [InlineData("943 476 5919")]
    [InlineData("9434765919")]
    [InlineData(" 943-476-5919 ")]
    [InlineData("943\u00a0476\u00a05919")]
    public void It_is_read_however_it_is_spaced(string text)
    {
        Assert.True(NhsNumber.TryParse(text, out var number));
        Assert.Equal(("9434765919", "943 476 5919"), (number.Digits, number.ToString()));
    }

    [Theory]
    [InlineData("654 100 3238")]
    public void A_number_with_its_right_check_digit_is_taken(string text) => Assert.True(NhsNumber.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("123 456 1234")]
    [InlineData("943 476 591")]
    [InlineData("943 476 59190")]
    [InlineData("943 476 591A")]
    [InlineData("٩٤٣٤٧٦٥٩١٩")]
    [InlineData("9999999999")]
    [InlineData("0000000000")]
    public void Anything_else_is_none(string? text) => Assert.False(NhsNumber.TryParse(text, out _));

    [Fact]
    public void No_number_of_ten_equal_digits_is_taken() =>
        Assert.All(Enumerable.Range(0, 10), digit => Assert.False(NhsNumber.TryParse(new string((char)('0' + digit), 10), out _)));

    [Fact]
    public void Of_the_ten_last_digits_one_is_right_and_none_where_the_rule_gives_ten() => Gen.Long[0, 999_999_999].Sample(number =>
    {
        var nine = number.ToString("D9");
        // The rule in its other form: the weighted sum over all ten digits is divisible by eleven.
        var expected = Enumerable.Range(0, 10).Where(last => (Enumerable.Range(0, 9).Sum(place => (nine[place] - '0') * (10 - place)) + last) % 11 == 0
            && !nine.All(digit => digit == '0' + last));
        var taken = Enumerable.Range(0, 10).Where(last => NhsNumber.TryParse($"{nine}{last}", out _));
        return expected.SequenceEqual(taken);
    });

    [Fact]
    public void What_is_shown_reads_back() => Gen.Long[0, 9_999_999_999].Sample(any =>
        !NhsNumber.TryParse(any.ToString("D10"), out var number) || NhsNumber.TryParse(number.ToString(), out var again) && again == number);
}
