namespace ReferralPortal.Domain.Referrals;

/// <summary>How somebody tried to reach the patient.</summary>
public enum ContactChannel
{
    /// <summary>By telephone.</summary>
    Call,
    /// <summary>By text message.</summary>
    Text,
    /// <summary>By letter.</summary>
    Letter,
    /// <summary>By e-mail.</summary>
    Email,
}

/// <summary>What came of it.</summary>
public enum ContactOutcome
{
    /// <summary>The patient was spoken to, or answered.</summary>
    Spoke,
    /// <summary>The patient asked to be left in peace until a day.</summary>
    AskedToWait,
    /// <summary>A message was left on a machine or with somebody else.</summary>
    LeftMessage,
    /// <summary>Nobody answered the telephone.</summary>
    NoAnswer,
    /// <summary>The number or address is not the patient's, or what was sent came back.</summary>
    WrongNumber,
    /// <summary>Sent; no answer yet.</summary>
    Sent,
}

/// <summary>The rules of reaching a patient.</summary>
public static class ContactAttempts
{
    /// <summary>After so many attempts without success the clinic is asked whether to go on, where it has set no other number.</summary>
    public const int UsualMost = 3;

    static readonly ContactOutcome[] OfCalls = [ContactOutcome.Spoke, ContactOutcome.NoAnswer, ContactOutcome.LeftMessage, ContactOutcome.WrongNumber, ContactOutcome.AskedToWait];
    static readonly ContactOutcome[] OfMessages = [ContactOutcome.Sent, ContactOutcome.Spoke, ContactOutcome.WrongNumber, ContactOutcome.AskedToWait];

    /// <summary>What can come of an attempt of this kind.</summary>
    public static IReadOnlyList<ContactOutcome> OutcomesOf(ContactChannel channel) => channel == ContactChannel.Call ? OfCalls : OfMessages;

    /// <summary>Whether the patient was reached.</summary>
    public static bool Reaches(ContactOutcome outcome) => outcome is ContactOutcome.Spoke or ContactOutcome.AskedToWait;

    /// <summary>How many attempts failed since the patient was last reached.</summary>
    /// <param name="latestFirst">The outcomes, the latest first.</param>
    public static int FailedSince(IEnumerable<ContactOutcome> latestFirst) => latestFirst.TakeWhile(outcome => !Reaches(outcome)).Count();
}
