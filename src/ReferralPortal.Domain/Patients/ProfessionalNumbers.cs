using System.Text.RegularExpressions;

namespace ReferralPortal.Domain.Patients;

/// <summary>The forms of registration numbers and practice codes; that one is really held is not checked.</summary>
public static partial class ProfessionalNumbers
{
    /// <summary>What to say when a text is no HCPC number.</summary>
    public const string HcpcProblem = "Enter the HCPC number as two letters and up to six digits, for example PH123456";

    /// <summary>What to say when a text is no GMC number.</summary>
    public const string GmcProblem = "Enter the GMC number as seven digits, for example 1234567";

    /// <summary>What to say when a text is no GP practice's code.</summary>
    public const string GpPracticeProblem = "Enter the practice code as a letter and five digits, for example P84012";

    /// <summary>An HCPC registration number: two letters and up to six digits, <c>PH123456</c>; null when the text is none.</summary>
    public static string? Hcpc(string? text) => Matching(text, HcpcForm());

    /// <summary>A GMC reference number: seven digits.</summary>
    public static string? Gmc(string? text) => Matching(text, GmcForm());

    /// <summary>A GP practice's ODS code: a letter and five digits, <c>P84012</c>.</summary>
    public static string? GpPractice(string? text) => Matching(text, OdsForm());

    static string? Matching(string? text, Regex form)
    {
        var typed = string.Concat((text ?? "").Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();
        return form.IsMatch(typed) ? typed : null;
    }

    [GeneratedRegex("^[A-Z]{2}[0-9]{1,6}$")]
    private static partial Regex HcpcForm();

    [GeneratedRegex("^[0-9]{7}$")]
    private static partial Regex GmcForm();

    [GeneratedRegex("^[A-Z][0-9]{5}$")]
    private static partial Regex OdsForm();
}
