using CsCheck;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public sealed class SeriesRhythmTests
{
    static readonly Gen<DateOnly> Day = Gen.Int[0, 7 * 365].Select(days => new DateOnly(2022, 1, 1).AddDays(days));
    static readonly Gen<DayOfWeek[]> Weekdays = Gen.Int[1, 127].Select(bits => Enum.GetValues<DayOfWeek>().Where(day => (bits & (1 << (int)day)) != 0).ToArray());
    // Clinics open at eight and close at eight; the night hours of the changes are tested too.
    static readonly Gen<TimeOnly> Time = Gen.Int[0, 24 * 60 - 1].Select(minutes => new TimeOnly(minutes / 60, minutes % 60));

    [Fact]
    public void Mondays_and_Thursdays_of_every_other_week_begin_in_the_week_of_the_first_day() =>
        Assert.Equal(
            [new(2026, 12, 3), new(2026, 12, 14), new(2026, 12, 17), new(2026, 12, 28)],
            SeriesRhythm.EveryWeeks(new DateOnly(2026, 12, 1), 2, DayOfWeek.Monday, DayOfWeek.Thursday).Days().Take(4));

    [Fact]
    public void A_week_begins_on_Monday_and_so_ends_on_Sunday() =>
        Assert.Equal(
            [new(2026, 11, 29), new(2026, 11, 30), new(2026, 12, 6)],
            SeriesRhythm.EveryWeeks(new DateOnly(2026, 11, 26), 1, DayOfWeek.Sunday, DayOfWeek.Monday).Days().Take(3));

    [Fact]
    public void Every_so_many_days_are_so_many_days_apart() => Gen.Select(Day, Gen.Int[1, 30]).Sample((from, every) =>
    {
        var days = SeriesRhythm.EveryDays(from, every).Days().Take(20).ToList();
        return days[0] == from && days.Zip(days.Skip(1)).All(pair => pair.Second.DayNumber - pair.First.DayNumber == every);
    });

    [Fact]
    public void Given_weekdays_come_in_order_none_is_left_out_and_no_other_comes() => Gen.Select(Day, Gen.Int[1, 6], Weekdays).Sample((from, every, weekdays) =>
    {
        var days = SeriesRhythm.EveryWeeks(from, every, weekdays).Days().Take(25).ToList();
        // An oracle that walks every day and counts weeks.
        var monday = from.AddDays(-(((int)from.DayOfWeek + 6) % 7));
        var expected = Enumerable.Range(0, 25 * 7 * every + 14).Select(from.AddDays)
            .Where(day => weekdays.Contains(day.DayOfWeek) && (day.DayNumber - monday.DayNumber) / 7 % every == 0).Take(25);
        return days.SequenceEqual(expected);
    });

    [Fact]
    public void London_s_clocks_show_the_same_time_at_each_of_them_in_summer_and_winter() => Gen.Select(Day, Gen.Int[1, 30], Time).Sample((from, every, time) =>
        SeriesRhythm.EveryDays(from, every).Starts(time).Zip(SeriesRhythm.EveryDays(from, every).Days()).Take(40).All(pair =>
        {
            var (shown, day) = (LondonTime.Of(pair.First), pair.Second);
            // The one hour a year that London's clocks leave out.
            if (LondonTime.Zone.IsInvalidTime(day.ToDateTime(time))) return shown == day.ToDateTime(new TimeOnly(2, 0));
            return shown == day.ToDateTime(time);
        }));

    [Fact]
    public void Over_a_change_of_the_clocks_a_week_has_an_hour_more_or_less()
    {
        var spring = SeriesRhythm.EveryWeeks(new DateOnly(2027, 3, 24), 1, DayOfWeek.Wednesday).Starts(new TimeOnly(10, 0)).Take(2).ToList();
        Assert.Equal(TimeSpan.FromHours(7 * 24 - 1), spring[1] - spring[0]);
        var autumn = SeriesRhythm.EveryWeeks(new DateOnly(2026, 10, 21), 1, DayOfWeek.Wednesday).Starts(new TimeOnly(10, 0)).Take(2).ToList();
        Assert.Equal(TimeSpan.FromHours(7 * 24 + 1), autumn[1] - autumn[0]);
    }

    [Fact]
    public void A_rhythm_that_stands_still_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SeriesRhythm.EveryDays(new DateOnly(2026, 1, 1), 0).Days());
}
