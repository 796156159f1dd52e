using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals;

/// <summary>
/// Which target runs after which step, on the clinic group's own hours and holidays. The targets are the clinic's own until <see cref="For(Guid)"/> names
/// whose referral it is: whatever computes a due time asks for that first.
/// </summary>
public sealed class ReferralClock
{
    readonly TargetClock clock;
    readonly TargetAgreement own;
    readonly ILookup<Guid, AgreedTargets> agreements;
    readonly IReadOnlyList<(DateOnly From, TargetAgreement Targets)> agreed = [];

    // Reading hours, holidays and targets costs as much as all else that submitting does with them; a catalogue's content never changes.
    static readonly ConditionalWeakTable<CatalogueContent, ReferralClock> Made = [];

    /// <summary>On the clinic's own targets. The same for the same content.</summary>
    public static ReferralClock On(CatalogueContent catalogue) => Made.GetValue(catalogue, static content => new(content));

    ReferralClock(CatalogueContent catalogue)
    {
        clock = new(Hours(catalogue.Group.OpeningHours), new WorkingDays(catalogue.BankHolidays));
        own = Targets(catalogue.Group.Targets);
        agreements = catalogue.Agreements;
    }

    ReferralClock(ReferralClock clinic, IReadOnlyList<(DateOnly, TargetAgreement)> agreed) =>
        (clock, own, agreements, this.agreed) = (clinic.clock, clinic.own, clinic.agreements, agreed);

    /// <summary>The same clock on what was agreed with an organisation that refers.</summary>
    public ReferralClock For(Guid organisation) =>
        agreements.Contains(organisation) ? new(this, [.. agreements[organisation].Select(one => (one.ValidFrom, Targets(one.Targets)))]) : this;

    /// <inheritdoc cref="For(Guid)"/>
    public ReferralClock For(LockedReferral referral) => For(referral.ReferringOrganisationId);

    /// <summary>What holds for a target that begins at an instant: what was agreed last by that day.</summary>
    public TargetAgreement AgreementAt(DateTimeOffset start)
    {
        var day = LondonTime.DateOf(start);
        foreach (var (from, targets) in agreed)
            if (from <= day) return targets;
        return own;
    }

    static TargetAgreement Targets(string json) => JsonSerializer.Deserialize<TargetAgreement>(json, JsonSerializerOptions.Web) ?? new TargetAgreement();

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
            // A clock that stands still already, because the patient asked to wait, stands still since then.
            ReferralAction.AskForInformation => before is null ? new(null, null, at) : before with { PausedAt = before.PausedAt ?? at },
            ReferralAction.Answer when before is { PausedAt: not null } => Waits(before, at) ? before : Resume(before, urgent, at),
            ReferralAction.Accept => Due(Target.FirstAppointment, at, urgent).Waiting(before, at),
            ReferralAction.BookFirstAppointment => LifecycleStep.Clock.Stopped,
            ReferralAction.RecordAttendance => Due(Target.InitialReport, at, urgent),
            ReferralAction.Discharge or ReferralAction.Close or ReferralAction.Decline or ReferralAction.Withdraw => LifecycleStep.Clock.Stopped,
            _ => before ?? LifecycleStep.Clock.Stopped,
        };
    }

    /// <summary>The clock itself, on the clinic group's hours and holidays: for <c>TargetClockText</c>.</summary>
    public TargetClock TargetClock => clock;

    /// <summary>Whether the patient's wait goes on at an instant.</summary>
    public static bool Waits(LifecycleStep.Clock before, DateTimeOffset at) => before.WaitsUntil > LondonTime.DateOf(at);

    /// <summary>The clock when it runs again at <paramref name="at"/>: what was left is left again.</summary>
    public LifecycleStep.Clock Resume(LifecycleStep.Clock paused, bool urgent, DateTimeOffset at)
    {
        if (paused is not { DueFor: { } code, DueAt: { } due, PausedAt: { } since }) return paused with { PausedAt = null, WaitsUntil = null };
        var target = EnumText.Parse<Target>(code);
        var resumed = paused with { DueAt = clock.Resume(target, due, since, at), PausedAt = null, WaitsUntil = null };
        return resumed with { ChecksAt = NextCheck(resumed, urgent, at) };
    }

    /// <summary>The time that a running target had when it began, as it is counted for it.</summary>
    public TimeSpan Whole(Target target, DateTimeOffset start, bool urgent) => clock.Time(target, start, clock.DueAt(target, start, urgent, AgreementAt(start)));

    /// <summary>How far a target is by now: the last of <see cref="Levels"/> that it has reached; 0 before the first.</summary>
    public int Level(Target target, DateTimeOffset start, DateTimeOffset dueAt, bool urgent, DateTimeOffset now)
    {
        var whole = Whole(target, start, urgent);
        return Levels.LastOrDefault(level => clock.ReachedAt(target, dueAt, whole, level) <= now);
    }

    /// <summary>When a target reaches a level.</summary>
    public DateTimeOffset ReachedAt(Target target, DateTimeOffset start, DateTimeOffset dueAt, bool urgent, int level) =>
        clock.ReachedAt(target, dueAt, Whole(target, start, urgent), level);

    /// <summary>The parts of its time, in percent, at which somebody is told that a target is not met yet.</summary>
    public static readonly IReadOnlyList<int> Levels = [50, 80, 100];

    DateTimeOffset? NextCheck(LifecycleStep.Clock running, bool urgent, DateTimeOffset at)
    {
        if (running is not { DueFor: { } code, DueAt: { } due, PausedAt: null }) return null;
        var (target, start) = (EnumText.Parse<Target>(code), running.StartedAt ?? at);
        var whole = Whole(target, start, urgent);
        return Levels.Select(level => clock.ReachedAt(target, due, whole, level)).Where(moment => moment > at).Cast<DateTimeOffset?>().FirstOrDefault() ?? at;
    }

    /// <summary>When a target that begins at an instant is due, by what was agreed.</summary>
    public DateTimeOffset DueAt(Target target, DateTimeOffset start, bool urgent) => clock.DueAt(target, start, urgent, AgreementAt(start));

    /// <summary>Why a paused clock stands still, in words; null while it runs.</summary>
    public static string? PausedFor(DateTimeOffset? pausedAt, DateOnly? waitsUntil = null) =>
        pausedAt is null ? null : waitsUntil is { } day ? $"the patient asked to wait until {Formats.Date(day)}" : "waiting for the referrer";

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

    /// <summary>
    /// The clock when the priority of a referral that is open became another: a first appointment is due sooner or later by it, from when its target began, and
    /// by the working days for which the clock stood still. Whatever else is due stays.
    /// </summary>
    public LifecycleStep.Clock AfterPriority(Priority priority, DateTimeOffset at, LifecycleStep.Clock before)
    {
        if (before is not { DueFor: { } code, DueAt: { } due, StartedAt: { } start } || code != EnumText.Of(Target.FirstAppointment)) return before;
        var urgent = priority == Priority.Urgent;
        var moved = before with { DueAt = clock.Later(DueAt(Target.FirstAppointment, start, urgent), DueAt(Target.FirstAppointment, start, !urgent), due) };
        return moved with { ChecksAt = NextCheck(moved, urgent, at) };
    }

    /// <summary>The clock when the initial assessment fell through and nothing else is booked: a first appointment is due again.</summary>
    public LifecycleStep.Clock ToRebook(Priority priority, DateTimeOffset at) => Due(Target.FirstAppointment, at, priority == Priority.Urgent);

    /// <summary>The clock when the clinician has begun the discharge report: it runs from when the patient was last seen.</summary>
    public LifecycleStep.Clock ForDischargeReport(Priority priority, DateTimeOffset lastSeen) => Due(Target.DischargeReport, lastSeen, priority == Priority.Urgent);

    /// <summary>The clock when a safety answer is to be reviewed that came after the submission.</summary>
    public LifecycleStep.Clock ForReview(DateTimeOffset at) => Due(Target.RedFlagReview, at, urgent: true);

    /// <summary>When a reminder of an alert comes that was raised at <paramref name="raisedAt"/> and that nobody acknowledges.</summary>
    public DateTimeOffset ReminderAt(int step, DateTimeOffset raisedAt) => clock.AfterClinicTime(raisedAt, AlertReminders.After(step, ReviewTarget(raisedAt)));

    /// <summary>The last reminder that is due by now; 0 before the first.</summary>
    public int RemindersDue(DateTimeOffset raisedAt, DateTimeOffset now) => now <= raisedAt ? 0 : AlertReminders.Due(clock.ClinicTime(raisedAt, now), ReviewTarget(raisedAt));

    TimeSpan ReviewTarget(DateTimeOffset raisedAt) => TimeSpan.FromMinutes(AgreementAt(raisedAt).RedFlagReviewMinutes);

    /// <summary>How the clock stands, in words for the reader; null when nothing is due.</summary>
    public string? Words(DateTimeOffset? dueAt, DateTimeOffset? pausedAt, DateTimeOffset now, DateOnly? waitsUntil = null) =>
        dueAt is { } due ? clock.Words(due, now, PausedFor(pausedAt, waitsUntil)) : null;

    /// <summary>Whether the time has run out; never while the clock stands still.</summary>
    public static bool IsOverdue(DateTimeOffset? dueAt, DateTimeOffset? pausedAt, DateTimeOffset now) => pausedAt is null && dueAt < now;

    static bool IsReview(LifecycleStep.Clock? clock) => clock?.DueFor == EnumText.Of(Target.RedFlagReview);

    LifecycleStep.Clock Due(Target target, DateTimeOffset from, bool urgent)
    {
        var running = new LifecycleStep.Clock(EnumText.Of(target), DueAt(target, from, urgent)) { StartedAt = from };
        return running with { ChecksAt = NextCheck(running, urgent, from) };
    }

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
