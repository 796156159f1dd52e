using ReferralPortal.Web.Features.Referrals.Submit.Letters;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>
/// Counts what was found against what was expected, value by value. Codes, dates, names, numbers and references must be equal but for case and blanks; an address,
/// an account and the symptoms are right when at least four fifths (address) or two thirds of the words are shared both ways.
/// </summary>
sealed class LetterScore
{
    internal int Right { get; private set; }
    internal int Wrong { get; private set; }
    internal int Missed { get; private set; }
    internal List<string> Complaints { get; } = [];

    internal double Precision => Right + Wrong == 0 ? 1 : (double)Right / (Right + Wrong);
    internal double Recall => Right + Missed == 0 ? 1 : (double)Right / (Right + Missed);

    internal void Add(LetterFixture letter, LetterFindings findings)
    {
        var found = findings.Values.Select(value => (Path: LetterFixture.PathOf(value.Field), Value: value.Field is LetterField.CaseManager or LetterField.Payer ? value.Text : value.Value)).ToList();
        foreach (var (path, value) in found)
            if (letter.Expected.TryGetValue(path, out var wanted) && wanted.Any(one => Same(path, one, value))) Right++;
            else
            {
                Wrong++;
                Complaints.Add($"{letter.Name}: wrong {path} = {value}");
            }
        foreach (var (path, wanted) in letter.Expected)
            foreach (var one in wanted)
                if (!found.Any(other => other.Path == path && Same(path, one, other.Value)))
                {
                    Missed++;
                    Complaints.Add($"{letter.Name}: missed {path} = {one}");
                }
    }

    static bool Same(string path, string wanted, string found) => path switch
    {
        "Patient.Address" => Shared(wanted, found) >= 0.8,
        "Incident.Account" or "Injury.Symptoms" => Shared(wanted, found) >= 2.0 / 3,
        "Patient.Phone" or "Patient.GuardianPhone" => Plain(wanted) == Plain(found),
        _ => string.Equals(Plain(wanted), Plain(found), StringComparison.OrdinalIgnoreCase),
    };

    static string Plain(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    // Words in common, as a share of all the words of both.
    static double Shared(string one, string other)
    {
        var (these, those) = (Words(one), Words(other));
        var common = these.Intersect(those).Count();
        return these.Count + those.Count == 0 ? 0 : 2.0 * common / (these.Count + those.Count);
    }

    static HashSet<string> Words(string text) => [.. text.ToLowerInvariant().Split([' ', ',', '.', ';', ':', '\n', '(', ')'], StringSplitOptions.RemoveEmptyEntries)];
}
