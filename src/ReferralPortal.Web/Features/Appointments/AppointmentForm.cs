using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>What an appointment is for.</summary>
public enum AppointmentKind { InitialAssessment, Treatment, Review }

/// <summary>When, where and with whom: as typed, so that a half-written time survives too.</summary>
public sealed class AppointmentForm
{
    public AppointmentKind Kind { get; set; } = AppointmentKind.InitialAssessment;
    public Guid? Clinic { get; set; }
    public Guid? Clinician { get; set; }
    /// <summary>The room of the free time that was chosen; another free one is taken where it has gone.</summary>
    public Guid? Room { get; set; }
    public DateParts Date { get; set; } = DateParts.Empty;
    public string Time { get; set; } = "";
    /// <summary>Length in minutes.</summary>
    public int Minutes { get; set; } = AppointmentTime.UsualMinutes;

    /// <summary>The time lies outside the hours that are kept for the clinic or the clinician, and is wanted all the same.</summary>
    public bool OutsideHours { get; set; }

    /// <summary>Why it is booked, or moved there, although nothing pays for it; required where that is so.</summary>
    public string WhyBeyond { get; set; } = "";

    /// <summary>When it begins (UTC), as far as it is written; null while it is no time.</summary>
    public DateTimeOffset? StartsAt => Date.ToDate() is { } day && AppointmentTime.TryTime(Time, out var time) ? LondonTime.Instant(day, time) : null;

    /// <summary>Takes a free time: its clinic, clinician and room.</summary>
    public void Take(FreeSlot slot)
    {
        (Clinic, Room) = (slot.ClinicId, slot.RoomId);
        Take(slot.StartsAt, slot.ClinicianId);
    }

    /// <summary>Takes the day and the time of a free slot, and its clinician.</summary>
    public void Take(DateTimeOffset startsAt, Guid clinician)
    {
        var local = LondonTime.Of(startsAt);
        Date = DateParts.Of(DateOnly.FromDateTime(local));
        Time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        Clinician = clinician;
    }
}

/// <summary>A checked appointment time: instants in UTC.</summary>
public sealed record AppointmentTime(DateTimeOffset StartsAt, DateTimeOffset EndsAt)
{
    public const int UsualMinutes = 45;

    /// <summary>The lengths that can be booked.</summary>
    public static readonly IReadOnlyList<int> Lengths = [30, 45, 60, 90];

    /// <summary>
    /// Reads the form. Beside each field stands what is wrong with it: an appointment is in the future, at an open clinic, and within its opening hours.
    /// </summary>
    public static (AppointmentTime? Time, Dictionary<string, string> Errors) Read(AppointmentForm form, CatalogueContent catalogue, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string>();
        if (catalogue.Clinics.All(clinic => clinic.Id != form.Clinic)) errors[nameof(form.Clinic)] = "Choose a clinic";
        if (form.Clinician is null) errors[nameof(form.Clinician)] = "Choose a clinician";
        if (!ThreeFieldDate.TryParse(form.Date.Day, form.Date.Month, form.Date.Year, out var day, out var problem)) errors[nameof(form.Date)] = $"Date of the appointment {problem}";
        if (!TryTime(form.Time, out var time)) errors[nameof(form.Time)] = "Enter a time, for example 14:15";
        if (!Lengths.Contains(form.Minutes)) errors[nameof(form.Minutes)] = "Choose a length";
        if (errors.ContainsKey(nameof(form.Date)) || errors.ContainsKey(nameof(form.Time)) || errors.ContainsKey(nameof(form.Minutes))) return (null, errors);

        var startsAt = LondonTime.Instant(day, time);
        var endsAt = startsAt.AddMinutes(form.Minutes);
        if (startsAt <= now) errors[LondonTime.DateOf(now) == day ? nameof(form.Time) : nameof(form.Date)] = "Choose a time that has not passed";
        else if (day > LondonTime.DateOf(now).AddYears(1)) errors[nameof(form.Date)] = "Choose a date within the next year";
        else if (ReferralClock.Hours(catalogue.Group.OpeningHours).OpeningOn(day) is not { } open) errors[nameof(form.Date)] = "The clinics are closed on that day";
        else if (startsAt < open.Opens || endsAt > open.Closes)
            errors[nameof(form.Time)] = $"Choose a time within opening hours, {LondonTime.Of(open.Opens):HH:mm} to {LondonTime.Of(open.Closes):HH:mm} on that day";
        return errors.Count == 0 ? (new AppointmentTime(startsAt, endsAt), errors) : (null, errors);
    }

    internal static bool TryTime(string typed, out TimeOnly time) =>
        TimeOnly.TryParseExact(typed.Trim(), ["H:mm", "HH:mm", "H.mm", "HH.mm", "HHmm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
