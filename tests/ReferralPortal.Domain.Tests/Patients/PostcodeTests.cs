using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class PostcodeTests
{
    [Theory]
    [InlineData("M1 1AE", "M1 1AE", "M1")]
    [InlineData("m11ae", "M1 1AE", "M1")]
    [InlineData(" M 1 1 A E ", "M1 1AE", "M1")]
    [InlineData("B33 8TH", "B33 8TH", "B33")]
    [InlineData("CR2 6XH", "CR2 6XH", "CR2")]
    [InlineData("DN55 1PT", "DN55 1PT", "DN55")]
    [InlineData("W1A 0AX", "W1A 0AX", "W1A")]
    [InlineData("EC1A 1BB", "EC1A 1BB", "EC1A")]
    [InlineData("GIR 0AA", "GIR 0AA", "GIR")]
    [InlineData("WA14 2DT", "WA14 2DT", "WA14")]
    public void Every_form_of_postcode_is_taken(string typed, string shown, string outward)
    {
        Assert.True(Postcode.TryParse(typed, out var postcode));
        Assert.Equal((shown, outward), (postcode.ToString(), postcode.Outward));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("M1")]
    [InlineData("M1 1A")]
    [InlineData("M1 1AEE")]
    [InlineData("M1 AAE")]
    [InlineData("Q1 1AE")]
    [InlineData("V1 1AE")]
    [InlineData("X1 1AE")]
    [InlineData("AI1 1AA")]
    [InlineData("AJ1 1AA")]
    [InlineData("AZ1 1AA")]
    [InlineData("M1 1CE")]
    [InlineData("M1 1AI")]
    [InlineData("M1 1AK")]
    [InlineData("M1 1MO")]
    [InlineData("M1 1VE")]
    [InlineData("M1L 1AE")]
    [InlineData("EC1C 1BB")]
    [InlineData("M1-1AE")]
    [InlineData("12345")]
    public void Anything_else_is_none(string? typed) => Assert.False(Postcode.TryParse(typed, out _));

    [Fact]
    public void What_is_shown_reads_back_and_has_one_space() =>
        Gen.Char["ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "].Array[5, 9].Sample(letters =>
            !Postcode.TryParse(new string(letters), out var postcode)
            || Postcode.TryParse(postcode.ToString(), out var again) && again == postcode && postcode.ToString().Count(letter => letter == ' ') == 1 && postcode.ToString()[^4] == ' ');

    [Fact]
    public void The_default_is_empty() => Assert.Equal(("", ""), (default(Postcode).ToString(), default(Postcode).Outward));
}
