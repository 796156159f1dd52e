using System.Text.Json;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Triage.Contact;

/// <summary>What the clinic has set for reaching patients, and how attempts are called.</summary>
public static class ContactRules
{
    /// <summary>After how many failed attempts it is proposed to close: <c>contactAttempts</c> among the clinic's targets.</summary>
    public static int Most(CatalogueContent catalogue) =>
        JsonSerializer.Deserialize<Settings>(catalogue.Group.Targets, JsonSerializerOptions.Web)?.ContactAttempts is > 0 and var set ? set : ContactAttempts.UsualMost;

    /// <summary>"Call", "Text message", ...</summary>
    public static string Words(ContactChannel channel) => channel switch
    {
        ContactChannel.Call => "Call",
        ContactChannel.Text => "Text message",
        ContactChannel.Letter => "Letter",
        ContactChannel.Email => "E-mail",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, null),
    };

    /// <summary>What came of it, for this kind of attempt.</summary>
    public static string Words(ContactOutcome outcome, ContactChannel channel) => outcome switch
    {
        ContactOutcome.Spoke => channel == ContactChannel.Call ? "Spoke to the patient" : "The patient answered",
        ContactOutcome.AskedToWait => "The patient asked to wait",
        ContactOutcome.LeftMessage => "Left a message",
        ContactOutcome.NoAnswer => "No answer",
        ContactOutcome.WrongNumber => channel == ContactChannel.Call ? "Wrong number" : "Came back, or wrong address",
        ContactOutcome.Sent => "Sent, no answer yet",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    sealed record Settings(int? ContactAttempts);
}
