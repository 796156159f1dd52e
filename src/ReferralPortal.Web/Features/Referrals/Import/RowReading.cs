using System.Security.Cryptography;
using System.Text;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>One row as the form that it says.</summary>
/// <param name="Form">The form; what could not be read is empty in it.</param>
/// <param name="Problems">Field to words: what could not be read.</param>
/// <param name="Digest">The same for rows that say the same, however their files are laid out.</param>
public sealed record ReadRow(ReferralForm Form, IReadOnlyDictionary<string, string> Problems, string Digest);

/// <summary>Turns rows into forms.</summary>
public static class RowReading
{
    static readonly string[] FormulaErrors = ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"];

    /// <summary>The form that the texts say.</summary>
    /// <param name="texts">Field to text.</param>
    /// <param name="columns">The columns of this kind of organisation.</param>
    /// <param name="lists">What cells are read against.</param>
    /// <param name="wordings">Safety question to the version of the wording that its column answers.</param>
    public static ReadRow Read(IReadOnlyDictionary<string, string> texts, IReadOnlyList<ImportColumn> columns, ImportLists lists, IReadOnlyDictionary<string, string> wordings)
    {
        var form = new ReferralForm();
        var problems = new Dictionary<string, string>();
        foreach (var column in columns)
        {
            if (!texts.TryGetValue(column.Field, out var text) || string.IsNullOrWhiteSpace(text)) continue;
            var problem = FormulaErrors.Contains(text.Trim()) ? $"The formula in this cell came to nothing ({text.Trim()})" : column.Cell.Read(text, form, lists);
            if (problem is not null) problems[column.Field] = problem;
        }
        if (string.Equals(form.Patient.FamilyName.Trim(), ImportColumns.ExampleName, StringComparison.OrdinalIgnoreCase))
            problems["Patient.FamilyName"] = "This is the template’s example, not a referral. It is never sent; leave it, or take it out of the file";

        // Which wording was answered does not make another referral of it.
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PortalJson.Text(form))));
        foreach (var question in form.Safety.Answers.Keys) form.Safety.Wordings[question] = wordings.GetValueOrDefault(question, "");
        return new ReadRow(form, problems, digest);
    }

    /// <summary>The row that says a form: field to text.</summary>
    public static Dictionary<string, string> Write(ReferralForm form, IReadOnlyList<ImportColumn> columns, ImportLists lists) =>
        columns.ToDictionary(column => column.Field, column => column.Cell.Write(form, lists));

    /// <summary>An answer for which the patient needs help now.</summary>
    public static bool IsEmergency(ReferralForm form, ImportLists lists) => SafetyAnswers.Yes(lists.Catalogue, form.Safety, RedFlagTier.Emergency).Any();

    /// <summary>The names of organisations that rows write out, in lower case.</summary>
    public static string[] NamedOrganisations(IEnumerable<IReadOnlyDictionary<string, string>> rows, IReadOnlyList<ImportColumn> columns)
    {
        var fields = columns.Where(column => column.Cell is OrganisationCell).Select(column => column.Field).ToArray();
        return [.. rows.SelectMany(row => fields.Select(field => row.GetValueOrDefault(field, "").Trim().ToLowerInvariant())).Where(name => name.Length > 0).Distinct()];
    }
}
