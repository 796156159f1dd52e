namespace ReferralPortal.Domain.Progress;

/// <summary>
/// EQ-5D-5L as it is written down from the paper form: its profile, one digit from 1 to 5 a dimension ("21232"; a hyphen for a dimension without an answer), and its scale (VAS) from 0 to 100.
/// Nothing is worked out from them: the digits are no number, and an index needs a licensed value set.
/// </summary>
public static class Eq5dProfile
{
    /// <summary>The dimensions by their bare names, in the order of the digits.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["mobility", "self-care", "usual activities", "pain/discomfort", "anxiety/depression"];

    /// <summary>The levels of a profile as typed, one a dimension and null for none; nothing typed is none of them. Null when it is not a profile.</summary>
    public static IReadOnlyList<int?>? Levels(string typed)
    {
        var digits = typed.Trim() is { Length: > 0 } given ? given : new string('-', Dimensions.Count);
        return digits.Length == Dimensions.Count && digits.All(digit => digit is '-' or >= '1' and <= '5')
            ? [.. digits.Select(digit => digit == '-' ? (int?)null : digit - '0')]
            : null;
    }

    /// <summary>The profile of a set of answers; empty where no dimension has one.</summary>
    public static string Of(IReadOnlyList<int?> answers) =>
        string.Concat(answers.Take(Dimensions.Count).Select(level => level is { } given ? (char)('0' + given) : '-')) is var digits && digits.Trim('-').Length > 0 ? digits : "";

    /// <summary>The scale of a set of answers; null where it has none.</summary>
    public static int? ScaleOf(IReadOnlyList<int?> answers) => answers.ElementAtOrDefault(Dimensions.Count);

    /// <summary>What was answered, in few words: "21232, VAS 70"; null where nothing was.</summary>
    public static string? Words(IReadOnlyList<int?> answers) => (Of(answers), ScaleOf(answers)) switch
    {
        ("", null) => null,
        ("", { } scale) => $"VAS {scale}",
        (var profile, null) => profile,
        (var profile, { } scale) => $"{profile}, VAS {scale}",
    };
}
