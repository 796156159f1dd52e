using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>Two referrals side by side, line by line, as people read them.</summary>
static class Comparison
{
    internal static IEnumerable<(string What, string? Mine, string? Theirs)> Of(ComparedReferral mine, ComparedReferral theirs)
    {
        yield return ("Name", mine.PatientName, theirs.PatientName);
        yield return ("Date of birth", Formats.Date(mine.DateOfBirth), Formats.Date(theirs.DateOfBirth));
        yield return ("Sex", PlainText.Of(mine.Sex), PlainText.Of(theirs.Sex));
        yield return ("NHS number", Nhs(mine.NhsNumber), Nhs(theirs.NhsNumber));
        yield return ("Address", mine.Address, theirs.Address);
        yield return ("Postcode", mine.Postcode, theirs.Postcode);
        yield return ("Telephone", mine.Phone, theirs.Phone);
        yield return ("Email", mine.Email, theirs.Email);
        yield return ("GP practice", mine.GpPractice, theirs.GpPractice);
        yield return ("Date of the incident", Day(mine.IncidentDate), Day(theirs.IncidentDate));
        yield return ("Kind of incident", PlainText.OfOptional(mine.Mechanism), PlainText.OfOptional(theirs.Mechanism));
        yield return ("Condition", mine.Condition, theirs.Condition);
        yield return ("Claim reference", mine.ClaimReference, theirs.ClaimReference);
        yield return ("Referrer’s reference", mine.OurReference, theirs.OurReference);
        yield return ("Referred by", mine.ReferringOrganisation, theirs.ReferringOrganisation);
    }

    static string? Nhs(string? digits) => NhsNumber.TryParse(digits, out var number) ? number.ToString() : digits;
    static string? Day(DateOnly? day) => day is { } known ? Formats.Date(known) : null;
}
