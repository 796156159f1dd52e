using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>
/// Ends the patient's wait before its day: the clock runs again with the time that was left, except while the referrer is still asked for something. Allowed
/// to clinic administrators and clinicians.
/// </summary>
public sealed class ResumeClock(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Reason">Why, for the readers of the timeline; may be empty.</param>
    public sealed record Command(Guid Referral, int Version, string Reason = "");

    /// <summary>Returns when the target is due now (UTC).</summary>
    public async Task<Outcome<DateTimeOffset?>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.StopsClocks()) return ClockRules.NotYours;
        if (command.Reason.Length > PauseClock.LongestReason) return Outcome.Invalid(nameof(Command.Reason), $"Use {PauseClock.LongestReason:N0} characters or fewer");

        var clocks = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<DateTimeOffset?>(actor, async unit =>
        {
            var opened = await unit.Open(command.Referral, command.Version);
            if (opened.Value is not { } referral) return opened.Failure!;
            if (referral is not { ClockPausedAt: not null, ClockWaitsUntil: not null }) return Outcome.Refused("The clock does not stand still for the patient.");
            return await unit.EndWait(referral, clocks, unit.Now, dayCame: false, command.Reason);
        }, ct);
    }
}

/// <summary>The day has come until which the patient asked to wait. Another day that was agreed later has a message of its own.</summary>
public sealed record PatientWaitOver(Guid ReferralId, DateOnly Until);

/// <summary>Lets the clock run again on the day until which the patient asked to wait: from that day's beginning, however late the message comes.</summary>
public sealed class EndPatientWait(PortalDatabase database, CatalogueStore catalogue) : IMessageHandler<PatientWaitOver>
{
    public async Task Handle(Actor portal, PatientWaitOver message, CancellationToken ct)
    {
        var clocks = ReferralClock.On(await catalogue.Get(ct));
        await database.Write<DateTimeOffset?>(portal, async unit =>
        {
            if (await unit.One<int?>(Hold, new { message.ReferralId, message.Until }) is not { } version) return Outcome.Missing;
            var opened = await unit.Open(message.ReferralId, version);
            return opened.Value is { } referral
                ? await unit.EndWait(referral, clocks, LondonTime.Instant(message.Until, TimeOnly.MinValue), dayCame: true)
                : opened.Failure!;
        }, ct);
    }

    const string Hold = "select version from referral where id = @referralId and clock_waits_until = @until and clock_paused_at is not null for update";
}

static class EndingWaits
{
    internal static async Task<DateTimeOffset?> EndWait(this PortalUnit unit, LockedReferral referral, ReferralClock clocks, DateTimeOffset at, bool dayCame, string reason = "")
    {
        var since = referral.ClockPausedAt!.Value;
        var clock = referral.State == ReferralState.InformationRequested
            ? referral.Clock with { WaitsUntil = null }
            : clocks.For(referral).Resume(referral.Clock, referral.Priority.Value == Priority.Urgent, at > since ? at : since);
        var runs = clock.PausedAt is null;
        await unit.Note(referral, "resume_clock", AuditAction.ResumeClock, null, new { target = referral.DueFor, dueAt = runs ? clock.DueAt : null, dayCame }, clock,
            words: string.IsNullOrWhiteSpace(reason) ? null : reason.Trim());
        unit.Queue(new ClockResumed(referral.Id), referral.Id);
        return runs ? clock.DueAt : null;
    }
}
