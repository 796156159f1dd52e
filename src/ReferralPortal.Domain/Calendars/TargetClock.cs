namespace ReferralPortal.Domain.Calendars;

/// <summary>What is promised to be done by a time.</summary>
public enum Target
{
    /// <summary>A clinician looks at an urgent or emergency safety answer.</summary>
    RedFlagReview,
    /// <summary>The referral is accepted, declined or asked about.</summary>
    Triage,
    /// <summary>The patient is contacted.</summary>
    Contact,
    /// <summary>The patient has an initial assessment.</summary>
    FirstAppointment,
    /// <summary>The initial report is signed.</summary>
    InitialReport,
    /// <summary>The discharge report is signed.</summary>
    DischargeReport,
    /// <summary>The referrer is told that the referral has arrived.</summary>
    Acknowledgement,
}

/// <summary>What was agreed: clinic minutes for acknowledgement and review, working days for the rest.</summary>
public sealed record TargetAgreement(
    int RedFlagReviewMinutes = 30,
    int TriageDays = 1,
    int ContactDays = 1,
    int FirstAppointmentDays = 5,
    int UrgentFirstAppointmentDays = 2,
    int InitialReportDays = 3,
    int DischargeReportDays = 5,
    int AcknowledgementMinutes = 60,
    int PatientCheckDays = 3,
    int ReportQueryDays = 2);

/// <summary>What is to be expected of a promise.</summary>
public enum Outlook
{
    /// <summary>There is time enough.</summary>
    OnTime,
    /// <summary>Four fifths of its time are gone, or what is still free leaves no more than the last fifth.</summary>
    AtRisk,
    /// <summary>What is arranged, or the first that could be, comes after it.</summary>
    WillBeLate,
    /// <summary>Its time has run out.</summary>
    Late,
}

/// <summary>Computes when a target is due and says in words how it stands.</summary>
public sealed class TargetClock(ClinicHours hours, WorkingDays workingDays)
{
    readonly ClinicHours workingTime = hours.On(workingDays);

    /// <summary>When a target that starts at an instant is due (UTC). A target in working days is due when the clinics close on its last day.</summary>
    public DateTimeOffset DueAt(Target target, DateTimeOffset start, bool urgent, TargetAgreement agreement) => target switch
    {
        Target.Acknowledgement => hours.Add(start, TimeSpan.FromMinutes(agreement.AcknowledgementMinutes)),
        Target.RedFlagReview => hours.Add(start, TimeSpan.FromMinutes(agreement.RedFlagReviewMinutes)),
        Target.Triage => AfterWorkingDays(start, agreement.TriageDays),
        Target.Contact => AfterWorkingDays(start, agreement.ContactDays),
        Target.FirstAppointment => AfterWorkingDays(start, urgent ? agreement.UrgentFirstAppointmentDays : agreement.FirstAppointmentDays),
        Target.InitialReport => AfterWorkingDays(start, agreement.InitialReportDays),
        Target.DischargeReport => AfterWorkingDays(start, agreement.DischargeReportDays),
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, null),
    };

    /// <summary>The instant (UTC) at which a span of clinic time has passed.</summary>
    public DateTimeOffset AfterClinicTime(DateTimeOffset start, TimeSpan span) => hours.Add(start, span);

    /// <summary>Clinic time between two instants.</summary>
    public TimeSpan ClinicTime(DateTimeOffset from, DateTimeOffset to) => hours.Between(from, to);

    /// <summary>
    /// A target's new due time (UTC) after the clock stood still from <paramref name="pausedAt"/> to <paramref name="resumedAt"/>: what was left is left again,
    /// in the target's own calendar. One that was missed already stays missed, by as much as when the clock stopped.
    /// </summary>
    public DateTimeOffset Resume(Target target, DateTimeOffset dueAt, DateTimeOffset pausedAt, DateTimeOffset resumedAt)
    {
        if (dueAt < pausedAt) return dueAt + (resumedAt - pausedAt);
        if (InClinicTime(target)) return hours.Add(resumedAt, hours.Between(pausedAt, dueAt));

        var left = workingDays.Between(LondonTime.DateOf(pausedAt), LondonTime.DateOf(dueAt));
        var due = AfterWorkingDays(resumedAt, left);
        return due > resumedAt ? due : AfterWorkingDays(resumedAt, left + 1); // an answer that comes after closing does not make the clinic late
    }

    /// <summary>
    /// A due time in working days, put off by as many working days as another one was: from <paramref name="planned"/> to <paramref name="actual"/>.
    /// Nothing is brought forward.
    /// </summary>
    public DateTimeOffset Later(DateTimeOffset dueAt, DateTimeOffset planned, DateTimeOffset actual)
    {
        var days = workingDays.Between(LondonTime.DateOf(planned), LondonTime.DateOf(actual));
        return days <= 0 ? dueAt : AfterWorkingDays(dueAt, days);
    }

    /// <summary>The time that counts for a target between two instants: all clinic time, or that of working days for a target in working days.</summary>
    public TimeSpan Time(Target target, DateTimeOffset from, DateTimeOffset to) => Counted(target).Between(from, to);

    /// <summary>
    /// The instant (UTC) at which a part of a target's time is used up. Counted back from its end, so that time for which the clock stood still does not count.
    /// </summary>
    /// <param name="target">Which.</param>
    /// <param name="dueAt">When it is due now.</param>
    /// <param name="whole">The time that it had when it began (<see cref="Time"/>).</param>
    /// <param name="percent">The part: 100 is the end.</param>
    public DateTimeOffset ReachedAt(Target target, DateTimeOffset dueAt, TimeSpan whole, int percent) =>
        percent >= 100 || whole <= TimeSpan.Zero ? dueAt : Counted(target).Subtract(dueAt, whole * (100 - percent) / 100);

    /// <summary>What is to be expected of a target that is not met yet.</summary>
    /// <param name="target">Which.</param>
    /// <param name="dueAt">When it is due.</param>
    /// <param name="whole">The time that it had when it began.</param>
    /// <param name="now">The instant of reading.</param>
    /// <param name="expected">When it will be met at the earliest, where that is known: the appointment that is booked, or the first one that is free.</param>
    /// <param name="settled">Whether <paramref name="expected"/> is arranged, so that only its own lateness counts.</param>
    public Outlook Forecast(Target target, DateTimeOffset dueAt, TimeSpan whole, DateTimeOffset now, DateTimeOffset? expected = null, bool settled = false)
    {
        if (expected > dueAt && (settled || now <= dueAt)) return Outlook.WillBeLate;
        if (expected is not null && settled) return Outlook.OnTime;
        if (now > dueAt) return Outlook.Late;
        var tight = ReachedAt(target, dueAt, whole, AtRiskFrom);
        return now >= tight || expected >= tight ? Outlook.AtRisk : Outlook.OnTime;
    }

    /// <summary>From how much of its time on a target is at risk, in percent.</summary>
    public const int AtRiskFrom = 80;

    /// <summary>How the clock stands: "due in 2 h 10 min of clinic time", "overdue by 1 working day", "paused: waiting for the referrer".</summary>
    /// <param name="dueAt">When it is due.</param>
    /// <param name="now">The instant of reading.</param>
    /// <param name="pausedFor">Why it stands still; null while it runs.</param>
    public string Words(DateTimeOffset dueAt, DateTimeOffset now, string? pausedFor = null)
    {
        if (pausedFor is not null) return $"paused: {pausedFor}";
        var left = hours.Between(now, dueAt);
        if (left > TimeSpan.Zero)
        {
            var days = workingDays.Between(LondonTime.DateOf(now), LondonTime.DateOf(dueAt));
            return days switch
            {
                >= 2 => $"due in {days} working days",
                1 when left > LongestDay => "due in 1 working day",
                _ => $"due in {Span(left)} of clinic time",
            };
        }
        if (now <= dueAt) return "due now";
        var late = workingDays.Between(LondonTime.DateOf(dueAt), LondonTime.DateOf(now));
        return late switch
        {
            <= 0 => left == TimeSpan.Zero ? "overdue" : $"overdue by {Span(-left)} of clinic time",
            1 => "overdue by 1 working day",
            _ => $"overdue by {late} working days",
        };
    }

    // More clinic time than a day has says nothing to a reader; over a weekend it would count Saturday and Sunday too.
    static readonly TimeSpan LongestDay = TimeSpan.FromHours(12);

    ClinicHours Counted(Target target) => InClinicTime(target) ? hours : workingTime;

    static bool InClinicTime(Target target) => target is Target.Acknowledgement or Target.RedFlagReview;

    /// <summary>When the clinics close on the working day that is so many working days after an instant (UTC).</summary>
    public DateTimeOffset AfterWorkingDays(DateTimeOffset start, int days)
    {
        var last = workingDays.Add(LondonTime.DateOf(start), days);
        if (!workingDays.IsWorkingDay(last)) last = workingDays.Add(last, 1);
        var midnight = LondonTime.Instant(last, new TimeOnly(0, 0));
        var closes = hours.Add(midnight, hours.Between(midnight, LondonTime.Instant(last.AddDays(1), new TimeOnly(0, 0))));
        return closes;
    }

    static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => $"{span.Minutes} min",
        { Minutes: 0 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };
}
