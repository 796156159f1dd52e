using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>Mail and its faults as the clinic's manager reads them.</summary>
static class MailFaultWords
{
    internal static string Of(MailFault fault) => fault switch
    {
        MailFault.NoConnection => "The mail server cannot be reached.",
        MailFault.NotSecure => "The mail server does not offer a safe connection.",
        MailFault.SignInRefused => "The mail server refuses the portal’s user name or password.",
        MailFault.ConnectionLost => "The connection broke off while it was being sent.",
        MailFault.TryLater => "The mail server could not take it just then.",
        MailFault.AddressRefused => "The mail server does not know the address.",
        MailFault.MessageRefused => "The mail server refuses the mail.",
        MailFault.NoAddress => "There is no address to send it to.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "This is no fault."),
    };

    /// <summary>The mail's own first words, as a sentence.</summary>
    internal static string What(TroubledMail mail)
    {
        var says = EnumText.TryParse<MailTemplate>(mail.Template, out var template) ? MailTemplates.Of(template).Says : mail.Template;
        return $"{char.ToUpperInvariant(says[0])}{says[1..]}{(mail.Channel.Value == MailChannel.Text ? " (by text)" : "")}";
    }
}
