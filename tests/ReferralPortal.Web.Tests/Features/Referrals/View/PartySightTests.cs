using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Referrals.View;

public sealed class PartySightTests
{
    const Sight ClinicalParts = Sight.Clinical | Sight.Safety | Sight.Injury | Sight.Scores | Sight.Goals;

    [Fact]
    public void The_treating_clinic_sees_everything() =>
        Assert.Equal(Sight.All, PartySight.Of(PartyRole.TreatingClinic, OrganisationKind.ClinicGroup));

    [Theory]
    [InlineData(PartyRole.Referrer)]
    [InlineData(PartyRole.InstructingParty)]
    [InlineData(PartyRole.CaseManager)]
    [InlineData(PartyRole.Funder)]
    public void An_employer_sees_no_clinical_detail_in_whatever_role(PartyRole role) =>
        Assert.Equal(Sight.None, PartySight.Of(role, OrganisationKind.Employer) & ClinicalParts);

    [Theory]
    [InlineData(OrganisationKind.Solicitor)]
    [InlineData(OrganisationKind.CaseManager)]
    [InlineData(OrganisationKind.Intermediary)]
    [InlineData(OrganisationKind.HealthOrganisation)]
    public void A_referrer_sees_what_it_wrote_and_what_came_of_it(OrganisationKind kind) =>
        Assert.Equal(Sight.All, PartySight.Of(PartyRole.Referrer, kind));

    [Fact]
    public void A_payer_sees_what_it_pays_for_and_not_the_patient_s_history_or_address()
    {
        var sight = PartySight.Of(PartyRole.Funder, OrganisationKind.Funder);
        Assert.Equal(Sight.None, sight & (Sight.Clinical | Sight.Safety | Sight.Contact));
        Assert.Equal(Sight.Funding | Sight.Scores | Sight.Reports | Sight.Injury, sight & (Sight.Funding | Sight.Scores | Sight.Reports | Sight.Injury));
    }

    [Fact]
    public void Nobody_but_the_clinic_group_becomes_the_treating_clinic()
    {
        foreach (var kind in Enum.GetValues<OrganisationKind>().Where(kind => kind != OrganisationKind.ClinicGroup))
            Assert.Equal(Sight.None, PartySight.Of(PartyRole.TreatingClinic, kind));
    }

    [Fact]
    public void Two_roles_add_up() =>
        Assert.Equal(Sight.All, PartySight.Of([PartyRole.Funder, PartyRole.CaseManager], OrganisationKind.CaseManager));

    [Fact]
    public void Without_a_role_there_is_nothing_to_see_and_no_tab()
    {
        var nothing = PartySight.Of([], OrganisationKind.Solicitor);
        Assert.Equal(Sight.None, nothing);
        Assert.DoesNotContain(Enum.GetValues<ReferralTab>(), tab => nothing.Has(tab));
    }

    [Fact]
    public void An_employer_sees_its_appointments_its_funding_and_what_reports_say_of_work()
    {
        var employer = PartySight.Of(PartyRole.Referrer, OrganisationKind.Employer);
        Assert.Equal([ReferralTab.Timeline, ReferralTab.Details, ReferralTab.Progress, ReferralTab.Appointments, ReferralTab.Funding, ReferralTab.Documents, ReferralTab.History],
            Enum.GetValues<ReferralTab>().Where(tab => employer.Has(tab)));
    }
}
