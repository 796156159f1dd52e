using System.Security.Cryptography;
using System.Text;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>Which column of a file is which column of ours.</summary>
public static class ImportMapping
{
    /// <summary>Stands at the head of the column by which a row that comes back is known again.</summary>
    public const string KeyHeading = "Row key";

    /// <summary>Stands at the head of the column that says what is wrong with a row; it is not read.</summary>
    public const string ProblemsHeading = "Problems";

    /// <summary>Guesses by the heading: our own name, then what others call it. A heading is used once.</summary>
    public static Dictionary<string, int> Guess(IReadOnlyList<string> headings, IReadOnlyList<ImportColumn> columns)
    {
        var plain = headings.Select(ImportCell.Plain).ToList();
        var found = new Dictionary<string, int>();
        foreach (var names in new Func<ImportColumn, IEnumerable<string>>[] { column => [column.Name], column => column.Synonyms.Split(',') })
            foreach (var column in columns.Where(column => !found.ContainsKey(column.Field)))
                if (names(column).Select(ImportCell.Plain).Where(name => name.Length > 0).Select(name => plain.IndexOf(name)).FirstOrDefault(place => place >= 0 && !found.ContainsValue(place), -1) is >= 0 and var place)
                    found[column.Field] = place;
        return found;
    }

    /// <summary>What is known of these headings, where it still fits the columns that there are, completed by what can be guessed.</summary>
    public static Dictionary<string, int> Complete(IReadOnlyDictionary<string, int>? remembered, IReadOnlyList<string> headings, IReadOnlyList<ImportColumn> columns) =>
        remembered is null ? Guess(headings, columns) : Valid(remembered, headings, columns);

    /// <summary>Without what is no column of this form or of this file.</summary>
    public static Dictionary<string, int> Valid(IReadOnlyDictionary<string, int> chosen, IReadOnlyList<string> headings, IReadOnlyList<ImportColumn> columns) =>
        columns.Where(column => chosen.TryGetValue(column.Field, out var place) && place >= 0 && place < headings.Count).ToDictionary(column => column.Field, column => chosen[column.Field]);

    /// <summary>The same for files made alike: a digest of the headings in their order.</summary>
    public static string HeadingSet(IReadOnlyList<string> headings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', headings.Select(ImportCell.Plain)))));

    /// <summary>Whether every heading is understood, and every field that must be filled in has its column: then nobody needs to be asked.</summary>
    public static bool IsPlain(IReadOnlyDictionary<string, int> mapping, IReadOnlyList<string> headings, IReadOnlySet<string> required, IReadOnlyList<ImportColumn> columns) =>
        columns.All(column => mapping.ContainsKey(column.Field) || !required.Contains(column.Field))
        && headings.Select((heading, place) => (heading, place)).All(one => one.heading.Length == 0 || one.heading is KeyHeading or ProblemsHeading || mapping.Values.Contains(one.place));
}
