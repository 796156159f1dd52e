using System.Globalization;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.List;

/// <summary>What was typed into search, as the terms that a referral's words must all hold.</summary>
public static class SearchTerms
{
    /// <summary>The index works on three characters at a time; a search with less would read every referral there is.</summary>
    public const int Shortest = 3;

    const int Most = 8;
    static readonly string[] DateForms = ["d/M/yyyy", "d.M.yyyy", "d-M-yyyy"];
    static readonly string[] WithMonthNames = ["d MMM yyyy", "d MMMM yyyy"];

    /// <summary>
    /// The terms; empty when too little was typed to look for. A reference is read as tolerantly as anywhere (any case, without hyphens,
    /// O for 0), a date of birth in any usual form.
    /// </summary>
    public static string[] Of(string typed)
    {
        if (ReadReference(typed) is { } reference) return [reference];
        if (DateOnly.TryParseExact(typed.Trim(), WithMonthNames, CultureInfo.GetCultureInfo("en-GB"), DateTimeStyles.None, out var day)) return [Date(day)];

        var terms = typed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Term).Distinct().Take(Most).ToArray();
        if (terms.Any(term => term.Length >= Shortest)) return terms;
        // Two short names, "Bo Li", are long enough together.
        var together = string.Join(' ', terms);
        return together.Length >= Shortest ? [together] : [];
    }

    static string Term(string word) =>
        ReadReference(word) is { } reference ? reference
        : DateOnly.TryParseExact(word, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Date(day)
        : word;

    // One eight-letter surname in 32 would pass for a reference; without a digit or the R- it is taken as it stands, and still finds a reference typed in full.
    static string? ReadReference(string typed) =>
        (typed.Any(char.IsAsciiDigit) || typed.StartsWith("R-", StringComparison.OrdinalIgnoreCase)) && Reference.TryParse(typed, out var reference) ? reference.ToString() : null;

    static string Date(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
}
