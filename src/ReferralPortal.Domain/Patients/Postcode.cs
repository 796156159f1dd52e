using System.Text.RegularExpressions;

namespace ReferralPortal.Domain.Patients;

/// <summary>A postcode of the United Kingdom, checked for its form only.</summary>
public readonly partial record struct Postcode
{
    /// <summary>What to say when a text is none.</summary>
    public const string Problem = "Enter a full UK postcode, for example M1 4BT";

    readonly string text;

    Postcode(string text) => this.text = text;

    /// <summary>The first half, which names the town or district: <c>M1</c>.</summary>
    public string Outward => text?[..^4] ?? "";

    /// <summary>Reads a postcode in any case, with or without spaces.</summary>
    public static bool TryParse(string? text, out Postcode postcode)
    {
        postcode = default;
        var typed = string.Concat((text ?? "").Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();
        if (typed.Length < 5 || !Form().IsMatch(typed)) return false;
        postcode = new Postcode($"{typed[..^3]} {typed[^3..]}");
        return true;
    }

    /// <summary>Upper case with one space before the last three characters: as shown and as stored.</summary>
    public override string ToString() => text ?? "";

    [GeneratedRegex("^(GIR ?0AA|(?:[A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) ?[0-9][ABD-HJLNP-UW-Z]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
