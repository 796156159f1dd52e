using System.Text;

namespace ReferralPortal.Domain.Patients;

/// <summary>A person's name: any text of 1 to 100 characters. No apostrophe, hyphen, space, single letter or script is ever refused.</summary>
public static class PersonName
{
    /// <summary>The most characters that a name may have.</summary>
    public const int MaximumLength = 100;

    /// <summary>The name as stored: without surrounding space, in Unicode's composed form; null when there is nothing in it or too much, or a control character.</summary>
    public static string? Read(string? text)
    {
        var name = (text ?? "").Trim();
        if (name.Length == 0 || name.Any(char.IsControl)) return null;
        try
        {
            name = name.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return null; // half a surrogate pair is no text
        }
        return name.Length > MaximumLength ? null : name;
    }
}
