using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>
/// Look whether the target that is due at <paramref name="DueAt"/> is met. One that is due at another time by then has a message of its own, one that stands
/// still gets one when it runs again, and one that is met needs none: this message then ends.
/// </summary>
public sealed record ClockCheck(Guid ReferralId, DateTimeOffset DueAt);

/// <summary>Beginning to watch the clock of a referral that has just been sent, in its own round trip.</summary>
public static class WatchingClocks
{
    public static PortalBatch Watch(this PortalBatch unit, Guid referralId, LifecycleStep.Clock clock) =>
        clock.DueAt is { } due ? unit.Queue(new ClockCheck(referralId, due), referralId, clock.ChecksAt) : unit;
}

/// <summary>
/// Raises the level of a target at 50, 80 and 100 % of its time, writes it down and says so once, and comes back for the next one. Run twice, or by two nodes,
/// it does nothing the second time; run late it goes to the level that is reached by then. Where the target was moved, so that it has more time again, the
/// level that the queue shows goes down with it, and what was said is not said again.
/// </summary>
public sealed class CheckClock(PortalDatabase database, CatalogueStore catalogue) : IMessageHandler<ClockCheck>
{
    public async Task Handle(Actor portal, ClockCheck message, CancellationToken ct)
    {
        var clocks = ReferralClock.On(await catalogue.Get(ct));
        await database.Write<int>(portal, async unit =>
        {
            if (await unit.One<Running>(Hold, new { message.ReferralId }) is not { } running || !SameInstant(running.DueAt, message.DueAt)) return 0;

            var (clock, target, urgent) = (clocks.For(running.Organisation), running.DueFor.Value, running.Priority.Value == Priority.Urgent);
            var level = clock.Level(target, running.Began, running.DueAt, urgent, unit.Now);
            if (level != running.Level) await unit.Run(SetLevel, new { message.ReferralId, level });
            if (level > 0 && await unit.Run(WriteDown, new { id = Guid.CreateVersion7(unit.Now), message.ReferralId, target = EnumText.Of(target), running.Began, level, at = unit.Now }) > 0)
                unit.Queue(new ClockEscalated(message.ReferralId, target, level), message.ReferralId);

            if (ReferralClock.Levels.FirstOrDefault(next => next > level) is > 0 and var next)
                unit.Queue(message, message.ReferralId, clock.ReachedAt(target, running.Began, running.DueAt, urgent, next));
            return level;
        }, ct);
    }

    // The database keeps microseconds.
    static bool SameInstant(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() < TimeSpan.FromMilliseconds(1);

    sealed record Running(Guid Organisation, Coded<Target> DueFor, DateTimeOffset DueAt, DateTimeOffset Began, Coded<Priority> Priority, short Level);

    const string Hold = """
        select r.referring_organisation_id as organisation, r.due_for, r.due_at, portal.clock_began(r) as began, r.priority, r.escalation_level as level
        from referral r
        where r.id = @referralId and r.due_for is not null and r.due_at is not null and r.clock_paused_at is null
            and r.state not in ('discharged', 'closed', 'declined', 'withdrawn')
        for update
        """;

    // No step of the referral: nobody who has it open is told that it was changed under them, but pages show it.
    const string SetLevel = """
        with raised as (update referral set escalation_level = @level where id = @referralId returning id)
        select pg_notify('referral_event', id::text) from raised
        """;

    const string WriteDown = """
        insert into clock_escalation (id, referral_id, target, started_at, level, at)
        values (@id, @referralId, @target, @began, @level, @at)
        on conflict (referral_id, target, started_at, level) do nothing
        """;
}
