namespace ReferralPortal.Domain.Notifications;

/// <summary>Where a mail stands.</summary>
public enum MailState
{
    /// <summary>Waits for its first or its next try.</summary>
    Queued,
    /// <summary>A node is at it; when that node dies the mail is tried again.</summary>
    Sending,
    /// <summary>The mail server took it.</summary>
    Sent,
    /// <summary>It is not tried again by itself.</summary>
    Failed,
    /// <summary>It failed, and somebody at the clinic decided that it is not needed.</summary>
    GivenUp,
    /// <summary>Not sent, because by then it was no longer true, or its reader may no longer see the referral.</summary>
    Dropped,
}

/// <summary>How a message reaches its reader.</summary>
public enum MailChannel
{
    /// <summary>By mail.</summary>
    Mail,
    /// <summary>By text message.</summary>
    Text,
}

/// <summary>Why a mail was not sent: the kind, never a server's words, which may hold an address.</summary>
public enum MailFault
{
    /// <summary>The mail server cannot be reached.</summary>
    NoConnection,
    /// <summary>The mail server does not offer the encryption that is asked of it, or its certificate is not trusted.</summary>
    NotSecure,
    /// <summary>The mail server refuses the portal's user name and password.</summary>
    SignInRefused,
    /// <summary>The connection broke, or the server did not answer in time: whether it has the mail is not known.</summary>
    ConnectionLost,
    /// <summary>The server says that it cannot take it just now.</summary>
    TryLater,
    /// <summary>The server does not take mail for this address.</summary>
    AddressRefused,
    /// <summary>The server does not take this mail.</summary>
    MessageRefused,
    /// <summary>What stands there as an address is none.</summary>
    NoAddress,
}

/// <summary>How often and how long a mail is tried.</summary>
public static class MailTries
{
    /// <summary>With the waits between them this is most of a day, so that a night without a mail server loses nothing.</summary>
    public const int Most = 24;

    static readonly TimeSpan First = TimeSpan.FromSeconds(30), Longest = TimeSpan.FromHours(1);

    /// <summary>Whether another try may help after <paramref name="tries"/> of them.</summary>
    public static bool MayTryAgain(MailFault fault, int tries) => tries < Most && fault is not (MailFault.AddressRefused or MailFault.MessageRefused or MailFault.NoAddress);

    /// <summary>How long to wait after the <paramref name="tries"/>th try: 30 seconds, a minute, two, ... at most an hour.</summary>
    public static TimeSpan WaitAfter(int tries) => TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Clamp(tries, 1, 20) - 1)));

    /// <summary>Whether the fault is the server's and not this mail's: then the others need not be tried now.</summary>
    public static bool IsOfTheServer(this MailFault fault) => fault is MailFault.NoConnection or MailFault.NotSecure or MailFault.SignInRefused;
}
