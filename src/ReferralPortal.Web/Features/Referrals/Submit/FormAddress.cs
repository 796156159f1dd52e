using ReferralPortal.Domain;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>Where the pages of one form are.</summary>
public static class FormAddress
{
    /// <summary>The last segment of the page where the answers are checked.</summary>
    public const string CheckSegment = "check";

    /// <summary>The list of the form's parts.</summary>
    public static string Tasks(Guid draft) => $"/referrals/new/{draft}";

    /// <summary>One part; with <paramref name="fromCheck"/> Continue and Back lead to the check page again.</summary>
    public static string Of(Guid draft, FormSection part, bool fromCheck = false) => $"{Tasks(draft)}/{EnumText.Of(part)}{(fromCheck ? "?return=check" : "")}";

    /// <summary>The page where the answers are checked.</summary>
    public static string Check(Guid draft) => $"{Tasks(draft)}/{CheckSegment}";

    /// <summary>What the draft became; works for as long as the referral exists.</summary>
    public static string Submitted(Guid draft, bool already = false) => $"{Tasks(draft)}/submitted{(already ? "?already=true" : "")}";

    /// <summary>The part that a field's path (<c>Patient.Postcode</c>) belongs to.</summary>
    public static FormSection PartOf(string field) => Enum.Parse<FormSection>(field.Split('.')[0]);
}
