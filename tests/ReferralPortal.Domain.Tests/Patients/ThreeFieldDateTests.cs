using System.Globalization;
using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class ThreeFieldDateTests
{
    [Theory]
    [InlineData("5", "6", "1984", "1984-06-05")]
    [InlineData("05", "06", "1984", "1984-06-05")]
    [InlineData(" 5 ", " June ", " 1984 ", "1984-06-05")]
    [InlineData("5", "jun", "1984", "1984-06-05")]
    [InlineData("5", "SEPT", "1984", "1984-09-05")]
    [InlineData("29", "2", "2024", "2024-02-29")]
    public void A_date_is_read_with_its_month_as_number_or_name(string day, string month, string year, string date)
    {
        Assert.True(ThreeFieldDate.TryParse(day, month, year, out var read, out var problem));
        Assert.Equal((DateOnly.Parse(date, CultureInfo.InvariantCulture), ""), (read, problem));
    }

    [Theory]
    [InlineData("", "", "", "must be entered")]
    [InlineData(null, null, null, "must be entered")]
    [InlineData("", "6", "1984", "must include a day")]
    [InlineData("5", "", "1984", "must include a month")]
    [InlineData("5", "6", " ", "must include a year")]
    [InlineData("5", "", "", "must include a month and a year")]
    [InlineData("", "", "1984", "must include a day and a month")]
    [InlineData("5", "6", "84", "must have a year of four digits, for example 1984")]
    [InlineData("5", "6", "19844", "must have a year of four digits, for example 1984")]
    [InlineData("5", "6", "0084", "must have a year of four digits, for example 1984")]
    [InlineData("31", "6", "1984", "must be a real date")]
    [InlineData("29", "2", "2023", "must be a real date")]
    [InlineData("0", "6", "1984", "must be a real date")]
    [InlineData("5", "13", "1984", "must be a real date")]
    [InlineData("5", "Ju", "1984", "must be a real date")]
    [InlineData("5", "Juno", "1984", "must be a real date")]
    [InlineData("-5", "6", "1984", "must be a real date")]
    [InlineData("5.0", "6", "1984", "must be a real date")]
    public void What_is_missing_or_unreal_is_named(string? day, string? month, string? year, string expected)
    {
        Assert.False(ThreeFieldDate.TryParse(day, month, year, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Every_day_reads_back_in_both_ways_of_writing_it() => Gen.Int[0, 130_000].Sample(days =>
    {
        var date = new DateOnly(1800, 1, 1).AddDays(days);
        return new[] { "M", "MM", "MMM", "MMMM" }.All(form =>
            ThreeFieldDate.TryParse($"{date.Day}", date.ToString(form is "M" ? "%M" : form, CultureInfo.InvariantCulture), $"{date.Year}", out var read, out _) && read == date);
    });
}
