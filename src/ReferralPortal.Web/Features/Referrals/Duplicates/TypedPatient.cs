using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>What a form that is being typed says of its patient so far: what cannot be read yet is not known.</summary>
static class TypedPatient
{
    internal static PatientFacts Of(ReferralForm form) => new(
        form.Patient.GivenName.Trim(),
        form.Patient.FamilyName.Trim(),
        ReferralFormRules.TryDate(form.Patient.DateOfBirth),
        NhsNumber.TryParse(form.Patient.NhsNumber, out var number) ? number.Digits : null,
        Postcode.TryParse(form.Patient.Postcode, out var postcode) ? postcode.ToString() : null,
        ReferralFormRules.TryDate(form.Incident.Date));
}
