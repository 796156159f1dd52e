using System.Security.Cryptography;

namespace ReferralPortal.Domain.Referrals;

/// <summary>
/// The name by which people know a referral: eight characters of Crockford's base 32, of which the last is a check character, shown as
/// <c>R-7K3M-92QX</c>. The check is a weighted sum over the field of 32 elements, so any one wrong character and any two swapped
/// neighbours are noticed.
/// </summary>
public readonly record struct Reference
{
    const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const int Length = 8;

    readonly string characters;

    Reference(string characters) => this.characters = characters;

    /// <summary>A new one, drawn at random: 35 bits.</summary>
    public static Reference New()
    {
        Span<int> digits = stackalloc int[Length - 1];
        foreach (ref var digit in digits) digit = RandomNumberGenerator.GetInt32(32);
        return FromDigits(digits);
    }

    /// <summary>The reference with this serial number, for generated data; 0 to 2^35 - 1.</summary>
    public static Reference FromNumber(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, 1L << 35);
        Span<int> digits = stackalloc int[Length - 1];
        for (var place = digits.Length - 1; place >= 0; place--, number >>= 5) digits[place] = (int)(number & 31);
        return FromDigits(digits);
    }

    /// <summary>
    /// Reads what somebody typed: any case, with or without <c>R-</c>, hyphens and spaces; O is read as 0, I and L as 1.
    /// </summary>
    public static bool TryParse(string? text, out Reference reference)
    {
        reference = default;
        var typed = string.Concat((text ?? "").Where(letter => !char.IsWhiteSpace(letter) && letter is not ('-' or '\u2010' or '\u2011' or '\u2013'))).ToUpperInvariant();
        if (typed.Length == Length + 1 && typed[0] == 'R') typed = typed[1..];
        if (typed.Length != Length) return false;

        Span<int> digits = stackalloc int[Length];
        for (var place = 0; place < Length; place++)
        {
            var digit = Alphabet.IndexOf(typed[place] switch { 'O' => '0', 'I' or 'L' => '1', var letter => letter });
            if (digit < 0) return false;
            digits[place] = digit;
        }
        var read = FromDigits(digits[..^1]);
        if (Alphabet.IndexOf(read.characters[^1]) != digits[^1]) return false;
        reference = read;
        return true;
    }

    /// <summary>The form that people see and the database stores.</summary>
    public override string ToString() => characters is null ? "" : $"R-{characters[..4]}-{characters[4..]}";

    static Reference FromDigits(ReadOnlySpan<int> digits)
    {
        Span<char> text = stackalloc char[Length];
        for (var place = 0; place < digits.Length; place++) text[place] = Alphabet[digits[place]];
        text[^1] = Alphabet[Check(digits)];
        return new Reference(new string(text));
    }

    // In GF(32) each place has a weight of its own (2, 4, 8, ...): a change in one place, or two neighbours swapped, changes the sum.
    static int Check(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        foreach (var digit in digits) sum = Double(sum ^ digit);
        return sum;
    }

    // Times x modulo x^5 + x^2 + 1, which is primitive: the weights do not repeat within 31 places.
    static int Double(int element) => (element << 1) ^ (element >= 16 ? 0b100101 : 0);
}
