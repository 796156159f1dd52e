using System.Globalization;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

/// <summary>Every clock of the domain, counted by hand on a calendar. London time; the reasoning stands in each name.</summary>
public class ClockCaseTests
{
    static readonly TargetClock Clock = new(ClinicHours.Published, new WorkingDays(NaiveCalendar.Listed()));

    [Theory]
    [InlineData("Acknowledge: one clinic hour on a working morning", Target.Acknowledgement, false, "2026-11-23 10:00", "2026-11-23 11:00")]
    [InlineData("Acknowledge: half an hour before closing and half an hour after opening", Target.Acknowledgement, false, "2026-11-23 19:30", "2026-11-24 08:30")]
    [InlineData("Acknowledge: in the night before the autumn change, from nine on the clock's Sunday", Target.Acknowledgement, false, "2026-10-24 23:30", "2026-10-25 10:00")]
    [InlineData("Acknowledge: in the night of the spring change, an hour after Sunday's opening", Target.Acknowledgement, false, "2026-03-29 00:30", "2026-03-29 10:00")]
    [InlineData("Acknowledge: on Christmas Day, which is a day of clinic hours", Target.Acknowledgement, false, "2026-12-25 10:00", "2026-12-25 11:00")]
    [InlineData("Red-flag review: thirty clinic minutes", Target.RedFlagReview, true, "2026-11-23 14:10", "2026-11-23 14:40")]
    [InlineData("Red-flag review: Saturday at ten to five, twenty minutes left over for Sunday at nine", Target.RedFlagReview, true, "2026-11-28 16:50", "2026-11-29 09:20")]
    [InlineData("Red-flag review: on New Year's Eve at ten to eight, the rest on New Year's morning", Target.RedFlagReview, true, "2026-12-31 19:50", "2027-01-01 08:20")]
    [InlineData("Triage: one working day, due when the clinics close", Target.Triage, false, "2026-11-23 10:00", "2026-11-24 20:00")]
    [InlineData("Triage: sent on Friday, due on Monday", Target.Triage, false, "2026-11-27 10:00", "2026-11-30 20:00")]
    [InlineData("Triage: sent on Maundy Thursday, due on Tuesday after Easter", Target.Triage, false, "2027-03-25 10:00", "2027-03-30 20:00")]
    [InlineData("Triage: sent on Christmas Eve 2027, when Christmas is Saturday and its days are Monday and Tuesday", Target.Triage, false, "2027-12-24 10:00", "2027-12-29 20:00")]
    [InlineData("Triage: sent on the last working day of 2027, when New Year's Day is a Saturday", Target.Triage, false, "2027-12-31 10:00", "2028-01-04 20:00")]
    [InlineData("Triage: sent the Friday before the state funeral of Monday 19 September 2022", Target.Triage, false, "2022-09-16 10:00", "2022-09-20 20:00")]
    [InlineData("Triage: sent the Friday before the coronation holiday of Monday 8 May 2023", Target.Triage, false, "2023-05-05 10:00", "2023-05-09 20:00")]
    [InlineData("Triage: sent late in the evening, the day still counts as the day of sending", Target.Triage, false, "2026-11-23 23:59", "2026-11-24 20:00")]
    [InlineData("Contact: one working day", Target.Contact, false, "2026-11-23 10:00", "2026-11-24 20:00")]
    [InlineData("Contact: sent on Saturday, due on Monday", Target.Contact, false, "2026-11-28 12:00", "2026-11-30 20:00")]
    [InlineData("First appointment, routine: five working days are a week", Target.FirstAppointment, false, "2026-11-23 10:00", "2026-11-30 20:00")]
    [InlineData("First appointment, routine: over Christmas 2026, whose days are Friday and Monday", Target.FirstAppointment, false, "2026-12-21 10:00", "2026-12-30 20:00")]
    [InlineData("First appointment, routine: over the Jubilee of Thursday and Friday", Target.FirstAppointment, false, "2022-05-31 10:00", "2022-06-09 20:00")]
    [InlineData("First appointment, routine: over the spring change, still when the clock shows eight", Target.FirstAppointment, false, "2026-03-25 10:00", "2026-04-01 20:00")]
    [InlineData("First appointment, urgent: two working days", Target.FirstAppointment, true, "2026-11-23 10:00", "2026-11-25 20:00")]
    [InlineData("First appointment, urgent: accepted on Friday, due on Tuesday", Target.FirstAppointment, true, "2026-11-27 10:00", "2026-12-01 20:00")]
    [InlineData("Initial report: three working days after the assessment", Target.InitialReport, false, "2026-11-25 15:00", "2026-11-30 20:00")]
    [InlineData("Discharge report: five working days", Target.DischargeReport, false, "2026-11-25 15:00", "2026-12-02 20:00")]
    [InlineData("Discharge report: over the August holiday", Target.DischargeReport, false, "2026-08-27 09:00", "2026-09-04 20:00")]
    public void Is_due(string why, Target target, bool urgent, string start, string due) => Assert.Equal((why, London(due)), (why, Clock.DueAt(target, London(start), urgent, new())));

    [Theory]
    [InlineData("Paused by a question: the working day that was left is left again", Target.Triage, "2026-11-24 20:00", "2026-11-23 15:00", "2026-11-26 09:00", "2026-11-27 20:00")]
    [InlineData("Paused by a question on the last day: answered in the morning, due the same day", Target.Triage, "2026-11-24 20:00", "2026-11-24 15:00", "2026-11-26 09:00", "2026-11-26 20:00")]
    [InlineData("Paused by a question on the last day: answered after closing, due the next working day", Target.Triage, "2026-11-24 20:00", "2026-11-24 15:00", "2026-11-27 21:00", "2026-11-30 20:00")]
    [InlineData("Paused by a question, answered within the hour: nothing changes", Target.Triage, "2026-11-24 20:00", "2026-11-23 15:00", "2026-11-23 15:40", "2026-11-24 20:00")]
    [InlineData("Paused because the patient waits until the third: four working days are left", Target.FirstAppointment, "2026-11-30 20:00", "2026-11-24 10:00", "2026-12-03 00:00", "2026-12-09 20:00")]
    [InlineData("Paused because the patient waits over Christmas: two working days are left", Target.FirstAppointment, "2026-12-18 20:00", "2026-12-16 10:00", "2026-12-27 00:00", "2026-12-30 20:00")]
    [InlineData("Paused over the autumn change in clinic time: ten minutes are left again", Target.Acknowledgement, "2026-10-24 10:00", "2026-10-24 09:50", "2026-10-25 08:30", "2026-10-25 09:10")]
    [InlineData("Missed before it was paused: stays missed, by as much as then", Target.Triage, "2026-11-24 20:00", "2026-11-25 10:00", "2026-11-25 12:00", "2026-11-24 22:00")]
    public void Is_due_after_a_pause(string why, Target target, string due, string paused, string resumed, string again)
    {
        var after = Clock.Resume(target, London(due), London(paused), London(resumed));
        Assert.Equal((why, London(again)), (why, after));
        if (London(due) < London(paused)) Assert.True(after < London(resumed), "missed stays missed");
    }

    [Theory]
    [InlineData("Half of a working day and the evening before", Target.Triage, "2026-11-23 10:00", 50, "2026-11-24 09:00")]
    [InlineData("Half of an hour", Target.Acknowledgement, "2026-11-23 10:00", 50, "2026-11-23 10:30")]
    [InlineData("Four fifths of half an hour, over the night", Target.RedFlagReview, "2026-11-23 19:50", 80, "2026-11-24 08:14")]
    [InlineData("The weekend is no part of a target in working days", Target.Triage, "2026-11-27 19:00", 50, "2026-11-30 13:30")]
    [InlineData("The end is the end", Target.Triage, "2026-11-23 10:00", 100, "2026-11-24 20:00")]
    public void Part_of_its_time_is_used_up(string why, Target target, string start, int percent, string reached)
    {
        var due = Clock.DueAt(target, London(start), false, new());
        Assert.Equal((why, London(reached)), (why, Clock.ReachedAt(target, due, Clock.Time(target, London(start), due), percent)));
    }

    [Theory]
    [InlineData("Time enough", "2026-11-24 10:00", null, false, Outlook.OnTime)]
    [InlineData("The last fifth has begun", "2026-11-30 12:00", null, false, Outlook.AtRisk)]
    [InlineData("Out of time", "2026-11-30 20:01", null, false, Outlook.Late)]
    [InlineData("Booked before it is due", "2026-11-24 10:00", "2026-11-30 18:00", true, Outlook.OnTime)]
    [InlineData("Booked after it is due", "2026-11-24 10:00", "2026-12-01 09:00", true, Outlook.WillBeLate)]
    [InlineData("Booked in time and the day has come", "2026-11-30 21:00", "2026-11-30 18:00", true, Outlook.OnTime)]
    [InlineData("The first free appointment comes too late", "2026-11-24 10:00", "2026-12-01 09:00", false, Outlook.WillBeLate)]
    [InlineData("The first free appointment is a tight one", "2026-11-24 10:00", "2026-11-30 18:00", false, Outlook.AtRisk)]
    [InlineData("The first free appointment is tomorrow", "2026-11-24 10:00", "2026-11-25 09:00", false, Outlook.OnTime)]
    [InlineData("Out of time, whatever is free", "2026-11-30 20:01", "2026-12-01 09:00", false, Outlook.Late)]
    public void Is_to_be_expected(string why, string now, string? expected, bool settled, Outlook outlook)
    {
        var (start, due) = (London("2026-11-23 10:00"), London("2026-11-30 20:00"));
        Assert.Equal((why, outlook), (why, Clock.Forecast(Target.FirstAppointment, due, Clock.Time(Target.FirstAppointment, start, due), London(now), expected is null ? null : London(expected), settled)));
    }

    static DateTimeOffset London(string text)
    {
        var shown = DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return LondonTime.Instant(DateOnly.FromDateTime(shown), TimeOnly.FromDateTime(shown));
    }
}
