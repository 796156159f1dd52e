namespace ReferralPortal.Domain.Referrals;

/// <summary>The rules about a referral's dates, as of today in London.</summary>
public static class ReferralDates
{
    /// <summary>What is wrong with the date of the incident; null when nothing is. Without a date of birth it is not held against one.</summary>
    public static string? ProblemWithIncident(DateOnly incident, DateOnly? dateOfBirth, DateOnly today) =>
        incident > today ? "Date of the incident must not be in the future"
        : incident < dateOfBirth ? "Date of the incident must not be before the patient's date of birth"
        : null;

    /// <summary>What is wrong with the date on which consent was given; null when nothing is. Nobody agrees to a referral before there is something to refer.</summary>
    public static string? ProblemWithConsent(DateOnly consent, DateOnly? dateOfBirth, DateOnly? incident, DateOnly today) =>
        consent > today ? "Date of consent must not be in the future"
        : consent < dateOfBirth ? "Date of consent must not be before the patient's date of birth"
        : consent < incident ? "Date of consent must not be before the incident"
        : null;

    /// <summary>What is wrong with the first day of an absence from work; null when nothing is.</summary>
    public static string? ProblemWithAbsence(DateOnly absentSince, DateOnly? dateOfBirth, DateOnly today) =>
        absentSince > today ? "First day of absence must not be in the future"
        : absentSince < dateOfBirth ? "First day of absence must not be before the patient's date of birth"
        : null;

    /// <summary>What is wrong with the day on which the patient is hoped to be back at work; null when nothing is.</summary>
    public static string? ProblemWithReturn(DateOnly target, DateOnly today) =>
        target < today ? "Target date for the return to work must be today or later" : null;
}
