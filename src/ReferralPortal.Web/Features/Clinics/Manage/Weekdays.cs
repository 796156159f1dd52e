namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>The days of the week as the database counts them: Monday 1 to Sunday 7.</summary>
public static class Weekdays
{
    public static readonly IReadOnlyList<int> All = [1, 2, 3, 4, 5, 6, 7];

    /// <summary>"Monday".</summary>
    public static string Name(int weekday) => ((DayOfWeek)(weekday % 7)).ToString();

    /// <summary>The weekday of a date.</summary>
    public static int Of(DateOnly date) => date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek;
}
