using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Admin;

namespace ReferralPortal.Web.Features.People;

/// <summary>Which roles go with which organisation, and how lists of words are read.</summary>
public static class PeopleRules
{
    /// <summary>Limits in characters, and how many words a list may have.</summary>
    public const int LongestWord = 50, MostWords = 20, LongestJobTitle = 100, LongestUserName = 254;

    /// <summary>The roles that a person of such an organisation may hold.</summary>
    public static IReadOnlyList<Role> RolesFor(OrganisationKind kind) => kind switch
    {
        OrganisationKind.ClinicGroup => [Role.ClinicAdministrator, Role.Clinician, Role.ClinicManager, Role.Auditor],
        OrganisationKind.Funder => [Role.Funder, Role.OrganisationAdministrator],
        _ => [Role.Referrer, Role.OrganisationAdministrator],
    };

    /// <summary>Reads a list typed with commas or one a line; each word once, as it is spelt in <paramref name="known"/> where it stands there already.</summary>
    public static string[] Words(string typed, IEnumerable<string> known) =>
        [.. typed.Split([',', ';', '\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(word => AdminRules.Text(word)).OfType<string>()
            .DistinctBy(word => word.ToUpperInvariant())
            .Select(word => known.FirstOrDefault(other => string.Equals(other, word, StringComparison.OrdinalIgnoreCase)) ?? word)];

    /// <summary>What is wrong with such a list, or null.</summary>
    public static string? Problem(string typed)
    {
        var words = Words(typed, []);
        return words.Length > MostWords ? $"Name {MostWords} at most" : words.Any(word => word.Length > LongestWord) ? $"Each must be {LongestWord} characters or fewer" : null;
    }
}
