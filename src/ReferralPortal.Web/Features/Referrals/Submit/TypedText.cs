using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// Makes typed text fit for PostgreSQL, which keeps every character but U+0000, and half a surrogate pair is no character. A draft keeps a
/// visible sign (U+FFFD) in the place of either, and no form that has one in it is sent: nothing is changed behind a person's back.
/// </summary>
static partial class TypedText
{
    /// <summary>The text without what cannot be stored.</summary>
    internal static string? Storable(string? text) => text is null ? null : Unstorable().Replace(text, "");

    /// <summary>JSON without the escape of U+0000; a backslash that was typed before those letters is itself escaped and stays.</summary>
    internal static string StorableJson(string json) => EscapedNul().Replace(json, @"$1\uFFFD");

    /// <summary>Whether every character of the text can be kept, and none was lost on the way here.</summary>
    internal static bool IsWhole(string? text) => text is null || !(text.Contains('\uFFFD', StringComparison.Ordinal) || Unstorable().IsMatch(text));

    /// <summary>Whether there is anything to see in the text: spaces, zero-width and control characters are nothing.</summary>
    internal static bool IsSeen(string? text) => text is not null && text.EnumerateRunes().Any(letter =>
        !Rune.IsWhiteSpace(letter) && Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Format or UnicodeCategory.Control));

    [GeneratedRegex(@"\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]")]
    private static partial Regex Unstorable();

    [GeneratedRegex(@"(?<!\\)((?:\\\\)*)\\u0000")]
    private static partial Regex EscapedNul();
}
