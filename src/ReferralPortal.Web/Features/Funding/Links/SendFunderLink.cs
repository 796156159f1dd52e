using System.Security.Cryptography;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Features.Funding.Links;

/// <summary>Somebody at the clinic wants the link sent again.</summary>
public sealed record FunderLinkWanted(Guid ReferralId, Guid RequestId);

/// <summary>
/// Mails the payer that has no account its link: single-use, made here and kept nowhere but in the mail and, as a hash, in the database. A repeat makes a new one, and the one
/// before is worth nothing from then on.
/// </summary>
public sealed class SendFunderLink(PortalDatabase database, IMailSender mail, IConfiguration configuration)
    : IMessageHandler<ExtensionAsked>, IMessageHandler<ExtensionReminded>, IMessageHandler<FunderLinkWanted>
{
    public Task Handle(Actor portal, ExtensionAsked message, CancellationToken ct) => Send(portal, message.RequestId, again: false, ct);
    public Task Handle(Actor portal, ExtensionReminded message, CancellationToken ct) => Send(portal, message.RequestId, again: true, ct);
    public Task Handle(Actor portal, FunderLinkWanted message, CancellationToken ct) => Send(portal, message.RequestId, again: true, ct);

    async Task Send(Actor portal, Guid requestId, bool again, CancellationToken ct)
    {
        var (id, token) = (Guid.CreateVersion7(), FunderSecret.NewToken());
        var made = await database.Write<Due?>(portal, async unit =>
        {
            if (await unit.One<Due>(Wanted, new { requestId }) is not { } due) return (Due?)null;
            await unit.Run(Make, new { id, requestId, due.ReferralId, hash = FunderSecret.Hash(token), due.Email, unit.Now, expires = unit.Now.AddDays(60) });
            unit.Audit(AuditAction.SendFunderLink, due.ReferralId, id);
            return due;
        }, ct);
        if (made.Value is not { } request) return;

        // Without a mail server it waits, as all mail does.
        var options = MailOptions.Read(configuration, out _) ?? throw new MailNotSentException(MailFault.NoConnection);
        var written = FunderMail.Link(new Uri(options.BaseAddress, $"/f/{token}"), request.Reference, request.DueOn, again, request.Group);
        await mail.Send(options, new OutgoingMail(id, requestId, request.AskedAt, request.Email, written.Subject, written.Text, written.Html), ct);
    }

    sealed record Due(Guid ReferralId, string Reference, string Email, DateTimeOffset AskedAt, DateOnly DueOn, string GroupName, string GroupPhone, string GroupEmail)
    {
        internal Sender Group => new(GroupName, GroupPhone, GroupEmail);
    }

    // Where the payer has been given an account meanwhile, it answers in the portal.
    const string Wanted = """
        select request.referral_id, r.reference, request.payer_email as email, request.asked_at, request.due_on, settings.name as group_name, settings.phone as group_phone, settings.email as group_email
        from extension_request request
        join referral r on r.id = request.referral_id
        cross join clinic_group_settings settings
        where request.id = @requestId and request.state = 'waiting' and request.payer_email is not null
            and not exists (select from portal_user person where person.organisation_id = request.payer_organisation_id and person.disabled_at is null and 'funder' = any (person.roles))
        for update of request
        """;

    const string Make = """
        update funder_link set replaced_at = @now, version = version + 1 where request_id = @requestId and replaced_at is null and used_at is null;
        insert into funder_link (id, request_id, referral_id, token_hash, sent_to, sent_at, expires_at, created_at)
        values (@id, @requestId, @referralId, @hash, @email, @now, @expires, @now);
        """;
}

/// <summary>The secrets of a link: 256 random bits in its address, six digits in a mail, 256 random bits in the browser's cookie.</summary>
static class FunderSecret
{
    internal static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    internal static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);

    internal static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));

    /// <summary>A code is worth nothing without the token: a million hashes would otherwise tell it.</summary>
    internal static string Hash(string token, string code) => Hash($"{token} {code}");

    internal static bool Same(string? stored, string given) =>
        stored is not null && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(stored), System.Text.Encoding.ASCII.GetBytes(given));
}

/// <summary>The two mails to a payer without an account: they name the referral by its reference, and nobody.</summary>
static class FunderMail
{
    internal static Written Link(Uri address, string reference, DateOnly due, bool again, Sender group) => new($"{reference}: {(again ? "your answer is still awaited" : "your authority is asked for")}",
    [
        new($"Referral {reference}: {group.Name} asks you for more sessions of treatment{(again ? ", and has not had your answer yet" : "")}. An answer is due by {Components.Display.Formats.Date(due)}."),
        new("Read the report and answer here. You will be sent a code to this address to confirm that it is you:", address),
        new("The link is for you alone and answers once. It names nobody; please do not pass it on."),
        new($"Answers to this mail are not read. If you have a question, ring {group.Phone}.", Small: true),
    ]);

    internal static Written Code(string code, Sender group) => new("Your code",
    [
        new($"Your code is {code}. It holds for ten minutes."),
        new("Enter it on the page from which you asked for it. Nobody from the clinic will ask you for it."),
        new($"If you did not ask for a code, ring {group.Name} on {group.Phone}.", Small: true),
    ]);
}
