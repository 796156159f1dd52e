using System.Globalization;
using CsCheck;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public class WorkingDaysTests
{
    static readonly WorkingDays Computed = new([]);
    static readonly DateOnly First = new(2022, 1, 1);
    static readonly Gen<DateOnly> Day = Gen.Int[0, 2556].Select(First.AddDays); // 2022 to 2028

    [Theory]
    [InlineData("2026-11-23", 1, "2026-11-24")]
    [InlineData("2026-11-20", 1, "2026-11-23")]     // Friday
    [InlineData("2026-11-21", 1, "2026-11-23")]     // Saturday
    [InlineData("2026-04-02", 1, "2026-04-07")]     // Maundy Thursday, over Easter
    [InlineData("2026-12-24", 1, "2026-12-29")]     // Boxing Day's substitute is the Monday
    [InlineData("2027-12-31", 1, "2028-01-04")]     // New Year's Day falls on a Saturday
    [InlineData("2022-06-01", 1, "2022-06-06")]     // Jubilee
    [InlineData("2026-11-21", 0, "2026-11-21")]
    public void Working_days_are_counted_from_the_day_after(string from, int count, string to) =>
        Assert.Equal(On(to), Computed.Add(On(from), count));

    [Fact]
    public void Adding_and_counting_agree() => Gen.Select(Day, Gen.Int[1, 300]).Sample((day, count) =>
    {
        var reached = Computed.Add(day, count);
        return Computed.Between(day, reached) == count && Computed.Between(reached, day) == -count && Computed.IsWorkingDay(reached);
    });

    [Fact]
    public void Counts_over_neighbouring_spans_add_up() => Gen.Select(Day, Day, Day).Sample((one, two, three) =>
        Computed.Between(one, two) + Computed.Between(two, three) == Computed.Between(one, three));

    [Fact]
    public void A_year_has_its_weekdays_less_its_holidays()
    {
        for (var year = 2022; year <= 2028; year++)
        {
            var days = Enumerable.Range(0, DateTime.IsLeapYear(year) ? 366 : 365).Select(new DateOnly(year, 1, 1).AddDays).ToList();
            var weekdays = days.Count(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
            Assert.Equal(weekdays - BankHolidays.Of(year).Count(), days.Count(Computed.IsWorkingDay));
        }
    }

    [Fact]
    public void A_published_year_is_believed_even_against_the_rule()
    {
        // Early-May Monday moved to the Friday, as in 2020.
        var moved = BankHolidays.Of(2031).Select(day => day == On("2031-05-05") ? On("2031-05-09") : day);
        var published = new WorkingDays(moved);
        Assert.True(published.IsWorkingDay(On("2031-05-05")));
        Assert.False(published.IsWorkingDay(On("2031-05-09")));
        Assert.False(published.IsWorkingDay(On("2032-05-03"))); // the year after is computed
    }

    [Fact]
    public void One_newly_proclaimed_day_does_not_hide_the_yearly_ones()
    {
        var proclaimed = new WorkingDays([On("2031-06-13")]);
        Assert.False(proclaimed.IsWorkingDay(On("2031-06-13")));
        Assert.False(proclaimed.IsWorkingDay(On("2031-12-25")));
    }

    [Fact]
    public void No_one_counts_backwards() => Assert.Throws<ArgumentOutOfRangeException>(() => Computed.Add(First, -1));

    static DateOnly On(string date) => DateOnly.Parse(date, CultureInfo.InvariantCulture);
}
