using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Alerts;

/// <summary>Urgent alerts to which nobody has put their name. <paramref name="Unacknowledged"/> ends at <see cref="CountAlerts.Limit"/>; <paramref name="Reminders"/> is the most that one of them has had.</summary>
public sealed record AlertCount(int Unacknowledged, int Reminders)
{
    public static readonly AlertCount None = new(0, 0);
}

/// <summary>Counts the alerts that wait for somebody's name, for the banner that everybody at the clinic sees on every page.</summary>
public sealed class CountAlerts(PortalDatabase database)
{
    /// <summary>Counting stops here.</summary>
    public const int Limit = 100;

    /// <summary>None for everybody outside the clinic.</summary>
    public async Task<AlertCount> Handle(Actor actor, CancellationToken ct) =>
        !actor.TreatsReferrals() ? AlertCount.None : await database.Read(actor, unit => unit.One<AlertCount>(Count, new { actor.OrganisationId, limit = Limit }), ct) ?? AlertCount.None;

    // The condition on states is the partial index's own, word for word.
    const string Count = """
        select count(*)::int as unacknowledged, coalesce(max(alert_reminders), 0) as reminders
        from (
            select r.alert_reminders from referral r
            where r.state in ('submitted', 'in_triage', 'information_requested', 'accepted')
                and r.red_flag_tier is not null and r.red_flag_cleared_at is null and r.alert_acknowledged_at is null
                and @organisationId = any (r.readers) and portal.is_treating_clinic()
            limit @limit) waiting
        """;
}
