using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Triage.Contact;

/// <summary>Look whether the patient was reached for the first time since the acceptance at <paramref name="Since"/>. Where it was, or the acceptance was taken back, the message ends.</summary>
public sealed record ContactCheck(Guid ReferralId, DateTimeOffset Since);

/// <summary>
/// Says at 50, 80 and 100 % of its time, once each, that nobody has reached the patient yet. The promise runs beside the first appointment, so the mark of the
/// queue, which belongs to that, is left alone. A patient who is booked has been spoken to.
/// </summary>
public sealed class CheckContact(PortalDatabase database, CatalogueStore catalogue) : IMessageHandler<ContactCheck>
{
    public async Task Handle(Actor portal, ContactCheck message, CancellationToken ct)
    {
        var clocks = ReferralClock.On(await catalogue.Get(ct));
        await database.Write<int>(portal, async unit =>
        {
            if (await unit.One<Promised>(StillPromised, new { message.ReferralId }) is not { } promised) return 0;
            if (await unit.ContactPromisedSince(message.ReferralId) is not { } since || (since - message.Since).Duration() > TimeSpan.FromMilliseconds(1)) return 0;

            var (clock, urgent) = (clocks.For(promised.Organisation), promised.Priority.Value == Priority.Urgent);
            var due = clock.DueAt(Target.Contact, since, urgent);
            var level = clock.Level(Target.Contact, since, due, urgent, unit.Now);
            if (level > 0 && await unit.Run(WriteDown, new { id = Guid.CreateVersion7(unit.Now), message.ReferralId, since, level, at = unit.Now }) > 0)
                unit.Queue(new ClockEscalated(message.ReferralId, Target.Contact, level), message.ReferralId);
            unit.WatchContact(message.ReferralId, since, clock, urgent, level);
            return level;
        }, ct);
    }

    sealed record Promised(Guid Organisation, Coded<Priority> Priority);

    // While the clock stands still for a patient who asked to wait, that patient was reached.
    const string StillPromised = "select referring_organisation_id as organisation, priority from referral where id = @referralId and state = 'accepted' for update";

    const string WriteDown = """
        insert into clock_escalation (id, referral_id, target, started_at, level, at)
        values (@id, @referralId, 'contact', @since, @level, @at)
        on conflict (referral_id, target, started_at, level) do nothing
        """;
}

/// <summary>Beginning to watch the promise of a first contact.</summary>
static class WatchingContact
{
    /// <summary>Comes back at the next level after <paramref name="level"/>, where there is one.</summary>
    internal static void WatchContact(this PortalUnit unit, Guid referralId, DateTimeOffset since, ReferralClock clock, bool urgent, int level = 0)
    {
        if (ReferralClock.Levels.FirstOrDefault(next => next > level) is > 0 and var next)
            unit.Queue(new ContactCheck(referralId, since), referralId, clock.ReachedAt(Target.Contact, since, clock.DueAt(Target.Contact, since, urgent), urgent, next));
    }
}
