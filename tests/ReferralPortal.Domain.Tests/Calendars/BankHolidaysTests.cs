using System.Globalization;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public class BankHolidaysTests
{
    // As GOV.UK publishes them for England and Wales.
    public static TheoryData<int, string> Published => new()
    {
        { 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27" },
        { 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26" },
        { 2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26" },
        { 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26" },
        { 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28" },
        { 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28" },
        { 2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26" },
    };

    [Theory, MemberData(nameof(Published))]
    public void The_computed_holidays_are_the_published_ones(int year, string published) =>
        Assert.Equal(published, string.Join(' ', BankHolidays.Of(year).Select(day => day.ToString("MM-dd", CultureInfo.InvariantCulture))));

    // Easter Sundays from the published tables of the Astronomical Applications Department and the Book of Common Prayer; both extremes are among them.
    [Theory]
    [InlineData(1818, 3, 22)]
    [InlineData(1943, 4, 25)]
    [InlineData(2000, 4, 23)]
    [InlineData(2008, 3, 23)]
    [InlineData(2022, 4, 17)]
    [InlineData(2024, 3, 31)]
    [InlineData(2026, 4, 5)]
    [InlineData(2038, 4, 25)]
    [InlineData(2049, 4, 18)]
    [InlineData(2076, 4, 19)]
    public void Easter_is_on_its_Sunday(int year, int month, int day) => Assert.Equal(new DateOnly(year, month, day), BankHolidays.EasterSunday(year));

    [Fact]
    public void Every_year_has_at_least_its_eight_on_different_weekdays_only()
    {
        for (var year = 2021; year <= 2121; year++)
        {
            var holidays = BankHolidays.Of(year).ToList();
            Assert.Equal(BankHolidays.Yearly + (year switch { 2022 => 2, 2023 => 1, _ => 0 }), holidays.Distinct().Count());
            Assert.All(holidays, day => Assert.True(day.Year == year && day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)));
            Assert.Equal(holidays.Order(), holidays);
        }
    }
}
