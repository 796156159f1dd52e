using System.Text;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Catalogue.Wording;

/// <summary>
/// Changes the wording of a standard question or reason, retires it or takes it back into use, or adds a question. Allowed to clinic managers. What has
/// been sent already keeps its own words.
/// </summary>
public sealed class SaveStandardText(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="List">Which list.</param>
    /// <param name="Code">Which entry; null for a new one.</param>
    /// <param name="Version">The version that the person saw; ignored for a new one.</param>
    /// <param name="Label">What it is called where it is chosen; a question's also on the timeline.</param>
    /// <param name="Words">The words that the writer starts from; may be empty for "something else".</param>
    /// <param name="Retired">Offered no more.</param>
    public sealed record Command(string List, string? Code, int Version, string Label, string Words, bool Retired);

    /// <summary>Returns the entry's code.</summary>
    public async Task<Outcome<string>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.WordsForTheClinic()) return StandardTexts.NotAManager;
        if (!StandardTexts.IsEdited(command.List) || (command.Code is null && command.List != StandardTexts.Questions)) return Outcome.Missing;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var (label, words) = (command.Label.Trim(), string.IsNullOrWhiteSpace(command.Words) ? null : command.Words.Trim());
        var saved = await database.Write<string>(actor, async unit =>
        {
            if (command.Code is { } known && await unit.WhyNotChanged(command.List, known, command.Version) is { } failure) return failure;
            var labels = await unit.Many<Labelled>(Labels, new { command.List });
            if (labels.Any(other => other.Code != command.Code && string.Equals(other.Label, label, StringComparison.OrdinalIgnoreCase))) return Outcome.Invalid(nameof(Command.Label), "Another entry is called that already");

            var code = command.Code ?? CodeFor(label, labels.Select(other => other.Code).ToHashSet());
            await unit.Run(command.Code is null ? Add : Change, new { command.List, code, label, words, command.Retired, at = unit.Now, by = actor.UserId });
            unit.Audit(AuditAction.SaveStandardText, detail: new { list = command.List, code, added = command.Code is null, command.Retired });
            return code;
        }, ct);
        if (saved.IsDone) catalogue.Forget();
        return saved;
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(command.Label)) errors[nameof(Command.Label)] = "Write what it is called";
        else if (command.Label.Trim().Length > StandardTexts.LongestLabel) errors[nameof(Command.Label)] = $"Use {StandardTexts.LongestLabel} characters or fewer";
        if (command.Words.Length > StandardTexts.LongestWords) errors[nameof(Command.Words)] = $"Use {StandardTexts.LongestWords:N0} characters or fewer";
        else if (string.IsNullOrWhiteSpace(command.Words) && command.Code != StandardTexts.Other) errors[nameof(Command.Words)] = "Write the words that the referrer reads";
        if (command.Retired && command.Code == StandardTexts.Other) errors[nameof(Command.Retired)] = "This one stays in use, for what fits no other";
        return errors;
    }

    // A code is for the program and for good: letters and digits of the first label, and a number where another one has it.
    static string CodeFor(string label, HashSet<string> taken)
    {
        var code = new StringBuilder();
        foreach (var letter in label.ToLowerInvariant().Normalize(NormalizationForm.FormD))
            if (char.IsAsciiLetterOrDigit(letter)) code.Append(letter);
            else if (letter == ' ' && code is [.., not '_']) code.Append('_');
        var first = code.ToString().Trim('_') is { Length: > 0 } words ? words[..Math.Min(words.Length, 40)].Trim('_') : "question";
        return taken.Contains(first) ? Enumerable.Range(2, taken.Count + 1).Select(number => $"{first}_{number}").First(free => !taken.Contains(free)) : first;
    }

    sealed record Labelled(string Code, string Label);

    const string Labels = "select code, label from coded_text where list = @list";

    const string Add = """
        insert into coded_text (list, code, position, label, words, retired, edited_at, edited_by)
        select @list, @code, coalesce(max(position), 0) + 1, @label, @words, @retired, @at, @by from coded_text where list = @list
        """;

    const string Change = """
        update coded_text set label = @label, words = @words, retired = @retired, edited_at = @at, edited_by = @by, version = version + 1
        where list = @list and code = @code
        """;
}
