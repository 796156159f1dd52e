using System.Globalization;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Features.Appointments.Calendars;

/// <summary>
/// An appointment as far as a calendar file tells of it: what it is for, when and where. A calendar goes to telephones and to servers of others, so it never
/// tells of whom, nor why.
/// </summary>
/// <param name="Id">Its id, which becomes the file's unchanging UID.</param>
/// <param name="Reference">The referral's reference.</param>
/// <param name="Kind">The stored code of what it is for.</param>
/// <param name="Clinic">The clinic's name.</param>
/// <param name="Address">Its address and postcode.</param>
/// <param name="Room">The room; null where none is kept.</param>
/// <param name="StartsAt">UTC.</param>
/// <param name="EndsAt">UTC.</param>
/// <param name="State">The stored code of its state.</param>
/// <param name="Version">Rises with every change, and with it the file's SEQUENCE.</param>
public sealed record CalendarEntry(
    Guid Id, string Reference, string Kind, string Clinic, string Address, string? Room, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State, int Version);

/// <summary>Appointments as an iCalendar file (RFC 5545), in London's time with its summers.</summary>
public static class AppointmentCalendar
{
    /// <summary>Its type when it is sent.</summary>
    public const string ContentType = "text/calendar; charset=utf-8";

    const string London = "Europe/London";

    /// <summary>The text of the file.</summary>
    /// <param name="entries">What is in it.</param>
    /// <param name="now">When it is written (UTC).</param>
    /// <param name="name">What a calendar that follows it is called; null for a file to open once.</param>
    public static string Of(IEnumerable<CalendarEntry> entries, DateTimeOffset now, string? name = null)
    {
        var calendar = new Ical.Net.Calendar { ProductId = "-//ReferralPortal//Appointments//EN", Method = "PUBLISH" };
        if (name is not null) calendar.AddProperty("X-WR-CALNAME", name);
        calendar.AddTimeZone(VTimeZone.FromDateTimeZone(London, now.UtcDateTime.AddYears(-1), includeHistoricalData: false));
        foreach (var entry in entries) calendar.Events.Add(Event(entry, now));
        return new CalendarSerializer().SerializeToString(calendar)!;
    }

    /// <summary>The file's name: which referral, and nothing about whom.</summary>
    public static string FileName(CalendarEntry entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Reference}-{LondonTime.Of(entry.StartsAt):yyyy-MM-dd}.ics");

    static CalendarEvent Event(CalendarEntry entry, DateTimeOffset now) => new()
    {
        Uid = $"{entry.Id:D}@referralportal",
        DtStamp = new CalDateTime(now.UtcDateTime, "UTC"),
        Sequence = entry.Version - 1,
        Start = Local(entry.StartsAt),
        End = Local(entry.EndsAt),
        Summary = $"{BookingWords.Kind(entry.Kind)} {entry.Reference}",
        Location = string.Join(", ", new[] { entry.Room, entry.Clinic, entry.Address }.Where(part => !string.IsNullOrWhiteSpace(part))),
        Status = entry.State == "cancelled" ? EventStatus.Cancelled : EventStatus.Confirmed,
        Transparency = entry.State == "cancelled" ? TransparencyType.Transparent : TransparencyType.Opaque,
        Class = "PRIVATE",
    };

    static CalDateTime Local(DateTimeOffset at) => new(LondonTime.Of(at), London);
}
