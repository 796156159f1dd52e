using System.Globalization;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Web.Components.Forms;

/// <summary>A date as three texts, kept as typed, so that a half-written one survives too.</summary>
public sealed record DateParts(string Day = "", string Month = "", string Year = "")
{
    /// <summary>Nothing typed.</summary>
    public static DateParts Empty { get; } = new();

    /// <summary>The three texts of a date; empty for none.</summary>
    public static DateParts Of(DateOnly? date) => date is not { } day ? Empty
        : new(day.Day.ToString(CultureInfo.InvariantCulture), day.Month.ToString(CultureInfo.InvariantCulture), day.Year.ToString("0000", CultureInfo.InvariantCulture));

    /// <summary>True while all three are blank.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsEmpty => string.IsNullOrWhiteSpace(Day + Month + Year);

    /// <summary>The date, or null while it is none; <see cref="ThreeFieldDate"/> says in words what is wrong.</summary>
    public DateOnly? ToDate() => ThreeFieldDate.TryParse(Day, Month, Year, out var date, out _) ? date : null;
}
