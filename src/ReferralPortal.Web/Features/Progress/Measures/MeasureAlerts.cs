using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>A patient's answer asks for a clinician today: the clinic is told at once.</summary>
public sealed record MeasureAlertRaised(Guid ReferralId, Guid AlertId);

/// <summary>Look whether a clinician has answered for the alert; <paramref name="Step"/> is the reminder that is due with it.</summary>
public sealed record MeasureAlertReminder(Guid ReferralId, Guid AlertId, int Step);

/// <summary>An alert about an answer was brought up again: the clinic is told.</summary>
public sealed record MeasureAlertReminded(Guid ReferralId, Guid AlertId, int Step);

static class RaisingMeasureAlerts
{
    /// <summary>With the entry whose answer it is, in the same unit.</summary>
    internal static async Task RaiseMeasureAlert(this PortalUnit unit, Guid referral, Guid entry, MeasureAlert kind)
    {
        var id = Guid.CreateVersion7(unit.Now);
        await unit.Run(Insert, new { id, referral, entry, kind = EnumText.Of(kind), at = unit.Now });
        unit.Audit(AuditAction.RaiseMeasureAlert, referral, id);
        unit.Queue(new MeasureAlertRaised(referral, id), referral);
        unit.Queue(new MeasureAlertReminder(referral, id, Step: 1), referral);
    }

    const string Insert = "insert into measure_alert (id, referral_id, entry_id, kind, raised_at, created_at) values (@id, @referral, @entry, @kind, @at, @at)";
}

/// <summary>
/// Brings an alert up again to which no clinician has put their name, as often as the clinic's target for reviewing a safety answer has it, and ends with the
/// acknowledgement alone. Run twice it does nothing the second time; run late it goes to the reminder that is due by then.
/// </summary>
public sealed class RemindOfMeasureAlert(PortalDatabase database, CatalogueStore catalogue) : IMessageHandler<MeasureAlertReminder>
{
    public async Task Handle(Actor portal, MeasureAlertReminder message, CancellationToken ct)
    {
        var clocks = ReferralClock.On(await catalogue.Get(ct));
        await database.Write<int>(portal, async unit =>
        {
            if (await unit.One<Standing>(Hold, new { message.AlertId }) is not { } alert || alert.Acknowledged || alert.Reminders >= message.Step) return 0;
            var clock = clocks.For(alert.Organisation);
            var due = clock.RemindersDue(alert.RaisedAt, unit.Now);
            if (due < message.Step)
            {
                unit.Queue(message, message.ReferralId, clock.ReminderAt(message.Step, alert.RaisedAt));
                return 0;
            }
            await unit.Run(Remind, new { message.AlertId, due });
            unit.Audit(AuditAction.EscalateMeasureAlert, message.ReferralId, message.AlertId, new { reminder = due });
            unit.Queue(message with { Step = due + 1 }, message.ReferralId, clock.ReminderAt(due + 1, alert.RaisedAt));
            unit.Queue(new MeasureAlertReminded(message.ReferralId, message.AlertId, due), message.ReferralId);
            return due;
        }, ct);
    }

    sealed record Standing(Guid Organisation, DateTimeOffset RaisedAt, int Reminders, bool Acknowledged);

    const string Hold = """
        select r.referring_organisation_id as organisation, alert.raised_at, alert.reminders, alert.acknowledged_at is not null as acknowledged
        from measure_alert alert join referral r on r.id = alert.referral_id
        where alert.id = @alertId
        for update of alert
        """;

    const string Remind = "update measure_alert set reminders = @due, version = version + 1 where id = @alertId";
}

/// <summary>Puts a clinician's name and words to an alert: what was done about the answer. Once, and to clinicians alone.</summary>
public sealed class AcknowledgeMeasureAlert(PortalDatabase database)
{
    /// <summary>The longest words.</summary>
    public const int LongestWords = 4000;

    /// <param name="Alert">Which.</param>
    /// <param name="Words">What was done: kept on the clinic's record.</param>
    public sealed record Command(Guid Alert, string Words);

    public async Task<Outcome<bool>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        if (!actor.IsClinician()) return Outcome.Refused("Your role does not allow this: a clinician answers for this alert.");
        if (string.IsNullOrWhiteSpace(command.Words)) return Outcome.Invalid(nameof(command.Words), "Say what you did");
        if (command.Words.Length > LongestWords) return Outcome.Invalid(nameof(command.Words), $"Use {LongestWords:N0} characters or fewer");

        return await database.Write<bool>(actor, async unit =>
        {
            if (await unit.One<Held>(Hold, new { command.Alert, actor.OrganisationId }) is not { } alert) return Outcome.Missing;
            if (alert.AcknowledgedAt is { } at) return Outcome.Conflict(alert.AcknowledgedBy!, "acknowledged this alert", at);
            await unit.Run(Acknowledge, new { command.Alert, by = actor.UserId, words = command.Words.Trim(), at = unit.Now });
            unit.Audit(AuditAction.AcknowledgeMeasureAlert, alert.ReferralId, command.Alert);
            return true;
        }, ct);
    }

    sealed record Held(Guid ReferralId, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy);

    const string Hold = """
        select alert.referral_id, alert.acknowledged_at, person.display_name as acknowledged_by
        from measure_alert alert
        left join portal_user person on person.id = alert.acknowledged_by
        where alert.id = @Alert and portal.is_clinic()
            and exists (select from referral_party mine where mine.referral_id = alert.referral_id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        for update of alert
        """;

    const string Acknowledge = "update measure_alert set acknowledged_at = @at, acknowledged_by = @by, words = @words, version = version + 1 where id = @Alert";
}

/// <summary>A referral with an alert that no clinician has answered for, since when the oldest of them.</summary>
public sealed record OpenMeasureAlert(string Reference, DateTimeOffset RaisedAt);

/// <summary>The alerts about answers that wait for a clinician, the oldest first, for the line that the clinic's people see on every page.</summary>
public sealed class ListMeasureAlerts(PortalDatabase database)
{
    /// <summary>So many are named; the page of one leads on.</summary>
    public const int Limit = 5;

    /// <summary>None for everybody outside the clinic. At most one more than <see cref="Limit"/>.</summary>
    public async Task<IReadOnlyList<OpenMeasureAlert>> Handle(Actor actor, CancellationToken ct) => !actor.TreatsReferrals() ? []
        : await database.Read(actor, async unit => await unit.Many<OpenMeasureAlert>(Open, new { actor.OrganisationId, limit = Limit + 1 }), ct);

    const string Open = """
        select r.reference, min(alert.raised_at) as raised_at
        from measure_alert alert join referral r on r.id = alert.referral_id
        where alert.acknowledged_at is null and @organisationId = any (r.readers) and portal.is_treating_clinic()
        group by r.reference
        order by raised_at, r.reference
        limit @limit
        """;
}
