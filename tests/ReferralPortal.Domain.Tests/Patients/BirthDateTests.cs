using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class BirthDateTests
{
    static readonly DateOnly Today = new(2026, 11, 23);

    [Theory]
    [InlineData("2026-11-22", true)]
    [InlineData("2026-11-23", false)]
    [InlineData("2026-11-24", false)]
    [InlineData("1906-11-23", true)]
    [InlineData("1905-11-24", true)]    // still 120, and 121 tomorrow
    [InlineData("1905-11-23", false)]
    public void It_is_past_and_at_most_120_years_ago(string date, bool believed) =>
        Assert.Equal(believed, BirthDate.ProblemWith(DateOnly.Parse(date), Today) is null);

    [Theory]
    [InlineData("2008-11-23", "2026-11-22", true)]
    [InlineData("2008-11-23", "2026-11-23", false)]
    [InlineData("2008-02-29", "2026-02-28", true)]
    [InlineData("2008-02-29", "2026-03-01", false)]
    [InlineData("2008-02-28", "2026-02-28", false)]
    public void A_child_is_one_until_the_eighteenth_birthday(string born, string on, bool child) =>
        Assert.Equal(child, BirthDate.IsChildOn(DateOnly.Parse(born), DateOnly.Parse(on)));

    [Fact]
    public void Age_goes_up_by_one_on_the_birthday_and_at_no_other_time() => Gen.Select(Gen.Int[0, 43_000], Gen.Int[0, 43_000]).Sample((birth, days) =>
    {
        var born = new DateOnly(1906, 1, 1).AddDays(birth);
        var day = born.AddDays(days + 1);
        var isBirthday = (day.Month, day.Day) == (born.Month, born.Day)
            || (born.Month, born.Day) == (2, 29) && (day.Month, day.Day) == (3, 1) && !DateTime.IsLeapYear(day.Year);
        return BirthDate.AgeOn(born, day) - BirthDate.AgeOn(born, day.AddDays(-1)) == (isBirthday ? 1 : 0) && BirthDate.AgeOn(born, born) == 0;
    });
}
