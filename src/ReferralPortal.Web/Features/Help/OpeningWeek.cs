using System.Globalization;
using System.Text.Json;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;

namespace ReferralPortal.Web.Features.Help;

/// <summary>When the clinics open on one or more days of the week that are alike: "Monday to Friday", "08:00 to 20:00".</summary>
public sealed record OpeningLine(string Days, string Hours);

/// <summary>The clinics' opening hours as people read them, London time.</summary>
public sealed class OpeningWeek
{
    static readonly DayOfWeek[] Week =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    readonly Dictionary<DayOfWeek, (TimeOnly Opens, TimeOnly Closes)> times;

    OpeningWeek(Dictionary<DayOfWeek, (TimeOnly, TimeOnly)> times) => this.times = times;

    /// <summary>Reads the catalogue's JSON: a day's name to its two times, a day that is left out or null is closed.</summary>
    public static OpeningWeek Read(string json)
    {
        var days = JsonSerializer.Deserialize<Dictionary<string, Day?>>(json, JsonSerializerOptions.Web) ?? [];
        return new(days.Where(day => day.Value is not null).ToDictionary(
            day => Enum.Parse<DayOfWeek>(day.Key, ignoreCase: true),
            day => (Time(day.Value!.Opens), Time(day.Value.Closes))));
    }

    /// <summary>The hours of one day of the week; null when the clinics are closed.</summary>
    public OpeningTimes? On(DayOfWeek day) => times.TryGetValue(day, out var hours) ? new(hours.Opens, hours.Closes) : null;

    /// <summary>The week from Monday, neighbouring days with the same hours together.</summary>
    public IReadOnlyList<OpeningLine> Lines
    {
        get
        {
            var lines = new List<OpeningLine>();
            for (var first = 0; first < Week.Length;)
            {
                var last = first;
                while (last + 1 < Week.Length && Hours(Week[last + 1]) == Hours(Week[first])) last++;
                lines.Add(new(first == last ? $"{Week[first]}" : $"{Week[first]} to {Week[last]}", Hours(Week[first])));
                first = last + 1;
            }
            return lines;
        }
    }

    /// <summary>How it stands at an instant: "Open now, until 20:00", "Closed now, opens tomorrow at 08:00".</summary>
    public string Now(DateTimeOffset at)
    {
        var here = LondonTime.Of(at);
        for (var ahead = 0; ahead <= Week.Length; ahead++)
        {
            if (!times.TryGetValue(here.AddDays(ahead).DayOfWeek, out var day)) continue;
            if (ahead == 0 && TimeOnly.FromDateTime(here) >= day.Closes) continue;
            if (ahead == 0 && TimeOnly.FromDateTime(here) >= day.Opens) return $"Open now, until {Text(day.Closes)}";
            var when = ahead switch { 0 => "today", 1 => "tomorrow", _ => $"on {here.AddDays(ahead).DayOfWeek}" };
            return $"Closed now, opens {when} at {Text(day.Opens)}";
        }
        return "Closed";
    }

    string Hours(DayOfWeek day) => times.TryGetValue(day, out var hours) ? $"{Text(hours.Opens)} to {Text(hours.Closes)}" : "Closed";

    static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
    static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    sealed record Day(string Opens, string Closes);
}
