using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>Makes typed text fit for PostgreSQL, which keeps every character but U+0000, and half a surrogate pair is no character.</summary>
static partial class TypedText
{
    /// <summary>The text without what cannot be stored.</summary>
    internal static string? Storable(string? text) => text is null ? null : Unstorable().Replace(text, "");

    /// <summary>JSON without the escape of U+0000; a backslash that was typed before those letters is itself escaped and stays.</summary>
    internal static string StorableJson(string json) => EscapedNul().Replace(json, "$1");

    [GeneratedRegex(@"\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]")]
    private static partial Regex Unstorable();

    [GeneratedRegex(@"(?<!\\)((?:\\\\)*)\\u0000")]
    private static partial Regex EscapedNul();
}
