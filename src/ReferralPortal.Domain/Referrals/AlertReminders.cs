namespace ReferralPortal.Domain.Referrals;

/// <summary>
/// When an urgent alert to which nobody has put their name is brought up again: at 50 %, 80 % and 100 % of the review's target, then after every further
/// target's span, all in clinic time, without an end.
/// </summary>
public static class AlertReminders
{
    /// <summary>How long after the alert a reminder comes.</summary>
    /// <param name="step">1 for the first.</param>
    /// <param name="target">The review's target, clinic time.</param>
    public static TimeSpan After(int step, TimeSpan target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        return step switch { 1 => target * 0.5, 2 => target * 0.8, _ => target * (step - 2) };
    }

    /// <summary>The last reminder that is due after so much clinic time; 0 when none is.</summary>
    public static int Due(TimeSpan passed, TimeSpan target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(target, TimeSpan.Zero);
        return passed < After(1, target) ? 0 : passed < After(2, target) ? 1 : passed < target ? 2 : 2 + (int)Math.Min(passed / target, 1_000_000);
    }

    /// <summary>How an alert stands that nobody has acknowledged: "not acknowledged, 2nd reminder".</summary>
    public static string Words(int step) => step < 1 ? "not acknowledged" : $"not acknowledged, {Ordinal(step)} reminder";

    static string Ordinal(int number) => number + ((number % 100) is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });
}
