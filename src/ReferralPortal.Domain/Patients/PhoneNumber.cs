using PhoneNumbers;

namespace ReferralPortal.Domain.Patients;

/// <summary>A telephone number, read as British unless it names a country.</summary>
public readonly record struct PhoneNumber
{
    /// <summary>What to say when a text is none.</summary>
    public const string Problem = "Enter one telephone number, for example 0161 496 0123 or +353 1 234 5678, without an extension";

    static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    PhoneNumber(string e164) => E164 = e164;

    /// <summary>The international form without spaces (<c>+441614960123</c>), as stored.</summary>
    public string E164 { get; }

    /// <summary>Reads a number that can be dialled from anywhere: one without its area code, or with an extension that E.164 cannot hold, is none.</summary>
    public static bool TryParse(string? text, out PhoneNumber number)
    {
        number = default;
        if (string.IsNullOrWhiteSpace(text) || text.Length > 40) return false;
        try
        {
            var read = Library.Parse(text, "GB");
            if (read.HasExtension || text.Count(char.IsAsciiDigit) < 7 || !IsDialled(read)) return false;
            number = new PhoneNumber(Library.Format(read, PhoneNumberFormat.E164));
            return true;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    // Valid, or a British number of full length: ranges kept for drama and newly opened ones are numbers too, but a missing digit is a slip.
    static bool IsDialled(PhoneNumbers.PhoneNumber read) => Library.IsValidNumber(read)
        || Library.IsPossibleNumberWithReason(read) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE
            && (read.CountryCode != 44 || Library.GetNationalSignificantNumber(read).Length == 10);

    /// <summary>As people write it: the national form for British numbers, the international one for others.</summary>
    public override string ToString()
    {
        if (E164 is null) return "";
        var read = Library.Parse(E164, "GB");
        return Library.Format(read, read.CountryCode == 44 ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL);
    }
}
