using ReferralPortal.Domain.Calendars;

namespace ReferralPortal.Domain.Funding;

/// <summary>Where a request for more sessions stands.</summary>
public enum ExtensionState
{
    /// <summary>The clinician is writing it.</summary>
    Draft,
    /// <summary>The payer was asked.</summary>
    Waiting,
    /// <summary>All of it was authorised.</summary>
    Authorised,
    /// <summary>Some of it was.</summary>
    Part,
    /// <summary>Nothing of it was.</summary>
    Declined,
    /// <summary>The clinic took it back.</summary>
    Withdrawn,
}

/// <summary>Why a payer declines a request, or a part of it.</summary>
public enum ExtensionReason
{
    /// <summary>More treatment is not reasonable or necessary, as the payer sees it.</summary>
    NotReasonable,
    /// <summary>The goals are met.</summary>
    GoalsMet,
    /// <summary>The measures show no change that would carry it.</summary>
    NoProgress,
    /// <summary>What the policy or the contract pays is used up.</summary>
    LimitReached,
    /// <summary>Liability is disputed.</summary>
    Liability,
    /// <summary>Something is missing that the decision needs.</summary>
    MoreInformation,
    /// <summary>Something else, in words.</summary>
    Other,
}

/// <summary>The sums and the clock of a request.</summary>
public static class ExtensionRules
{
    /// <summary>The most lines that one request has.</summary>
    public const int MostLines = 6;

    /// <summary>The most sessions of one line.</summary>
    public const int MostSessions = 100;

    /// <summary>What an answer line by line comes to.</summary>
    /// <param name="asked">Sessions asked for.</param>
    /// <param name="granted">Sessions granted of each, from nothing up to what was asked.</param>
    /// <exception cref="ArgumentException">Not every line is answered, or more is granted than was asked.</exception>
    public static ExtensionState Answered(IReadOnlyList<int> asked, IReadOnlyList<int> granted)
    {
        if (asked.Count == 0 || asked.Count != granted.Count || asked.Zip(granted).Any(line => line.Second < 0 || line.Second > line.First))
            throw new ArgumentException("Each line is granted from nothing up to what was asked.", nameof(granted));
        return granted.All(sessions => sessions == 0) ? ExtensionState.Declined : asked.SequenceEqual(granted) ? ExtensionState.Authorised : ExtensionState.Part;
    }

    /// <summary>The last day for an answer.</summary>
    /// <param name="asked">The day in London on which the payer was asked.</param>
    /// <param name="days">Calendar days that the contract gives; <see cref="RehabilitationCode.RequestDays"/> where it says nothing.</param>
    public static DateOnly DueOn(DateOnly asked, int days) => asked.AddDays(days);

    /// <summary>The days on which a payer that has not answered is reminded, and the day after the last.</summary>
    public static (DateOnly Half, DateOnly LastDay, DateOnly Over) Reminders(DateOnly asked, DateOnly due) =>
        (asked.AddDays((due.DayNumber - asked.DayNumber) / 2), due, due.AddDays(1));

    /// <summary>The clock in words: "answer due in 12 days", "answer due today", "answer overdue by 2 days".</summary>
    public static string ClockWords(DateOnly due, DateOnly today) => (due.DayNumber - today.DayNumber) switch
    {
        0 => "answer due today",
        1 => "answer due tomorrow",
        -1 => "answer overdue by 1 day",
        < 0 and var late => $"answer overdue by {-late} days",
        var days => $"answer due in {days} days",
    };
}
