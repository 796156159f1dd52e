using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Contact;

/// <summary>
/// Writes down that somebody tried to reach the patient, and what came of it. Allowed to clinic administrators and clinicians while a referral is open.
/// Everybody on it reads that it was tried and whether the patient was reached; the note is the clinic's own. Reaching the patient for the first time keeps
/// the promise to do so; one who asks to wait stops the clock until then.
/// </summary>
public sealed class LogContact(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The most that may be noted.</summary>
    public const int LongestNote = 1000;

    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw: an attempt is logged once, however often it is sent.</param>
    /// <param name="Channel">How it was tried.</param>
    /// <param name="Outcome">What came of it; one that fits the channel.</param>
    /// <param name="WaitUntil">The day until which the patient asked to wait; for that outcome alone.</param>
    /// <param name="Note">For the clinic's people; may be empty.</param>
    public sealed record Command(Guid Referral, int Version, ContactChannel? Channel, ContactOutcome? Outcome, DateOnly? WaitUntil, string Note);

    /// <summary>Returns whether the patient was reached.</summary>
    public async Task<Outcome<bool>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return Outcome.Refused("Your role does not allow this: clinic administrators and clinicians reach patients.");

        var clocks = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<bool>(actor, async unit =>
        {
            if (Check(command, LondonTime.DateOf(unit.Now)) is { Count: > 0 } errors) return Outcome.Invalid(errors);
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.LogContact);
            if (begun.Value is not { } referral) return begun.Failure!;

            var reached = ContactAttempts.Reaches(command.Outcome!.Value);
            if (reached) await unit.KeepPromise(referral, clocks.For(referral));
            await unit.Run(Insert, new
            {
                contactId = Guid.CreateVersion7(unit.Now), referralId = referral.Id, at = unit.Now, channel = EnumText.Of(command.Channel!.Value), outcome = EnumText.Of(command.Outcome.Value),
                command.WaitUntil, note = string.IsNullOrWhiteSpace(command.Note) ? null : command.Note.Trim(), by = actor.UserId, name = actor.DisplayName,
            });
            var clock = ClockAfter(command, referral, clocks.For(referral), reached, unit.Now);
            var waits = command.WaitUntil is not null && clock?.WaitsUntil == command.WaitUntil;
            await unit.Record(referral, ReferralAction.LogContact, AuditAction.LogContact,
                new StepRecord(Detail: new { channel = EnumText.Of(command.Channel.Value), reached, waitUntil = command.WaitUntil, clockWaits = waits }), clock);
            if (waits)
            {
                unit.Queue(new PatientWaitOver(referral.Id, command.WaitUntil!.Value), referral.Id, LondonTime.Instant(command.WaitUntil.Value, TimeOnly.MinValue));
                unit.Queue(new ClockPaused(referral.Id), referral.Id);
            }
            return reached;
        }, ct);
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        if (command.Channel is not { } channel) errors[nameof(Command.Channel)] = "Choose how you tried to reach the patient";
        else if (command.Outcome is not { } outcome || !ContactAttempts.OutcomesOf(channel).Contains(outcome)) errors[nameof(Command.Outcome)] = "Choose what came of it";
        else if (outcome != ContactOutcome.AskedToWait && command.WaitUntil is not null) errors[nameof(Command.WaitUntil)] = "Leave the day out unless the patient asked to wait";
        else if (outcome == ContactOutcome.AskedToWait)
        {
            if (command.WaitUntil is not { } until) errors[nameof(Command.WaitUntil)] = "Enter the day until which the patient wants to wait";
            else if (until <= today) errors[nameof(Command.WaitUntil)] = "The day must be after today";
            else if (until > today.AddDays(PauseClock.LongestWaitInDays)) errors[nameof(Command.WaitUntil)] = "The day must be within a year";
        }
        if (command.Note.Length > LongestNote) errors[nameof(Command.Note)] = $"Use {LongestNote:N0} characters or fewer";
        return errors;
    }

    // What is due besides goes on; where contact itself was due, the first appointment is due next. A wait stops whatever can wait.
    static LifecycleStep.Clock? ClockAfter(Command command, LockedReferral referral, ReferralClock clock, bool reached, DateTimeOffset now)
    {
        var after = reached && referral.DueFor == EnumText.Of(Target.Contact) ? clock.After(ReferralAction.Accept, referral.Priority, referral.StandingRedFlag(), now, referral.Clock) : null;
        if (command.WaitUntil is not { } until || ClockRules.WhyNotPaused((after ?? referral.Clock).DueFor) is not null) return after;
        return (after ?? referral.Clock) with { PausedAt = referral.ClockPausedAt ?? now, WaitsUntil = until };
    }

    const string Insert = """
        insert into patient_contact (id, referral_id, at, channel, outcome, wait_until, note, made_by, made_by_name)
        values (@contactId, @referralId, @at, @channel, @outcome, @waitUntil, @note, @by, @name)
        """;
}
