namespace ReferralPortal.Domain;

/// <summary>Europe/London: where people read the clock. Everything is stored in UTC.</summary>
public static class LondonTime
{
    /// <summary>The time zone, with its history of summer time.</summary>
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    /// <summary>An instant as London's clocks show it.</summary>
    public static DateTime Of(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone).DateTime;

    /// <summary>The date in London at an instant.</summary>
    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(Of(instant));

    /// <summary>
    /// The instant (UTC) at which London's clocks show a time: the first of two when the hour comes twice in autumn, and the moment of the change
    /// when it is left out in spring.
    /// </summary>
    public static DateTimeOffset Instant(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time, DateTimeKind.Unspecified);
        if (Zone.IsInvalidTime(local))
        {
            while (Zone.IsInvalidTime(local)) local = local.AddMinutes(1);
            local = new DateTime(local.Year, local.Month, local.Day, local.Hour, 0, 0);
        }
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
