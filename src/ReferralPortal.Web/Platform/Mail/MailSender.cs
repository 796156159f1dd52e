using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using ReferralPortal.Domain.Notifications;

namespace ReferralPortal.Web.Platform.Mail;

/// <summary>A mail as it leaves. The same <paramref name="Id"/> makes the same mail, letter by letter, however often it is sent.</summary>
/// <param name="Id">What it is known by; its Message-ID.</param>
/// <param name="Thread">What it is about; mails about one thing stand together in a mail program.</param>
/// <param name="WrittenAt">The date that it carries.</param>
/// <param name="To">Whom it is for: an address.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Text">Its words, plain.</param>
/// <param name="Html">The same words, marked up.</param>
public sealed record OutgoingMail(Guid Id, Guid Thread, DateTimeOffset WrittenAt, string To, string Subject, string Text, string Html);

/// <summary>Hands mail to whoever carries it.</summary>
public interface IMailSender
{
    /// <summary>Returns when the mail was taken. A second sending of one that was taken already is the same mail to whoever receives it.</summary>
    /// <exception cref="MailNotSentException">It was not taken, or it is not known whether it was.</exception>
    Task Send(MailOptions options, OutgoingMail mail, CancellationToken ct);
}

/// <summary>A mail was not taken. It says the kind of fault; a server's words may hold an address.</summary>
public sealed class MailNotSentException(MailFault fault) : Exception($"The mail was not sent ({fault}).")
{
    /// <summary>Why.</summary>
    public MailFault Fault => fault;
}

/// <summary>Sends by SMTP.</summary>
public sealed class SmtpSender : IMailSender
{
    public async Task Send(MailOptions options, OutgoingMail mail, CancellationToken ct)
    {
        if (!MailboxAddress.TryParse(mail.To, out var to)) throw new MailNotSentException(MailFault.NoAddress);
        using var message = Message(options, mail, to);
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(ct);
        inTime.CancelAfter(MailOptions.Patience);
        using var server = new SmtpClient { Timeout = (int)MailOptions.Patience.TotalMilliseconds, CheckCertificateRevocation = false };
        var connected = false;
        try
        {
            await server.ConnectAsync(options.Host, options.Port, options.Security, inTime.Token);
            if (options.User is { } user) await server.AuthenticateAsync(user, options.Password ?? "", inTime.Token);
            connected = true;
            await server.SendAsync(message, options.From, [to], inTime.Token);
        }
        catch (Exception thrown) when (!ct.IsCancellationRequested && FaultOf(thrown, connected) is { } fault)
        {
            throw new MailNotSentException(fault);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        await Close(server, inTime.Token);
    }

    /// <summary>It has the mail; how the connection ends is of no consequence.</summary>
    static async Task Close(SmtpClient server, CancellationToken ct)
    {
        try
        {
            await server.DisconnectAsync(quit: true, ct);
        }
        catch (Exception thrown) when (thrown is IOException or ProtocolException or SocketException or OperationCanceledException or ServiceNotConnectedException)
        {
            // Nothing is owed any more.
        }
    }

    static MailFault? FaultOf(Exception thrown, bool connected) => thrown switch
    {
        SslHandshakeException => MailFault.NotSecure,
        AuthenticationException or SaslException => MailFault.SignInRefused,
        NotSupportedException => connected ? MailFault.AddressRefused : MailFault.NotSecure, // letters that the server cannot carry; no STARTTLS
        SmtpCommandException when !connected => MailFault.NoConnection,
        SmtpCommandException refused when (int)refused.StatusCode < 500 => MailFault.TryLater,
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } => MailFault.AddressRefused,
        SmtpCommandException => MailFault.MessageRefused,
        SocketException or IOException or ProtocolException or TimeoutException or OperationCanceledException or ServiceNotConnectedException =>
            connected ? MailFault.ConnectionLost : MailFault.NoConnection,
        _ => null,
    };

    static MimeMessage Message(MailOptions options, OutgoingMail mail, MailboxAddress to)
    {
        var message = new MimeMessage { MessageId = $"{mail.Id:N}@{options.From.Domain}", Date = mail.WrittenAt, Subject = mail.Subject };
        message.From.Add(options.From);
        message.To.Add(to);
        if (options.ReplyTo is { } replyTo) message.ReplyTo.Add(replyTo);
        message.References.Add($"{mail.Thread:N}@{options.From.Domain}");
        // A program wrote it: no out-of-office note answers it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        var words = new MultipartAlternative(new TextPart("plain") { Text = mail.Text }, new TextPart("html") { Text = mail.Html });
        words.ContentType.Boundary = $"=_{mail.Id:N}";
        message.Body = words;
        return message;
    }
}
