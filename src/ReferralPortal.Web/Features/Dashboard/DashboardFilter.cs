using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>Which days are looked at. All but the chosen ones begin on a Monday and end today.</summary>
public enum DashboardPeriod
{
    /// <summary>This week and the three before it.</summary>
    FourWeeks,
    /// <summary>This week and the twelve before it.</summary>
    ThirteenWeeks,
    /// <summary>This week and the 51 before it.</summary>
    Year,
    /// <summary>From a day to a day.</summary>
    Chosen,
}

/// <summary>What the dashboard shows, as its address says it.</summary>
public sealed record DashboardFilter
{
    /// <summary>The most days that can be chosen.</summary>
    public const int LongestDays = 2 * 366;

    public DashboardPeriod Period { get; init; }
    /// <summary>The first day, where days are chosen.</summary>
    public DateOnly? From { get; init; }
    /// <summary>The last day, where days are chosen.</summary>
    public DateOnly? To { get; init; }
    /// <summary>Only what this organisation sent.</summary>
    public Guid? Organisation { get; init; }
    /// <summary>Only what this clinic has.</summary>
    public Guid? Clinic { get; init; }
    /// <summary>Only what no clinic has yet.</summary>
    public bool NoClinic { get; init; }

    /// <summary>The days from a first to a last; null where that is no period that can be shown.</summary>
    public DashboardFilter? Between(DateOnly? from, DateOnly? to) =>
        from is { } first && to is { } last && first <= last && first.Year > 2000 && last.Year < 3000 && last.DayNumber - first.DayNumber < LongestDays
            ? this with { Period = DashboardPeriod.Chosen, From = first, To = last } : null;

    /// <summary>The first and the last day, London's.</summary>
    public (DateOnly From, DateOnly To) Days(DateOnly today) => Period switch
    {
        DashboardPeriod.Chosen => (From!.Value, To!.Value),
        DashboardPeriod.ThirteenWeeks => (Monday(today).AddDays(-12 * 7), today),
        DashboardPeriod.Year => (Monday(today).AddDays(-51 * 7), today),
        _ => (Monday(today).AddDays(-3 * 7), today),
    };

    /// <summary>The period as instants: from the first one to before the second one.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Instants(DateOnly today)
    {
        var (first, last) = Days(today);
        return (StartOf(first), StartOf(last.AddDays(1)));
    }

    /// <summary>The Mondays of the weeks that the period touches.</summary>
    public IReadOnlyList<DateOnly> Weeks(DateOnly today)
    {
        var (first, last) = Days(today);
        return [.. Enumerable.Range(0, (Monday(last).DayNumber - Monday(first).DayNumber) / 7 + 1).Select(week => Monday(first).AddDays(7 * week))];
    }

    /// <summary>The Monday of a day's week.</summary>
    public static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <summary>When a day begins in London.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => LondonTime.Instant(day, TimeOnly.MinValue);

    /// <summary>Reads the query of an address. What is not understood is left out: an old link shows something rather than a fault.</summary>
    public static DashboardFilter Parse(string? query)
    {
        var given = QueryHelpers.ParseQuery(query);
        string? Of(string name) => given.TryGetValue(name, out var values) ? values[0] : null;
        var filter = new DashboardFilter
        {
            Period = EnumText.TryParse<DashboardPeriod>(Of("period"), out var known) && known != DashboardPeriod.Chosen ? known : DashboardPeriod.FourWeeks,
            Organisation = Guid.TryParse(Of("organisation"), out var organisation) ? organisation : null,
            Clinic = Guid.TryParse(Of("clinic"), out var clinic) ? clinic : null,
            NoClinic = Of("clinic") == "none",
        };
        return filter.Between(Day(Of("from")), Day(Of("to"))) ?? filter;
    }

    /// <summary>The query of the address that asks this, with its question mark; empty where nothing is asked.</summary>
    public string Query
    {
        get
        {
            var query = new StringBuilder();
            if (Period == DashboardPeriod.Chosen) { Add("from", Text(From!.Value)); Add("to", Text(To!.Value)); }
            else if (Period != DashboardPeriod.FourWeeks) Add("period", EnumText.Of(Period));
            if (Organisation is { } organisation) Add("organisation", organisation.ToString());
            if (Clinic is { } clinic) Add("clinic", clinic.ToString());
            else if (NoClinic) Add("clinic", "none");
            return query.ToString();

            void Add(string name, string value) => query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(value);
        }
    }

    /// <summary>The address of the dashboard that asks this.</summary>
    public string Address => "/admin/dashboard" + Query;

    internal static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    internal static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Which figure of the dashboard is opened: the referrals behind it are one page after the other.</summary>
public sealed record FigureFilter(DashboardFilter Dashboard, Measure Measure)
{
    /// <summary>Only this week, named by its Monday.</summary>
    public DateOnly? Week { get; init; }
    /// <summary>Only this reason or target.</summary>
    public string? Code { get; init; }
    /// <summary>The last row of the page before; null for the first page.</summary>
    public Triage.Queue.QueuePlace? After { get; init; }

    /// <summary>The instants that are looked at: the period's, and within it the week's.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Instants(DateOnly today)
    {
        var (from, until) = Dashboard.Instants(today);
        if (Week is not { } week) return (from, until);
        var (monday, next) = (DashboardFilter.StartOf(week), DashboardFilter.StartOf(week.AddDays(7)));
        return (monday > from ? monday : from, next < until ? next : until);
    }

    /// <summary>Reads the query of an address; null where it names no figure.</summary>
    public static FigureFilter? Parse(string? query)
    {
        var given = QueryHelpers.ParseQuery(query);
        string? Of(string name) => given.TryGetValue(name, out var values) ? values[0] : null;
        if (!EnumText.TryParse<Measure>(Of("measure"), out var measure)) return null;
        return new FigureFilter(DashboardFilter.Parse(query), measure)
        {
            Week = DashboardFilter.Day(Of("week")) is { Year: > 2000 and < 3000 } week ? DashboardFilter.Monday(week) : null,
            Code = Of("code") is { Length: > 0 and <= 40 } code ? code : null,
            After = Triage.Queue.QueuePlace.TryParse(Of("after"), out var place) ? place : null,
        };
    }

    /// <summary>The address of the list.</summary>
    public string Address
    {
        get
        {
            var dashboard = Dashboard.Query;
            return "/admin/dashboard/referrals" + dashboard + (dashboard.Length == 0 ? '?' : '&') + "measure=" + EnumText.Of(Measure)
                + (Week is { } week ? "&week=" + DashboardFilter.Text(week) : "")
                + (Code is { } code ? "&code=" + Uri.EscapeDataString(code) : "")
                + (After is { } after ? "&after=" + Uri.EscapeDataString(after.ToString()) : "");
        }
    }
}
