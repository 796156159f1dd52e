using System.Globalization;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>A mail that did not go out at the first try.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Template">Which mail.</param>
/// <param name="Channel">By mail or by text.</param>
/// <param name="Reference">The referral that it is about; null for an invoice.</param>
/// <param name="InvoiceNumber">The invoice that it is about.</param>
/// <param name="Organisation">Whose person it is for; null for the patient.</param>
/// <param name="ToInbox">It is for the clinic's own inbox.</param>
/// <param name="State">Waiting for another try, or failed for good.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Failure">Why the last try failed.</param>
/// <param name="FailedAt">When that was.</param>
/// <param name="NextAttemptAt">When it is tried again.</param>
/// <param name="Version">Its version.</param>
public sealed record TroubledMail(
    Guid Id, string Template, Coded<MailChannel> Channel, string? Reference, int? InvoiceNumber, string? Organisation, bool ToInbox, Coded<MailState> State, int Attempts, Coded<MailFault> Failure, DateTimeOffset FailedAt, DateTimeOffset NextAttemptAt, int Version)
{
    /// <summary>What it is about, as people call it.</summary>
    public string About => Reference ?? InvoiceRules.Number(InvoiceNumber!.Value);

    /// <summary>The page of what it is about.</summary>
    public string Href => Reference is null ? $"/invoices/{About}" : $"/referrals/{Reference}";
}

/// <summary>How mail stands.</summary>
/// <param name="Missing">The setting without which nothing is sent; null when mail is set up.</param>
/// <param name="Waiting">Mails that are due and not sent.</param>
/// <param name="WaitingSince">Since when the oldest of them is due.</param>
/// <param name="SentToday">Sent in the last 24 hours.</param>
/// <param name="Failed">Failed for good.</param>
/// <param name="Mails">One page of those in trouble, the latest first.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record MailStanding(string? Missing, int Waiting, DateTimeOffset? WaitingSince, int SentToday, int Failed, IReadOnlyList<TroubledMail> Mails, string? Next);

/// <summary>What became of mail, for the clinic's manager. It names referrals and organisations, no person and no patient.</summary>
public sealed class ListMail(PortalDatabase database, IConfiguration configuration)
{
    /// <summary>Mails a page.</summary>
    public const int PageSize = 25;

    /// <param name="actor">Who asks.</param>
    /// <param name="after">Where the page begins, as <see cref="MailStanding.Next"/> said it; null for the first.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<MailStanding>> Handle(Actor actor, string? after, CancellationToken ct)
    {
        if (!MayLookAfterMail(actor)) return Outcome.Missing;

        MailOptions.Read(configuration, out var missing);
        var (at, id) = Cursor(after);
        return await database.View(actor, async unit =>
        {
            await using var sets = await unit.Results(Standing, new { unit.Now, dayAgo = unit.Now.AddDays(-1), at, id, rows = PageSize + 1 });
            var counts = await sets.ReadSingleAsync<Counts>();
            var mails = (await sets.ReadAsync<TroubledMail>()).ToList();
            unit.Audit(AuditAction.ListMail);
            var shown = mails.Take(PageSize).ToList();
            return (Outcome<MailStanding>)new MailStanding(missing, counts.Waiting, counts.WaitingSince, counts.SentToday, counts.Failed, shown,
                mails.Count > PageSize ? $"{shown[^1].FailedAt.UtcTicks.ToString(CultureInfo.InvariantCulture)}_{shown[^1].Id}" : null);
        }, ct);
    }

    internal static bool MayLookAfterMail(Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager);

    static (DateTimeOffset? At, Guid? Id) Cursor(string? text) =>
        text?.Split('_') is [var ticks, var id] && long.TryParse(ticks, CultureInfo.InvariantCulture, out var at) && at is >= 0 and < 4_000_000_000_000_000_000 && Guid.TryParse(id, out var mail)
            ? (new DateTimeOffset(at, TimeSpan.Zero), mail) : (null, null);

    sealed record Counts(int Waiting, DateTimeOffset? WaitingSince, int SentToday, int Failed);

    const string Standing = """
        select (select count(*)::int from mail_message where state in ('queued', 'sending') and (next_attempt_at <= @now or attempts > 0)) as waiting,
               (select min(created_at) from mail_message where state in ('queued', 'sending') and (next_attempt_at <= @now or attempts > 0)) as waiting_since,
               (select count(*)::int from mail_message where state = 'sent' and sent_at > @dayAgo) as sent_today,
               (select count(*)::int from mail_message where state = 'failed' and failed_at is not null) as failed;

        select m.id, m.template, m.channel, r.reference, i.number as invoice_number, o.name as organisation, m.person_id is null and m.appointment_id is null and m.questionnaire_id is null and m.report_id is null as to_inbox,
               m.state, m.attempts, m.failure, m.failed_at, m.next_attempt_at, m.version
        from mail_message m
        left join referral r on r.id = m.referral_id
        left join invoice i on i.id = m.invoice_id
        left join organisation o on o.id = m.organisation_id
        where m.failed_at is not null and m.failure is not null and m.state in ('queued', 'sending', 'failed') and (@at::timestamptz is null or (m.failed_at, m.id) < (@at, @id))
        order by m.failed_at desc, m.id desc
        limit @rows;
        """;
}
