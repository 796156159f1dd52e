using System.Net.Mail;

namespace ReferralPortal.Domain.Patients;

/// <summary>A mail address: one at-sign, a name, a domain with a dot.</summary>
public readonly record struct EmailAddress
{
    /// <summary>What to say when a text is none.</summary>
    public const string Problem = "Enter an email address, for example name@example.com";

    readonly string text;

    EmailAddress(string text) => this.text = text;

    /// <summary>Reads an address; display names and comments are not taken.</summary>
    public static bool TryParse(string? text, out EmailAddress address)
    {
        address = default;
        var typed = text?.Trim() ?? "";
        if (typed.Length is < 3 or > 254 || typed.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '<' or '>' or ',' or ';' or '(' or ')' or '[' or ']')) return false;
        if (!MailAddress.TryCreate(typed, out var read) || read.Address != typed) return false;
        var dot = read.Host.LastIndexOf('.');
        if (dot < 1 || dot > read.Host.Length - 3) return false;
        address = new EmailAddress(typed);
        return true;
    }

    /// <summary>As typed, without surrounding space.</summary>
    public override string ToString() => text ?? "";
}
