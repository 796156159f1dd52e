using System.Globalization;
using CsCheck;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

/// <summary>The calendars and the target clock against <see cref="NaiveCalendar"/>, which counts every minute and every day, and against cases made elsewhere.</summary>
public class OracleTests
{
    static readonly IReadOnlySet<DateOnly> Listed = NaiveCalendar.Listed();
    // A few days before the first moment are looked at too.
    static readonly NaiveCalendar Naive = new(NaiveCalendar.Published, Listed.Concat(NaiveCalendar.Ruled(2021, Listed.Min(day => day.Year) - 1)).Concat(NaiveCalendar.Ruled(Listed.Max(day => day.Year) + 1, 2035)).ToHashSet());
    static readonly WorkingDays Days = new(Listed);
    static readonly TargetClock Clock = new(ClinicHours.Published, Days);
    static readonly TargetAgreement Agreement = new();

    // 2022 to 2028: anywhere, and half of the time about a change of the clocks, a turn of the year or a holiday.
    static readonly Gen<DateTimeOffset> Anywhere = Gen.Int[0, 7 * 365 * 24 * 60].Select(minutes => Start(2022, 1, 1).AddMinutes(minutes));
    static readonly DateTimeOffset[] Corners =
    [
        .. from year in Enumerable.Range(2022, 7)
           from day in (DateTimeOffset[])[Start(year, 3, 31 - (int)Start(year, 3, 31).DayOfWeek), Start(year, 10, 31 - (int)Start(year, 10, 31).DayOfWeek), Start(year, 12, 31)]
           select day,
        .. Listed.Where(day => day.Year <= 2028).Select(day => Start(day.Year, day.Month, day.Day)),
    ];
    static readonly Gen<DateTimeOffset> Corner = Gen.Select(Gen.Int[0, Corners.Length - 1], Gen.Int[-2880, 2880]).Select((place, minutes) => Corners[place].AddMinutes(minutes));
    static readonly Gen<DateTimeOffset> Moment = Gen.OneOf(Anywhere, Corner);
    static readonly Gen<Target> AnyTarget = Gen.Int[0, 6].Select(target => (Target)target);

    // A week of any shape that opens on a day at least, outside the hour that comes twice or not at all.
    static readonly Gen<IReadOnlyDictionary<DayOfWeek, (int Opens, int Closes)>> AnyWeek = Gen.Select(Gen.Int[1, 127], Gen.Int[180, 1300].Array[7], Gen.Int[1, 139].Array[7])
        .Select((open, opens, lengths) => (IReadOnlyDictionary<DayOfWeek, (int, int)>)Enumerable.Range(0, 7).Where(day => (open >> day & 1) == 1).ToDictionary(day => (DayOfWeek)day, day => (opens[day], opens[day] + lengths[day])));

    [Fact]
    public void Clinic_time_is_the_minutes_that_are_open_counted_one_by_one() => Gen.Select(Moment, Gen.Int[0, 20_000]).Sample((from, minutes) =>
        ClinicHours.Published.Between(from, from.AddMinutes(minutes)) == TimeSpan.FromMinutes(Naive.Between(from, from.AddMinutes(minutes))), iter: 150);

    [Fact]
    public void Clinic_time_is_added_by_walking_until_it_has_passed() => Gen.Select(Moment, Gen.Int[0, 4000]).Sample((from, minutes) =>
        ClinicHours.Published.Add(from, TimeSpan.FromMinutes(minutes)) == Naive.Add(from, minutes), iter: 150);

    [Fact]
    public void Clinic_time_is_taken_off_by_walking_back() => Gen.Select(Moment, Gen.Int[0, 4000]).Sample((to, minutes) =>
        ClinicHours.Published.Subtract(to, TimeSpan.FromMinutes(minutes)) == Naive.Subtract(to, minutes), iter: 150);

    [Fact]
    public void Hours_of_any_week_are_counted_alike() => Gen.Select(AnyWeek, Moment, Gen.Int[0, 1000]).Sample((week, from, minutes) =>
    {
        var hours = new ClinicHours(week.ToDictionary(day => day.Key, day => new OpeningTimes(Time(day.Value.Opens), Time(day.Value.Closes))));
        var naive = new NaiveCalendar(week, Listed);
        var until = from.AddMinutes(20 * minutes);
        return hours.Between(from, until) == TimeSpan.FromMinutes(naive.Between(from, until)) && hours.IsOpenAt(from) == naive.IsOpen(from)
            && hours.Add(from, TimeSpan.FromMinutes(minutes % 100)) == naive.Add(from, minutes % 100) && hours.Subtract(from, TimeSpan.FromMinutes(minutes % 100)) == naive.Subtract(from, minutes % 100);
    }, iter: 60);

    [Fact]
    public void Working_days_are_those_of_the_published_list() => Gen.Select(Moment, Gen.Int[0, 120]).Sample((from, count) =>
    {
        var day = NaiveCalendar.Day(from);
        return Days.IsWorkingDay(day) == Naive.Works(day) && Days.Add(day, count) == Naive.AddDays(day, count) && Days.Between(day, day.AddDays(count)) == Naive.DaysBetween(day, day.AddDays(count));
    }, iter: 1000);

    [Fact]
    public void Working_days_by_rule_are_those_of_another_rule_for_a_century_that_no_list_reaches()
    {
        var (ruled, naive) = (new WorkingDays([]), new NaiveCalendar(NaiveCalendar.Published, NaiveCalendar.Ruled(2024, 2099)));
        for (var day = new DateOnly(2024, 1, 1); day.Year < 2100; day = day.AddDays(1)) Assert.True(ruled.IsWorkingDay(day) == naive.Works(day), $"{day:yyyy-MM-dd}");
    }

    [Fact]
    public void A_list_that_ends_goes_over_into_the_rule_without_a_seam()
    {
        var last = Listed.Max(day => day.Year);
        var naive = new NaiveCalendar(NaiveCalendar.Published, Listed.Concat(NaiveCalendar.Ruled(last + 1, last + 20)).ToHashSet());
        Gen.Select(Gen.Int[0, 15 * 365], Gen.Int[0, 60]).Sample((days, count) => Days.Add(new DateOnly(last, 1, 1).AddDays(days), count) == naive.AddDays(new DateOnly(last, 1, 1).AddDays(days), count), iter: 500);
    }

    [Fact]
    public void Every_target_is_due_when_counting_says_so() => Gen.Select(AnyTarget, Gen.Bool, Moment).Sample((target, urgent, start) =>
        Clock.DueAt(target, start, urgent, Agreement) == NaiveDue(target, start, urgent), iter: 300);

    [Fact]
    public void After_a_pause_every_target_is_due_when_counting_says_so() => Gen.Select(AnyTarget, Moment, Gen.Int[0, 9000], Gen.Int[0, 30_000]).Sample((target, start, until, pause) =>
    {
        var due = Clock.DueAt(target, start, false, Agreement);
        var (paused, resumed) = (start.AddMinutes(until), start.AddMinutes(until + pause));
        return Clock.Resume(target, due, paused, resumed) == Naive.Resume(InClinicTime(target), due, paused, resumed);
    }, iter: 300);

    [Fact]
    public void The_words_are_those_that_counting_finds() => Gen.Select(Moment, Gen.Int[-12_000, 12_000]).Sample((now, minutes) =>
        Clock.Words(now.AddMinutes(minutes), now) == Naive.Words(now.AddMinutes(minutes), now), iter: 300);

    [Fact]
    public void A_part_of_a_targets_time_is_reached_when_counting_back_from_its_end_says_so() => Gen.Select(AnyTarget, Moment, Gen.Int[0, 1]).Sample((target, start, which) =>
    {
        var due = Clock.DueAt(target, start, false, Agreement);
        var minutes = Naive.Between(start, due, !InClinicTime(target));
        var whole = Clock.Time(target, start, due);
        var percent = which == 0 ? 50 : 80;
        var left = minutes * (100 - percent);
        if (left % 100 != 0) left -= left % 100; // whole minutes: the moment lies less than one before
        var reached = Clock.ReachedAt(target, due, whole, percent);
        var naive = Naive.Subtract(due, left / 100, !InClinicTime(target));
        return whole == TimeSpan.FromMinutes(minutes) && reached <= naive && naive - reached < TimeSpan.FromDays(6)
            && Clock.Time(target, reached, due) == whole * (100 - percent) / 100 && (left != minutes * (100 - percent) || reached == naive)
            && Clock.ReachedAt(target, due, whole, 100) == due;
    }, iter: 200);

    [Fact]
    public void The_parts_come_one_after_the_other_between_the_beginning_and_the_end() => Gen.Select(AnyTarget, Moment, Gen.Int[0, 20_000]).Sample((target, start, pause) =>
    {
        var due = Clock.DueAt(target, start, false, Agreement);
        var whole = Clock.Time(target, start, due);
        var moved = Clock.Resume(target, due, start, start.AddMinutes(pause));
        var (half, tight, end) = (Clock.ReachedAt(target, moved, whole, 50), Clock.ReachedAt(target, moved, whole, 80), Clock.ReachedAt(target, moved, whole, 100));
        return start <= half && half <= tight && tight <= end && end == moved;
    });

    [Fact]
    public void A_priority_that_changes_forth_and_back_leaves_the_due_time_as_it_was() => Gen.Select(Moment, Gen.Int[0, 6000], Gen.Int[0, 20_000]).Sample((start, until, pause) =>
    {
        var (routine, urgent) = (Clock.DueAt(Target.FirstAppointment, start, false, Agreement), Clock.DueAt(Target.FirstAppointment, start, true, Agreement));
        var paused = start.AddMinutes(until);
        if (paused > urgent) return true;
        var due = Clock.Resume(Target.FirstAppointment, routine, paused, paused.AddMinutes(pause));
        var hurried = Clock.Later(urgent, routine, due);
        return Clock.Later(routine, urgent, hurried) == due && hurried <= due;
    });

    public static TheoryData<string> Cases() => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Calendars", "Fixtures", "clock-cases.csv")).Skip(1)];

    // Counted by another program in another language: see make_clock_cases.py beside them.
    [Theory, MemberData(nameof(Cases))]
    public void Another_program_finds_the_same(string line)
    {
        var cells = line.Split(',');
        var (target, urgent, start) = (EnumText.Parse<Target>(cells[0]), bool.Parse(cells[1]), At(cells[2]));
        var due = Clock.DueAt(target, start, urgent, Agreement);
        Assert.Equal(At(cells[3]), due);
        Assert.Equal(At(cells[6]), Clock.Resume(target, due, At(cells[4]), At(cells[5])));
        Assert.Equal(At(cells[3]), NaiveDue(target, start, urgent));
    }

    [Fact]
    public void There_are_a_hundred_of_them() => Assert.Equal(100, Cases().Count);

    static DateTimeOffset NaiveDue(Target target, DateTimeOffset start, bool urgent) => target switch
    {
        Target.Acknowledgement => Naive.Add(start, 60),
        Target.RedFlagReview => Naive.Add(start, 30),
        Target.FirstAppointment => Naive.CloseAfterDays(start, urgent ? 2 : 5),
        Target.InitialReport => Naive.CloseAfterDays(start, 3),
        Target.DischargeReport => Naive.CloseAfterDays(start, 5),
        _ => Naive.CloseAfterDays(start, 1),
    };

    static bool InClinicTime(Target target) => target is Target.Acknowledgement or Target.RedFlagReview;

    static DateTimeOffset Start(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    static TimeOnly Time(int minute) => new(minute / 60, minute % 60);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
