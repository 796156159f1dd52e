using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Makes the patterns that read letters: all of them take time in proportion to the text, whatever the text is.</summary>
static class Pattern
{
    /// <summary>Upper and lower case are told apart.</summary>
    internal static Regex Exact([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>In any case.</summary>
    internal static Regex Any([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <summary>The one space between words that any run of blanks is.</summary>
    internal static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
