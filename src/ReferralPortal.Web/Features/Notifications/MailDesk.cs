using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Features.Progress.Reports.Check;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>
/// Sends what is queued, one after the other, apart from the other background work: a slow mail server holds up nothing but mail. Several nodes may do so side by side.
/// A mail is noted as being sent before it is, and as sent afterwards; a node that dies between the two leaves it to be sent again, as the same mail (see
/// docs/decisions). Whether it is still true, and its reader still somebody who may know, is looked at just before.
/// </summary>
public sealed class MailDesk(PortalDatabase database, PortalDataSources sources, IMailSender sender, ITextSender texts, IConfiguration configuration, TimeProvider clock, ILogger<MailDesk> logger) : BackgroundService
{
    /// <summary>How long a node has for one mail; then another takes it over. Longer than <see cref="MailOptions.Patience"/>.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromSeconds(10);

    Actor? portal;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue("Background:Enabled", true)) return;
        if (MailOptions.Read(configuration, out var missing) is null)
        {
            logger.LogWarning("Mail waits: {Setting} is not set; see docs/configuration.md", missing);
            return;
        }
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = LookAgain;
            try
            {
                if (!await RunDue(stoppingToken)) wait = AfterFault;
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException or StandingLostException)
            {
                logger.LogWarning("Mail cannot go on just now ({Fault}); trying again", fault.GetType().Name);
                wait = AfterFault;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends what is due now, to the end; false when the mail server cannot be used, so that the rest had to wait.</summary>
    public async Task<bool> RunDue(CancellationToken ct)
    {
        if (MailOptions.Read(configuration, out _) is not { } options) return false;
        portal ??= await CurrentActor.Load(sources, Actor.SystemUserId, ct);
        while (await Take(ct) is { } mail)
        {
            if (await Send(options, mail, ct) is { } fault && fault.IsOfTheServer()) return false;
        }
        return true;
    }

    async Task<QueuedMail?> Take(CancellationToken ct) => (await database.Write<QueuedMail?>(portal!, async unit =>
    {
        if (await unit.One<Guid?>(TakeNext, new { now = unit.Now, until = unit.Now + Lease }) is not { } id) return (QueuedMail?)null;
        var mail = (await unit.One<QueuedMail>(QueuedMail.Select, new { id, now = unit.Now, readingRoles = Reader.Roles }))!;
        if (!mail.IsStillRight) await unit.Run(Drop, new { id });
        else if (mail.QuestionnaireId is { } questionnaire) return mail with { Link = await QuestionnaireSecrets.Make(unit, questionnaire) };
        else if (mail.ReportId is { } report) mail = mail with { Link = await CheckLinks.New(unit, report) };
        return mail;
    }, ct)).Value;

    /// <summary>Returns the fault, if there was one.</summary>
    async Task<MailFault?> Send(MailOptions options, QueuedMail mail, CancellationToken ct)
    {
        if (!mail.IsStillRight) return null;
        if (await Hand(options, mail, ct) is not { } fault)
        {
            await Settle(mail, AuditAction.SendMail, Sent, new { mail.Id, mail.Attempts, at = clock.GetUtcNow() }, ct);
            return null;
        }
        var again = MailTries.MayTryAgain(fault, mail.Attempts);
        await Settle(mail, again ? null : AuditAction.FailMail, Failed, new
        {
            mail.Id, mail.Attempts, state = EnumText.Of(again ? MailState.Queued : MailState.Failed), fault = EnumText.Of(fault),
            at = clock.GetUtcNow(), next = clock.GetUtcNow() + MailTries.WaitAfter(mail.Attempts),
        }, ct);
        return fault;
    }

    /// <summary>Hands it to the server; a fault that nobody thought of counts as one that may pass.</summary>
    async Task<MailFault?> Hand(MailOptions options, QueuedMail mail, CancellationToken ct)
    {
        try
        {
            if (mail.Address is not { Length: > 0 } address) return MailFault.NoAddress;
            if (mail.Channel.Value == MailChannel.Text) await texts.Send(mail.Id, address, mail.Text(options), ct);
            else await sender.Send(options, mail.Letter(options, address), ct);
            return null;
        }
        catch (Exception thrown) when (!ct.IsCancellationRequested)
        {
            var fault = (thrown as MailNotSentException)?.Fault ?? MailFault.TryLater;
            logger.LogWarning("A mail of the kind {Template} was not sent ({Fault}, {Kind}), try {Attempt}", mail.Template, fault, thrown.GetType().Name, mail.Attempts);
            return fault;
        }
    }

    // Whoever took it over after the lease settles it; a late node leaves it alone.
    Task Settle(QueuedMail mail, AuditAction? action, string sql, object arguments, CancellationToken ct) => database.Write<int>(portal!, async unit =>
    {
        if (await unit.Run(sql, arguments) == 1 && action is { } recorded) unit.Audit(recorded, mail.ReferralId, mail.Id, new { template = mail.Template, to = mail.Recipient });
        return 0;
    }, ct);

    const string TakeNext = """
        update mail_message set state = 'sending', attempts = attempts + 1, next_attempt_at = @until, version = version + 1
        where id = (
            select id from mail_message where state in ('queued', 'sending') and next_attempt_at <= @now
            order by next_attempt_at, id limit 1
            for update skip locked)
        returning id
        """;

    const string Sent = "update mail_message set state = 'sent', sent_at = @at, failure = null, version = version + 1 where id = @Id and attempts = @Attempts and state = 'sending'";

    const string Failed = """
        update mail_message set state = @state, failure = @fault, failed_at = @at, next_attempt_at = @next, version = version + 1
        where id = @Id and attempts = @Attempts and state = 'sending'
        """;

    const string Drop = "update mail_message set state = 'dropped', version = version + 1 where id = @id";
}
