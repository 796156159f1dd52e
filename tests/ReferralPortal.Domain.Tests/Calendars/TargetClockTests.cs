using CsCheck;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public class TargetClockTests
{
    static readonly WorkingDays Days = new([]);
    static readonly TargetClock Clock = new(ClinicHours.Published, Days);
    static readonly TargetAgreement Agreement = new();

    static readonly Gen<DateTimeOffset> Minute = Gen.Int[0, 6 * 365 * 24 * 60].Select(minutes => new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes));
    static readonly Gen<Target> AnyTarget = Gen.Int[0, 6].Select(target => (Target)target);

    [Theory]
    [InlineData(Target.Acknowledgement, false, "2026-11-23T10:00Z", "2026-11-23T11:00Z")]
    [InlineData(Target.RedFlagReview, false, "2026-11-23T19:45Z", "2026-11-24T08:15Z")]
    [InlineData(Target.Triage, false, "2026-11-23T10:00Z", "2026-11-24T20:00Z")]
    [InlineData(Target.Triage, false, "2026-11-27T10:00Z", "2026-11-30T20:00Z")]            // Friday to Monday
    [InlineData(Target.Triage, false, "2026-11-28T10:00Z", "2026-11-30T20:00Z")]            // Saturday to Monday
    [InlineData(Target.Contact, false, "2026-04-02T10:00Z", "2026-04-07T19:00Z")]           // over Easter, in summer time
    [InlineData(Target.FirstAppointment, false, "2026-12-21T10:00Z", "2026-12-30T20:00Z")]  // over Christmas
    [InlineData(Target.FirstAppointment, true, "2026-12-23T10:00Z", "2026-12-29T20:00Z")]
    [InlineData(Target.InitialReport, false, "2026-11-23T10:00Z", "2026-11-26T20:00Z")]
    [InlineData(Target.DischargeReport, true, "2026-11-23T10:00Z", "2026-11-30T20:00Z")]
    [InlineData(Target.Triage, false, "2026-06-30T23:30Z", "2026-07-02T19:00Z")]            // half past midnight on 1 July in London
    public void A_target_is_due_by_the_default_agreement(Target target, bool urgent, string start, string due) =>
        Assert.Equal(At(due), Clock.DueAt(target, At(start), urgent, Agreement));

    [Fact]
    public void An_agreement_of_its_own_is_followed()
    {
        Assert.Equal(At("2026-11-25T20:00Z"), Clock.DueAt(Target.Triage, At("2026-11-23T10:00Z"), false, Agreement with { TriageDays = 2 }));
        Assert.Equal(At("2026-11-23T10:15Z"), Clock.DueAt(Target.RedFlagReview, At("2026-11-23T10:00Z"), false, Agreement with { RedFlagReviewMinutes = 15 }));
        Assert.Equal(At("2026-11-30T20:00Z"), Clock.DueAt(Target.Triage, At("2026-11-28T10:00Z"), false, Agreement with { TriageDays = 0 }));
    }

    [Fact]
    public void A_target_is_due_later_than_it_starts_and_on_a_day_of_its_calendar() => Gen.Select(AnyTarget, Gen.Bool, Minute).Sample((target, urgent, start) =>
    {
        var due = Clock.DueAt(target, start, urgent, Agreement);
        var inClinicTime = target is Target.Acknowledgement or Target.RedFlagReview;
        return due > start && (inClinicTime || Days.IsWorkingDay(LondonTime.DateOf(due)) && LondonTime.Of(due).TimeOfDay == TimeSpan.FromHours(20));
    });

    [Fact]
    public void Who_starts_earlier_is_due_no_later() => Gen.Select(AnyTarget, Gen.Bool, Minute, Gen.Int[0, 20_000]).Sample((target, urgent, start, later) =>
        Clock.DueAt(target, start, urgent, Agreement) <= Clock.DueAt(target, start.AddMinutes(later), urgent, Agreement));

    [Fact]
    public void A_pause_never_brings_a_target_forward_nor_makes_it_late() => Gen.Select(AnyTarget, Minute, Gen.Int[0, 8000], Gen.Int[0, 60_000]).Sample((target, start, until, pause) =>
    {
        var due = Clock.DueAt(target, start, false, Agreement);
        var paused = start.AddMinutes(until);
        var resumed = paused.AddMinutes(pause);
        var after = Clock.Resume(target, due, paused, resumed);
        return due < paused ? after - due == resumed - paused : after >= due && after >= resumed;
    });

    [Fact]
    public void A_pause_of_no_time_changes_nothing() => Gen.Select(AnyTarget, Minute, Gen.Int[0, 8000]).Sample((target, start, until) =>
    {
        var due = Clock.DueAt(target, start, false, Agreement);
        var paused = start.AddMinutes(until);
        return paused > due || Clock.Resume(target, due, paused, paused) == due || paused == due;
    });

    [Fact]
    public void What_was_left_is_left_again_in_the_targets_own_calendar() => Gen.Select(AnyTarget, Minute, Gen.Int[0, 3000], Gen.Int[1, 60_000]).Sample((target, start, until, pause) =>
    {
        var due = Clock.DueAt(target, start, false, Agreement);
        var paused = start.AddMinutes(until);
        var resumed = paused.AddMinutes(pause);
        if (due <= paused) return true;
        var after = Clock.Resume(target, due, paused, resumed);
        if (target is Target.Acknowledgement or Target.RedFlagReview) return ClinicHours.Published.Between(resumed, after) == ClinicHours.Published.Between(paused, due);

        var (left, leftAgain) = (Days.Between(Day(paused), Day(due)), Days.Between(Day(resumed), Day(after)));
        return leftAgain == left || left == 0 && leftAgain == 1; // nothing left of that day and no working hours on this one: the next working day
    });

    [Fact]
    public void An_answer_at_the_weekend_leaves_the_working_days_that_were_left()
    {
        // Due Tuesday; asked on Monday with one working day left; answered on Saturday: due on the Monday after.
        Assert.Equal(At("2026-11-30T20:00Z"), Clock.Resume(Target.Triage, At("2026-11-24T20:00Z"), At("2026-11-23T15:00Z"), At("2026-11-28T12:00Z")));
        // Due the same day; answered on a later day after closing: the next working day.
        Assert.Equal(At("2026-11-27T20:00Z"), Clock.Resume(Target.Triage, At("2026-11-24T20:00Z"), At("2026-11-24T15:00Z"), At("2026-11-26T21:00Z")));
    }

    [Theory]
    [InlineData("2026-11-23T10:00Z", "2026-11-23T12:10Z", "due in 2 h 10 min of clinic time")]
    [InlineData("2026-11-23T10:00Z", "2026-11-23T12:00Z", "due in 2 h of clinic time")]
    [InlineData("2026-11-23T10:00Z", "2026-11-23T10:45Z", "due in 45 min of clinic time")]
    [InlineData("2026-11-23T19:30Z", "2026-11-24T08:30Z", "due in 1 h of clinic time")]
    [InlineData("2026-11-23T10:00:30Z", "2026-11-23T10:01Z", "due in less than a minute of clinic time")]
    [InlineData("2026-11-23T10:00Z", "2026-11-24T20:00Z", "due in 1 working day")]
    [InlineData("2026-11-27T19:00Z", "2026-11-30T20:00Z", "due in 1 working day")]
    [InlineData("2026-11-23T10:00Z", "2026-11-26T20:00Z", "due in 3 working days")]
    [InlineData("2026-11-24T06:00Z", "2026-11-24T08:00Z", "due now")]
    [InlineData("2026-11-23T21:00Z", "2026-11-23T20:00Z", "overdue")]
    [InlineData("2026-11-23T11:05Z", "2026-11-23T10:00Z", "overdue by 1 h 5 min of clinic time")]
    [InlineData("2026-11-28T10:00Z", "2026-11-27T20:00Z", "overdue by 1 h of clinic time")]
    [InlineData("2026-11-24T09:00Z", "2026-11-23T20:00Z", "overdue by 1 working day")]
    [InlineData("2026-11-26T09:00Z", "2026-11-23T20:00Z", "overdue by 3 working days")]
    [InlineData("2026-04-07T09:00Z", "2026-04-02T19:00Z", "overdue by 1 working day")]
    public void How_it_stands_is_said_in_words(string now, string due, string words) => Assert.Equal(words, Clock.Words(At(due), At(now)));

    [Fact]
    public void A_clock_that_stands_still_says_why_and_is_never_overdue() =>
        Assert.Equal("paused: waiting for the referrer", Clock.Words(At("2026-11-01T10:00Z"), At("2026-11-23T10:00Z"), "waiting for the referrer"));

    [Fact]
    public void It_is_overdue_in_words_when_the_time_has_passed_and_at_no_other_time() => Gen.Select(Minute, Gen.Int[-20_000, 20_000]).Sample((now, minutes) =>
        Clock.Words(now.AddMinutes(minutes), now).StartsWith("overdue", StringComparison.Ordinal) == minutes < 0);

    static DateOnly Day(DateTimeOffset at) => LondonTime.DateOf(at);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
