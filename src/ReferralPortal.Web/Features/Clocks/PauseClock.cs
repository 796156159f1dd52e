using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>
/// Stops the clock because the patient asked to wait until a day, and says so to whoever reads the referral; on that day it runs again by itself. Allowed to
/// clinic administrators and clinicians while triage, contact or a first appointment is due. What the clinic owes without the patient does not wait: the
/// review of a safety answer, and a report.
/// </summary>
public sealed class PauseClock(PortalDatabase database, TimeProvider clock)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestReason = 1000;

    /// <summary>How far ahead a patient may ask to wait.</summary>
    public const int LongestWaitInDays = 365;

    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Until">The day on which the clock runs again; required.</param>
    /// <param name="Reason">Why, for the readers of the timeline; required.</param>
    public sealed record Command(Guid Referral, int Version, DateOnly? Until, string Reason);

    /// <summary>Returns the day on which the clock runs again.</summary>
    public async Task<Outcome<DateOnly>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.StopsClocks()) return ClockRules.NotYours;
        if (Check(command, LondonTime.DateOf(clock.GetUtcNow())) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var until = command.Until!.Value;
        return await database.Write<DateOnly>(actor, async unit =>
        {
            var opened = await unit.Open(command.Referral, command.Version);
            if (opened.Value is not { } referral) return opened.Failure!;
            if (ClockRules.WhyNotPaused(referral) is { } why) return Outcome.Refused(why);

            await unit.Note(referral, "pause_clock", AuditAction.PauseClock, null, new { until, target = referral.DueFor },
                referral.Clock with { PausedAt = referral.ClockPausedAt ?? unit.Now, WaitsUntil = until }, words: command.Reason.Trim());
            unit.Queue(new PatientWaitOver(referral.Id, until), referral.Id, LondonTime.Instant(until, TimeOnly.MinValue));
            unit.Queue(new ClockPaused(referral.Id), referral.Id);
            return until;
        }, ct);
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        if (command.Until is not { } until) errors[nameof(Command.Until)] = "Enter the day until which the patient wants to wait";
        else if (until <= today) errors[nameof(Command.Until)] = "The day must be after today";
        else if (until > today.AddDays(LongestWaitInDays)) errors[nameof(Command.Until)] = "The day must be within a year";
        if (string.IsNullOrWhiteSpace(command.Reason)) errors[nameof(Command.Reason)] = "Write why the patient wants to wait";
        else if (command.Reason.Length > LongestReason) errors[nameof(Command.Reason)] = $"Use {LongestReason:N0} characters or fewer";
        return errors;
    }
}

/// <summary>The clock stands still because the patient asked to wait: whoever follows the referral may be told.</summary>
public sealed record ClockPaused(Guid ReferralId);

/// <summary>The patient's wait is over.</summary>
public sealed record ClockResumed(Guid ReferralId);

/// <summary>What pausing and resuming have in common.</summary>
public static class ClockRules
{
    static readonly Target[] Waiting = [Target.Triage, Target.Contact, Target.FirstAppointment];

    internal static readonly Failure NotYours = Outcome.Refused("Your role does not allow this: clinic administrators and clinicians stop a clock.");

    /// <summary>Whether the person stops and starts clocks at all.</summary>
    public static bool StopsClocks(this Actor actor) => actor.Triages() || actor.IsClinician();

    /// <summary>Why the clock of a referral cannot wait for the patient now; null when it can.</summary>
    public static string? WhyNotPaused(LockedReferral referral) => WhyNotPaused(referral.DueFor);

    /// <inheritdoc cref="WhyNotPaused(LockedReferral)"/>
    public static string? WhyNotPaused(string? dueFor) => !EnumText.TryParse<Target>(dueFor, out var target) ? "Nothing is due on this referral, so there is no clock to stop."
        : Waiting.Contains(target) ? null
        : target == Target.RedFlagReview ? "The review of a safety answer does not wait: a clinician reviews it first."
        : "A report does not wait for the patient.";
}
