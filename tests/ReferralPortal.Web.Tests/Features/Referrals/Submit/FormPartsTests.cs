using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

public sealed class FormPartsTests
{
    [Theory]
    [InlineData(OrganisationKind.Solicitor, "Patient Incident Injury Safety Claim Funding Services Consent Documents")]
    [InlineData(OrganisationKind.CaseManager, "Patient Incident Injury Safety Claim Funding Services Consent Documents")]
    [InlineData(OrganisationKind.Intermediary, "Patient Incident Injury Safety Claim Funding Services Consent Documents")]
    [InlineData(OrganisationKind.HealthOrganisation, "Patient Incident Injury Safety Funding Services Consent Documents")]
    [InlineData(OrganisationKind.Employer, "Patient Incident Injury Work Safety Funding Services Consent Documents")]
    [InlineData(OrganisationKind.Funder, "")]
    [InlineData(OrganisationKind.ClinicGroup, "")]
    public void Each_kind_of_organisation_fills_in_its_own_parts(OrganisationKind kind, string parts) =>
        Assert.Equal(parts, string.Join(' ', FormParts.For(kind)));

    [Theory]
    [InlineData(OrganisationKind.Solicitor, PartRule.Required)]
    [InlineData(OrganisationKind.HealthOrganisation, PartRule.Optional)]
    [InlineData(OrganisationKind.Employer, PartRule.Required)]
    [InlineData(OrganisationKind.Funder, PartRule.Absent)]
    public void The_incident_is_asked_of_those_who_bring_a_claim_and_an_employer_says_whether_it_was_work(OrganisationKind kind, PartRule rule) =>
        Assert.Equal(rule, FormParts.Of(FormSection.Incident, kind));

    [Theory]
    [InlineData(OrganisationKind.Solicitor, true, false)]
    [InlineData(OrganisationKind.CaseManager, false, true)]
    [InlineData(OrganisationKind.Intermediary, true, true)]
    [InlineData(OrganisationKind.HealthOrganisation, false, false)]
    [InlineData(OrganisationKind.Employer, false, false)]
    public void Others_on_the_referral_are_named_by_those_who_have_them(OrganisationKind kind, bool caseManager, bool instructingParty) =>
        Assert.Equal((caseManager, instructingParty), (FormParts.NamesCaseManager(kind), FormParts.NamesInstructingParty(kind)));

    [Theory]
    [InlineData(OrganisationKind.Solicitor, PayerKind.Funder)]
    [InlineData(OrganisationKind.HealthOrganisation, PayerKind.Nhs)]
    [InlineData(OrganisationKind.Employer, PayerKind.Referrer)]
    public void The_likeliest_payer_comes_first(OrganisationKind kind, PayerKind first) => Assert.Equal(first, FormParts.Payers(kind)[0]);
}
