using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>Sends a mail again that failed, or gives it up. Allowed to the clinic's manager; a mail that went out meanwhile is left alone.</summary>
public sealed class SettleMail(PortalDatabase database)
{
    /// <summary>Queues one mail for now, with all its tries before it.</summary>
    public Task<Outcome<int>> SendAgain(Actor actor, Guid mail, int version, CancellationToken ct) =>
        Settle(actor, mail, version, Again, AuditAction.SendMailAgain, ct);

    /// <summary>Nobody tries it any more.</summary>
    public Task<Outcome<int>> GiveUp(Actor actor, Guid mail, int version, CancellationToken ct) =>
        Settle(actor, mail, version, Up, AuditAction.GiveUpMail, ct);

    /// <summary>Queues every mail that failed for good; returns how many.</summary>
    public async Task<Outcome<int>> SendAllAgain(Actor actor, CancellationToken ct)
    {
        if (!ListMail.MayLookAfterMail(actor)) return Outcome.Missing;
        return await database.Write<int>(actor, async unit =>
        {
            var queued = await unit.Many<Row>(AllAgain, new { unit.Now });
            foreach (var row in queued) unit.Audit(AuditAction.SendMailAgain, row.ReferralId, row.Id);
            return queued.Count;
        }, ct);
    }

    async Task<Outcome<int>> Settle(Actor actor, Guid mail, int version, string sql, AuditAction action, CancellationToken ct)
    {
        if (!ListMail.MayLookAfterMail(actor)) return Outcome.Missing;
        return await database.Write<int>(actor, async unit =>
        {
            if (await unit.One<Held>(Hold, new { mail }) is not { } held) return Outcome.Missing;
            if (held.State.Value is not (MailState.Queued or MailState.Failed)) return Outcome.Refused(Words(held.State));
            if (held.Version != version) return Outcome.Refused("It was tried again meanwhile. The page now shows how that went.");

            await unit.Run(sql, new { mail, unit.Now });
            unit.Audit(action, held.ReferralId, mail);
            return version + 1;
        }, ct);
    }

    static string Words(MailState state) => state switch
    {
        MailState.Sent => "It was sent meanwhile.",
        MailState.Sending => "It is being sent at this moment.",
        MailState.GivenUp => "Somebody has given it up meanwhile.",
        _ => "It is no longer true, so it is not sent any more.",
    };

    sealed record Held(Coded<MailState> State, int Version, Guid? ReferralId);

    sealed record Row(Guid Id, Guid? ReferralId);

    const string Hold = "select state, version, referral_id from mail_message where id = @mail for update";

    const string Again = "update mail_message set state = 'queued', attempts = 0, next_attempt_at = @now, version = version + 1 where id = @mail";

    const string Up = "update mail_message set state = 'given_up', version = version + 1 where id = @mail";

    const string AllAgain = "update mail_message set state = 'queued', attempts = 0, next_attempt_at = @now, version = version + 1 where state = 'failed' and failed_at is not null returning id, referral_id";
}
