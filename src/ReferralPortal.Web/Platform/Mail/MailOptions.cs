using MailKit.Security;
using MimeKit;
using ReferralPortal.Web.Platform.Hosting;

namespace ReferralPortal.Web.Platform.Mail;

/// <summary>How mail leaves the portal: the section <c>Mail</c> of the configuration.</summary>
/// <param name="Host">The mail server. Without it mail waits.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How the connection is kept secret; a server that does not offer it gets no mail.</param>
/// <param name="User">The user name there; null where none is asked for.</param>
/// <param name="Password">Its password.</param>
/// <param name="From">Whom mail comes from, with a name where there is one.</param>
/// <param name="ReplyTo">Where answers go; null where nobody reads them.</param>
/// <param name="BaseAddress"><see cref="PublicAddress"/>, for the links in mail.</param>
public sealed record MailOptions(string Host, int Port, SecureSocketOptions Security, string? User, string? Password, MailboxAddress From, MailboxAddress? ReplyTo, Uri BaseAddress)
{
    /// <summary>How long a server may take over one mail. Shorter than the time after which another node takes the mail over.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Reads the section. Null when mail is not set up; <paramref name="missing"/> then names the first key that is missing or makes no sense.</summary>
    public static MailOptions? Read(IConfiguration configuration, out string? missing)
    {
        var mail = configuration.GetSection("Mail");
        var security = (mail["Tls"] ?? "start_tls").ToLowerInvariant() switch
        {
            "start_tls" => SecureSocketOptions.StartTls,
            "implicit" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => (SecureSocketOptions?)null,
        };
        var usual = security == SecureSocketOptions.SslOnConnect ? 465 : 587;
        missing = mail["Host"] is not { Length: > 0 } ? "Mail:Host"
            : security is null ? "Mail:Tls"
            : !MailboxAddress.TryParse(mail["From"], out var from) || string.IsNullOrEmpty(from.Domain) ? "Mail:From"
            : PublicAddress.Read(configuration) is null ? PublicAddress.Key
            : null;
        if (missing is not null) return null;

        return new MailOptions(mail["Host"]!, mail.GetValue("Port", usual), security!.Value, Given(mail["User"]), Given(mail["Password"]),
            MailboxAddress.Parse(mail["From"]!), MailboxAddress.TryParse(mail["ReplyTo"], out var replyTo) ? replyTo : null, PublicAddress.Read(configuration)!);
    }

    static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
