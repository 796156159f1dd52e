using CsCheck;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public class ClinicHoursTests
{
    static readonly ClinicHours Hours = ClinicHours.Published;
    static readonly DateTimeOffset First = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly Gen<DateTimeOffset> Minute = Gen.Int[0, 7 * 365 * 24 * 60].Select(minutes => First.AddMinutes(minutes));

    // Around each change of the clocks and each turn of the year.
    static readonly Gen<DateTimeOffset> TrickyMinute = Gen.Select(Gen.Int[2022, 2028], Gen.Int[0, 2], Gen.Int[-3 * 24 * 60, 3 * 24 * 60]).Select((year, which, minutes) =>
        (which switch { 0 => LastSunday(year, 3), 1 => LastSunday(year, 10), _ => new DateTimeOffset(year, 12, 31, 23, 0, 0, TimeSpan.Zero) }).AddMinutes(minutes));

    [Theory]
    [InlineData("2026-11-23T10:00Z", 60, "2026-11-23T11:00Z")]      // Monday, winter
    [InlineData("2026-11-23T19:30Z", 60, "2026-11-24T08:30Z")]      // over the night
    [InlineData("2026-11-23T05:00Z", 60, "2026-11-23T09:00Z")]      // before opening
    [InlineData("2026-11-27T19:30Z", 60, "2026-11-28T09:30Z")]      // Friday into Saturday's later opening
    [InlineData("2026-11-28T16:30Z", 60, "2026-11-29T09:30Z")]      // Saturday into Sunday
    [InlineData("2026-11-29T15:30Z", 60, "2026-11-30T08:30Z")]      // Sunday into Monday
    [InlineData("2026-07-06T06:30Z", 60, "2026-07-06T08:00Z")]      // summer: doors open at 07:00 UTC
    [InlineData("2026-03-28T16:30Z", 60, "2026-03-29T08:30Z")]      // spring change in the night: Sunday 09:00 is 08:00 UTC
    [InlineData("2026-10-24T15:30Z", 60, "2026-10-25T09:30Z")]      // autumn change in the night
    [InlineData("2026-11-23T08:00Z", 720, "2026-11-23T20:00Z")]     // a whole day ends when it closes, not when the next begins
    [InlineData("2026-11-23T21:00Z", 0, "2026-11-24T08:00Z")]       // at once, which is when they open
    public void Clinic_time_is_added(string from, int minutes, string to) =>
        Assert.Equal(DateTimeOffset.Parse(to), Hours.Add(DateTimeOffset.Parse(from), TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Clinic_time_between_two_instants_is_what_counting_every_minute_gives() =>
        Gen.Select(Gen.OneOf(Minute, TrickyMinute), Gen.Int[0, 10 * 24 * 60]).Sample((from, minutes) =>
            Hours.Between(from, from.AddMinutes(minutes)) == TimeSpan.FromMinutes(CountedOneByOne(from, minutes)), iter: 300);

    [Fact]
    public void Added_clinic_time_has_passed_when_it_is_over() => Gen.Select(Gen.OneOf(Minute, TrickyMinute), Gen.Int[1, 6000]).Sample((from, minutes) =>
    {
        var amount = TimeSpan.FromMinutes(minutes);
        var due = Hours.Add(from, amount);
        return Hours.Between(from, due) == amount && Hours.Between(from, due.AddMinutes(-1)) == amount - TimeSpan.FromMinutes(1);
    });

    [Fact]
    public void Spans_add_up_and_turn_round() => Gen.Select(Minute, TrickyMinute, Minute).Sample((one, two, three) =>
        Hours.Between(one, two) + Hours.Between(two, three) == Hours.Between(one, three) && Hours.Between(one, two) == -Hours.Between(two, one), iter: 200);

    [Fact]
    public void They_are_open_when_the_hours_say_so() => Gen.OneOf(Minute, TrickyMinute).Sample(at => Hours.IsOpenAt(at) == IsOpen(at));

    [Fact]
    public void A_whole_week_has_75_clinic_hours_even_when_the_clocks_change() => TrickyMinute.Sample(from =>
        Hours.Between(from, LondonTime.Instant(LondonTime.DateOf(from).AddDays(7), TimeOnly.FromDateTime(LondonTime.Of(from)))) == TimeSpan.FromHours(75)
        || LondonTime.Of(from).Hour is 1); // the hour that comes twice or not at all

    [Fact]
    public void Clinic_time_is_counted_over_decades() =>
        Assert.Equal(TimeSpan.FromHours(75 * 52 * 30), Hours.Between(First, First.AddDays(7 * 52 * 30)));

    [Fact]
    public void Hours_that_never_open_or_close_first_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ClinicHours(new Dictionary<DayOfWeek, OpeningTimes>()));
        Assert.Throws<ArgumentException>(() => new ClinicHours(new Dictionary<DayOfWeek, OpeningTimes> { [DayOfWeek.Monday] = new(new(9, 0), new(9, 0)) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hours.Add(First, TimeSpan.FromMinutes(-1)));
    }

    [Fact]
    public void Hours_of_one_day_a_week_wait_for_it()
    {
        var mondays = new ClinicHours(new Dictionary<DayOfWeek, OpeningTimes> { [DayOfWeek.Monday] = new(new(9, 0), new(10, 0)) });
        Assert.Equal(DateTimeOffset.Parse("2026-12-07T09:30Z"), mondays.Add(DateTimeOffset.Parse("2026-11-23T10:00Z"), TimeSpan.FromMinutes(90)));
    }

    static int CountedOneByOne(DateTimeOffset from, int minutes) => Enumerable.Range(0, minutes).Count(minute => IsOpen(from.AddMinutes(minute)));

    // The opening hours once more, read off a London clock whose summer time is worked out here and not by the time-zone database.
    static bool IsOpen(DateTimeOffset at)
    {
        var summer = at >= LastSunday(at.UtcDateTime.Year, 3) && at < LastSunday(at.UtcDateTime.Year, 10);
        var london = at.UtcDateTime.AddHours(summer ? 1 : 0);
        return london.DayOfWeek switch
        {
            DayOfWeek.Saturday => london.Hour is >= 9 and < 17,
            DayOfWeek.Sunday => london.Hour is >= 9 and < 16,
            _ => london.Hour is >= 8 and < 20,
        };
    }

    static DateTimeOffset LastSunday(int year, int month)
    {
        var last = new DateTimeOffset(year, month, 31, 1, 0, 0, TimeSpan.Zero);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
