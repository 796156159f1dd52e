using ReferralPortal.Domain;

namespace ReferralPortal.Web.Components.Forms;

/// <summary>A field's id on the page, made from its path in the form: <c>Patient.DateOfBirth</c> gives <c>patient-date-of-birth</c>.</summary>
public static class FieldId
{
    /// <summary>The id that the field itself, the error summary and tests agree on.</summary>
    public static string Of(string path) =>
        string.Join('-', path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Select(part => EnumText.SnakeCase(part).Replace('_', '-').Trim('-')));
}
