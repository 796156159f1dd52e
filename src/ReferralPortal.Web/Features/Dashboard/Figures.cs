using ReferralPortal.Domain;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>By what the figures of a measure are told apart.</summary>
public enum Slice
{
    Total,
    /// <summary>By reason or target.</summary>
    Code,
    Organisation,
    Clinic,
    Week,
}

/// <summary>One figure.</summary>
/// <param name="Measure">What is counted.</param>
/// <param name="Slice">By what it is told apart.</param>
/// <param name="Key">Which one of these: a code, an id, a Monday, or <c>none</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Median">Half of them waited no longer, in hours; null where nothing is waited for.</param>
/// <param name="Ninetieth">Nine in ten of them waited no longer, in hours.</param>
public sealed record Figure(string Measure, string Slice, string Key, int Count, double? Median, double? Ninetieth);

/// <summary>Figures, to be asked for one by one.</summary>
public sealed class Figures(IReadOnlyList<Figure> rows)
{
    /// <summary>The key of what no clinic has yet.</summary>
    public const string None = "none";

    readonly Dictionary<(string, string, string), Figure> byKey = rows.ToDictionary(row => (row.Measure, row.Slice, row.Key));

    /// <summary>A measure altogether.</summary>
    public Figure Of(Measure measure) => Of(measure, Slice.Total, None);

    /// <summary>A measure for one organisation, clinic, week or reason; nothing counted where there is none.</summary>
    public Figure Of(Measure measure, Slice slice, string key) =>
        byKey.GetValueOrDefault((EnumText.Of(measure), EnumText.Of(slice), key)) ?? new(EnumText.Of(measure), EnumText.Of(slice), key, 0, null, null);

    /// <summary>A measure in the week of a Monday.</summary>
    public Figure In(DateOnly week, Measure measure) => Of(measure, Slice.Week, DashboardFilter.Text(week));

    /// <summary>A measure by reason or target, the most first.</summary>
    public IReadOnlyList<Figure> ByCode(Measure measure) =>
        [.. rows.Where(row => row.Measure == EnumText.Of(measure) && row.Slice == "code" && row.Key != None).OrderByDescending(row => row.Count).ThenBy(row => row.Key, StringComparer.Ordinal)];

    /// <summary>The organisations or clinics of which anything is counted, those with the most received first.</summary>
    public IReadOnlyList<string> Keys(Slice slice) =>
        [.. rows.Where(row => row.Slice == EnumText.Of(slice)).Select(row => row.Key).Distinct().OrderByDescending(key => Of(Measure.Received, slice, key).Count).ThenBy(key => key, StringComparer.Ordinal)];
}
