namespace ReferralPortal.Domain.Referrals;

/// <summary>The rules about a referral's dates, as of today in London.</summary>
public static class ReferralDates
{
    /// <summary>What is wrong with the date of the incident; null when nothing is. Without a date of birth it is not held against one.</summary>
    public static string? ProblemWithIncident(DateOnly incident, DateOnly? dateOfBirth, DateOnly today) =>
        incident > today ? "Date of the incident must not be in the future"
        : incident < dateOfBirth ? "Date of the incident must not be before the patient's date of birth"
        : null;

    /// <summary>What is wrong with the date on which consent was given; null when nothing is.</summary>
    public static string? ProblemWithConsent(DateOnly consent, DateOnly today) =>
        consent > today ? "Date of consent must not be in the future" : null;
}
