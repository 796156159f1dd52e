using System.Globalization;
using System.Text.Json;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals;

/// <summary>Which target runs after which step, on the clinic group's own hours, holidays and agreement.</summary>
public sealed class ReferralClock(CatalogueContent catalogue)
{
    readonly TargetClock clock = new(Hours(catalogue.Group.OpeningHours), new WorkingDays(catalogue.BankHolidays));
    readonly TargetAgreement agreement = JsonSerializer.Deserialize<TargetAgreement>(catalogue.Group.Targets, JsonSerializerOptions.Web) ?? new TargetAgreement();

    /// <summary>The clock after a step taken at <paramref name="at"/>.</summary>
    /// <param name="action">The step.</param>
    /// <param name="priority">The referral's priority after it.</param>
    /// <param name="redFlags">The tier of safety answers that no clinician has cleared.</param>
    /// <param name="at">When the step is taken.</param>
    /// <param name="before">The clock before it, for steps that pause or resume.</param>
    public LifecycleStep.Clock After(ReferralAction action, Priority priority, RedFlagTier? redFlags, DateTimeOffset at, LifecycleStep.Clock? before = null)
    {
        var urgent = priority == Priority.Urgent;
        return action switch
        {
            ReferralAction.Submit => Due(redFlags is null ? Target.Triage : Target.RedFlagReview, at, urgent),
            // A safety review is the clinic's own to do: it waits for no referrer, and being accepted is no review.
            ReferralAction.AskForInformation or ReferralAction.Accept when redFlags is not null && IsReview(before) => before!,
            ReferralAction.AskForInformation => new(before?.DueFor, before?.DueAt, at),
            ReferralAction.Answer when before is { DueFor: { } target, DueAt: { } due, PausedAt: { } paused } =>
                new(target, clock.Resume(EnumText.Parse<Target>(target), due, paused, at)),
            ReferralAction.Accept => Due(Target.FirstAppointment, at, urgent),
            ReferralAction.BookFirstAppointment => LifecycleStep.Clock.Stopped,
            ReferralAction.RecordAttendance => Due(Target.InitialReport, at, urgent),
            ReferralAction.Discharge or ReferralAction.Close or ReferralAction.Decline or ReferralAction.Withdraw => LifecycleStep.Clock.Stopped,
            _ => before ?? LifecycleStep.Clock.Stopped,
        };
    }

    /// <summary>The clock itself, on the clinic group's hours and holidays: for <c>TargetClockText</c>.</summary>
    public TargetClock TargetClock => clock;

    /// <summary>Why a paused clock stands still, in words; null while it runs.</summary>
    public static string? PausedFor(DateTimeOffset? pausedAt) => pausedAt is null ? null : "waiting for the referrer";

    /// <summary>
    /// The clock after a clinician cleared the safety answers: the review is done, and the target of the referral's state runs, from when it began.
    /// Where the referrer had been asked for something meanwhile, it stands still since then.
    /// </summary>
    public LifecycleStep.Clock AfterClearing(ReferralState state, Priority priority, DateTimeOffset submittedAt, DateTimeOffset stateSince, LifecycleStep.Clock before) => state switch
    {
        _ when !IsReview(before) => before,
        ReferralState.Submitted or ReferralState.InTriage => Due(Target.Triage, submittedAt, priority == Priority.Urgent),
        ReferralState.InformationRequested => Due(Target.Triage, submittedAt, priority == Priority.Urgent) with { PausedAt = stateSince },
        ReferralState.Accepted => Due(Target.FirstAppointment, stateSince, priority == Priority.Urgent),
        _ => LifecycleStep.Clock.Stopped,
    };

    /// <summary>The clock when the initial assessment fell through and nothing else is booked: a first appointment is due again.</summary>
    public LifecycleStep.Clock ToRebook(Priority priority, DateTimeOffset at) => Due(Target.FirstAppointment, at, priority == Priority.Urgent);

    /// <summary>The clock when a safety answer is to be reviewed that came after the submission.</summary>
    public LifecycleStep.Clock ForReview(DateTimeOffset at) => Due(Target.RedFlagReview, at, urgent: true);

    /// <summary>When a reminder of an alert comes that was raised at <paramref name="raisedAt"/> and that nobody acknowledges.</summary>
    public DateTimeOffset ReminderAt(int step, DateTimeOffset raisedAt) => clock.AfterClinicTime(raisedAt, AlertReminders.After(step, ReviewTarget));

    /// <summary>The last reminder that is due by now; 0 before the first.</summary>
    public int RemindersDue(DateTimeOffset raisedAt, DateTimeOffset now) => now <= raisedAt ? 0 : AlertReminders.Due(clock.ClinicTime(raisedAt, now), ReviewTarget);

    TimeSpan ReviewTarget => TimeSpan.FromMinutes(agreement.RedFlagReviewMinutes);

    /// <summary>How the clock stands, in words for the reader; null when nothing is due.</summary>
    public string? Words(DateTimeOffset? dueAt, DateTimeOffset? pausedAt, DateTimeOffset now) =>
        dueAt is { } due ? clock.Words(due, now, PausedFor(pausedAt)) : null;

    /// <summary>Whether the time has run out; never while the clock stands still.</summary>
    public static bool IsOverdue(DateTimeOffset? dueAt, DateTimeOffset? pausedAt, DateTimeOffset now) => pausedAt is null && dueAt < now;

    static bool IsReview(LifecycleStep.Clock? clock) => clock?.DueFor == EnumText.Of(Target.RedFlagReview);

    LifecycleStep.Clock Due(Target target, DateTimeOffset from, bool urgent) => new(EnumText.Of(target), clock.DueAt(target, from, urgent, agreement));

    /// <summary>The clinic group's opening hours, from its settings.</summary>
    public static ClinicHours Hours(string json)
    {
        var week = JsonSerializer.Deserialize<Dictionary<string, DayHours?>>(json, JsonSerializerOptions.Web) ?? [];
        return new ClinicHours(week.Where(day => day.Value is not null).ToDictionary(
            day => Enum.Parse<DayOfWeek>(day.Key, ignoreCase: true),
            day => new OpeningTimes(Time(day.Value!.Opens), Time(day.Value.Closes))));
    }

    static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    sealed record DayHours(string Opens, string Closes);
}
