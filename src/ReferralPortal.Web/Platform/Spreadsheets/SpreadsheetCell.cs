using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Platform.Spreadsheets;

/// <summary>
/// A text as a cell of a file that somebody opens in a spreadsheet program, which would run a cell that begins like a formula. Such a cell gets
/// an apostrophe in front; reading takes exactly that one away again, so that what is written comes back as it was.
/// </summary>
public static partial class SpreadsheetCell
{
    /// <summary>The text as it is written. A text that already has an apostrophe before such a beginning gets one more, or it would lose its own on the way back.</summary>
    public static string Defuse(string? text) => text is null ? "" : LooksLikeFormula().IsMatch(text) ? "'" + text : text;

    /// <summary>The text that was meant: the inverse of <see cref="Defuse"/>.</summary>
    public static string Read(string? text) => text is null ? "" : text.StartsWith('\'') && LooksLikeFormula().IsMatch(text) ? text[1..] : text;

    // Programs strip space before they look, so a sign behind it counts too; the wide signs are typed on East Asian keyboards.
    [GeneratedRegex(@"\A'*\s*[\t\r\n=+\-@\uFF1D\uFF0B\uFF0D\uFF20]", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeFormula();
}
