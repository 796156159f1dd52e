using System.Globalization;
using System.Text;

namespace ReferralPortal.Domain.Patients;

/// <summary>A person's name: any text of 1 to 100 characters. No apostrophe, hyphen, space, single letter or script is ever refused.</summary>
public static class PersonName
{
    /// <summary>The most characters (Unicode code points, as the database counts) that a name may have.</summary>
    public const int MaximumLength = 100;

    /// <summary>The name as stored: without surrounding space, in Unicode's composed form; null when there is nothing to see in it or too much, a line break or a control character.</summary>
    public static string? Read(string? text)
    {
        var name = (text ?? "").Trim();
        if (name.Length == 0 || name.Any(BreaksTheLine)) return null;
        try
        {
            name = name.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return null; // half a surrogate pair is no text
        }
        return name.EnumerateRunes().Count() > MaximumLength || !name.EnumerateRunes().Any(IsSeen) ? null : name;
    }

    static bool BreaksTheLine(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029';

    static bool IsSeen(Rune letter) => Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Format or UnicodeCategory.SpaceSeparator);
}
