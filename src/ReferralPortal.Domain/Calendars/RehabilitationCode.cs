namespace ReferralPortal.Domain.Calendars;

/// <summary>What the Rehabilitation Code gives the other side for an answer, in whole days after the day on which it was asked.</summary>
public static class RehabilitationCode
{
    /// <summary>Calendar days for an answer to a request for rehabilitation.</summary>
    public const int RequestDays = 21;

    /// <summary>Business days for a compensator's answer to the rehabilitation section of a low-value claim form.</summary>
    public const int ClaimFormDays = 15;

    /// <summary>The last day for an answer to a request for rehabilitation that was made on a day.</summary>
    public static DateOnly AnswerToRequest(DateOnly asked) => asked.AddDays(RequestDays);

    /// <summary>The last day for a compensator's answer to a low-value claim form that was sent on a day.</summary>
    public static DateOnly AnswerToClaimForm(DateOnly sent, WorkingDays workingDays) => workingDays.Add(sent, ClaimFormDays);
}
