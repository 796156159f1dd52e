using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>Finds conditions of the catalogue by what people call them.</summary>
public static class ConditionSearch
{
    const int Most = 10;

    /// <summary>Conditions of which every typed word begins a word of the name or of the keywords; those of the injured regions come first, then those found by their name.</summary>
    public static IReadOnlyList<Condition> Find(CatalogueContent catalogue, string typed, IReadOnlyCollection<string> regions)
    {
        var words = Words(typed);
        return [.. from condition in catalogue.Conditions
                   let name = Words(condition.Name)
                   let known = name.Concat(condition.Keywords.SelectMany(Words)).ToList()
                   where words.All(word => known.Any(other => other.StartsWith(word, StringComparison.Ordinal)))
                   orderby condition.BodyRegions.Any(regions.Contains) descending,
                           words.All(word => name.Any(other => other.StartsWith(word, StringComparison.Ordinal))) descending
                   select condition];
    }

    /// <summary>The first ten.</summary>
    public static IEnumerable<Condition> First(CatalogueContent catalogue, string typed, IReadOnlyCollection<string> regions) => Find(catalogue, typed, regions).Take(Most);

    static string[] Words(string text) => text.ToLowerInvariant().Split([' ', '-', '–', '/', '(', ')', ',', '’', '\''], StringSplitOptions.RemoveEmptyEntries);
}
