namespace ReferralPortal.Domain.Patients;

/// <summary>
/// An NHS number of England and Wales: ten digits of which the last is a modulus-11 check digit
/// (NHS Data Model and Dictionary, "NHS Number").
/// </summary>
public readonly record struct NhsNumber
{
    /// <summary>What to say when a text is none.</summary>
    public const string Problem = "Enter a valid NHS number: 10 digits, as on the patient's letters, for example 943 476 5919";

    NhsNumber(string digits) => Digits = digits;

    /// <summary>The ten digits without spaces, as stored.</summary>
    public string Digits { get; }

    /// <summary>Reads a number with or without spaces and hyphens.</summary>
    public static bool TryParse(string? text, out NhsNumber number)
    {
        number = default;
        var digits = string.Concat((text ?? "").Where(letter => !char.IsWhiteSpace(letter) && letter != '-'));
        // Ten equal digits can pass the sum (9999999999 does) and are never issued.
        if (digits.Length != 10 || !digits.All(char.IsAsciiDigit) || digits.All(digit => digit == digits[0])) return false;

        var sum = 0;
        for (var place = 0; place < 9; place++) sum += (digits[place] - '0') * (10 - place);
        var check = (11 - sum % 11) % 11;
        if (check == 10 || check != digits[9] - '0') return false;

        number = new NhsNumber(digits);
        return true;
    }

    /// <summary>In groups of 3, 3 and 4.</summary>
    public override string ToString() => Digits is null ? "" : $"{Digits[..3]} {Digits[3..6]} {Digits[6..]}";
}
