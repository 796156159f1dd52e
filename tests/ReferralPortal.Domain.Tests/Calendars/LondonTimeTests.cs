using CsCheck;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public class LondonTimeTests
{
    [Fact]
    public void Summer_time_is_the_last_Sunday_of_March_to_the_last_Sunday_of_October()
    {
        for (var year = 2022; year <= 2028; year++)
        {
            Assert.Equal(TimeSpan.Zero, Offset(Change(year, 3).AddMinutes(-1)));
            Assert.Equal(TimeSpan.FromHours(1), Offset(Change(year, 3)));
            Assert.Equal(TimeSpan.FromHours(1), Offset(Change(year, 10).AddMinutes(-1)));
            Assert.Equal(TimeSpan.Zero, Offset(Change(year, 10)));
        }

        static TimeSpan Offset(DateTimeOffset instant) => LondonTime.Of(instant) - instant.UtcDateTime;

        // 01:00 UTC on the month's last Sunday.
        static DateTimeOffset Change(int year, int month)
        {
            var last = new DateTime(year, month, 31, 1, 0, 0, DateTimeKind.Utc);
            return new DateTimeOffset(last.AddDays(-(int)last.DayOfWeek));
        }
    }

    [Fact]
    public void A_time_that_comes_twice_is_its_first() =>
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero), LondonTime.Instant(new(2026, 10, 25), new(1, 30)));

    [Fact]
    public void A_time_that_is_left_out_is_the_moment_of_the_change() =>
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero), LondonTime.Instant(new(2026, 3, 29), new(1, 30, 15)));

    [Fact]
    public void What_the_clocks_show_leads_back_to_the_instant_but_for_the_second_of_two_hours() => Gen.Int[0, 7 * 366 * 24 * 60].Sample(minutes =>
    {
        var instant = new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes);
        var shown = LondonTime.Of(instant);
        var back = LondonTime.Instant(DateOnly.FromDateTime(shown), TimeOnly.FromDateTime(shown));
        return back == instant || back == instant.AddHours(-1) && LondonTime.Zone.IsAmbiguousTime(shown);
    });
}
