namespace ReferralPortal.Domain.Patients;

/// <summary>The rules about a date of birth.</summary>
public static class BirthDate
{
    /// <summary>Years of age up to which a date of birth is believed.</summary>
    public const int OldestAge = 120;

    /// <summary>What is wrong with a date of birth as of <paramref name="today"/>; null when nothing is.</summary>
    public static string? ProblemWith(DateOnly dateOfBirth, DateOnly today) =>
        dateOfBirth >= today ? "Date of birth must be in the past"
        : AgeOn(dateOfBirth, today) > OldestAge ? $"Date of birth must be within the last {OldestAge} years; check the year"
        : null;

    /// <summary>Completed years on a day. Somebody born on 29 February has their birthday on 1 March in a common year.</summary>
    public static int AgeOn(DateOnly dateOfBirth, DateOnly day)
    {
        var birthdayToCome = (day.Month, day.Day).CompareTo((dateOfBirth.Month, dateOfBirth.Day)) < 0;
        return day.Year - dateOfBirth.Year - (birthdayToCome ? 1 : 0);
    }

    /// <summary>Under 18: a parent or guardian is named on the referral.</summary>
    public static bool IsChildOn(DateOnly dateOfBirth, DateOnly day) => AgeOn(dateOfBirth, day) < 18;
}
