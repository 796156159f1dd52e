using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Triage.Alerts;

/// <summary>
/// Look whether somebody has put their name to an urgent alert. <paramref name="Step"/> is the reminder that is due with it, and <paramref name="Round"/> which
/// raising of the alert it belongs to: a later one begins anew.
/// </summary>
public sealed record AlertEscalation(Guid ReferralId, int Step, int Round = 0);

/// <summary>Raising an urgent alert, and so beginning its reminders. The two ways for the two kinds of unit.</summary>
public static class RaisingAlerts
{
    /// <summary>With a new referral, in its own round trip; nothing where no safety answer asks for it.</summary>
    public static PortalBatch RaiseAlert(this PortalBatch unit, Guid referralId, RedFlagTier? tier, ReferralClock clock) =>
        tier is null ? unit : unit.Queue(new AlertEscalation(referralId, Step: 1), referralId, clock.ReminderAt(1, unit.Now));

    /// <summary>
    /// Raises the alert of a referral that has been sent, because of an answer that came later: to be acknowledged and reviewed anew, whatever stood before. It
    /// only ever rises: an emergency stays one. The caller holds the referral's row, writes the event of what was answered, and gives it the clock that this
    /// returns; nothing is raised (and null returned) where the referral is past triage or ended.
    /// </summary>
    public static async Task<LifecycleStep.Clock?> RaiseAlert(this PortalUnit unit, LockedReferral referral, RedFlagTier tier, ReferralClock clock)
    {
        if (!referral.State.Value.IsInQueue()) return null;

        var round = await unit.One<int>(Raise, new { referral.Id, tier = EnumText.Of(tier), at = unit.Now });
        var agreed = clock.For(referral);
        unit.Queue(new AlertEscalation(referral.Id, Step: 1, round), referral.Id, agreed.ReminderAt(1, unit.Now));
        unit.Audit(AuditAction.RaiseAlert, referral.Id, detail: new { round });
        return agreed.ForReview(unit.Now);
    }

    const string Raise = """
        update referral set
            red_flag_tier = case when red_flag_tier = 'emergency' then red_flag_tier else @tier end,
            red_flag_cleared_at = null, alert_acknowledged_at = null, alert_acknowledged_by = null, priority = 'urgent',
            alert_raised_at = @at, alert_round = alert_round + 1, alert_reminders = 0
        where id = @id
        returning alert_round
        """;
}

/// <summary>
/// Brings an alert up again to which nobody has put their name: writes it onto the clinic's timeline, raises the level that the queue shows, and comes back
/// for the next reminder. Ends with the acknowledgement, with clearing, or when the referral leaves the queue. Run twice it does nothing the second time; run
/// late it goes to the reminder that is due by then.
/// </summary>
public sealed class EscalateAlert(PortalDatabase database, CatalogueStore catalogue) : IMessageHandler<AlertEscalation>
{
    public async Task Handle(Actor portal, AlertEscalation message, CancellationToken ct)
    {
        var clocks = ReferralClock.On(await catalogue.Get(ct));
        await database.Write<int>(portal, async unit =>
        {
            if (await unit.One<Alert>(Hold, new { message.ReferralId }) is not { } alert) return 0;
            if (!alert.Stands || alert.Round != message.Round || alert.Reminders >= message.Step) return 0;

            var clock = clocks.For(alert.Organisation);
            var step = Math.Max(message.Step, clock.RemindersDue(alert.RaisedAt, unit.Now));
            await unit.Run(Remind, new { message.ReferralId, step });
            var opened = await unit.Open(message.ReferralId, alert.Version);
            if (opened.Value is not { } referral) return 0;
            await unit.Note(referral, "escalate_alert", AuditAction.EscalateAlert, null, new { reminder = step }, clinicOnly: true);
            unit.Queue(message with { Step = step + 1 }, message.ReferralId, clock.ReminderAt(step + 1, alert.RaisedAt));
            unit.Queue(new AlertReminded(message.ReferralId, step), message.ReferralId);
            return step;
        }, ct);
    }

    sealed record Alert(Guid Organisation, int Version, DateTimeOffset RaisedAt, int Round, int Reminders, bool Stands);

    const string Hold = """
        select referring_organisation_id as organisation, version, coalesce(alert_raised_at, submitted_at) as raised_at, alert_round as round, alert_reminders as reminders,
               state in ('submitted', 'in_triage', 'information_requested', 'accepted')
               and red_flag_tier is not null and red_flag_cleared_at is null and alert_acknowledged_at is null as stands
        from referral where id = @referralId
        for update
        """;

    const string Remind = "update referral set alert_reminders = @step where id = @referralId";
}

/// <summary>An alert was brought up again: the clinic is told.</summary>
public sealed record AlertReminded(Guid ReferralId, int Reminder);
