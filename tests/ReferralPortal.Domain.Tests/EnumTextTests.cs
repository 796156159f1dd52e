using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests;

public class EnumTextTests
{
    [Theory]
    [InlineData(ReferralState.Draft, "draft")]
    [InlineData(ReferralState.InTriage, "in_triage")]
    [InlineData(ReferralState.InformationRequested, "information_requested")]
    [InlineData(OrganisationKind.HealthOrganisation, "health_organisation")]
    [InlineData(Role.ClinicAdministrator, "clinic_administrator")]
    [InlineData(Target.RedFlagReview, "red_flag_review")]
    [InlineData(DeclineReason.UnsafeForOutpatient, "unsafe_for_outpatient")]
    public void A_value_is_stored_in_snake_case(Enum value, string text) => Assert.Equal(text, EnumText.Of(value));

    [Fact]
    public void Every_value_comes_back_from_its_text()
    {
        ComesBack<ReferralState>();
        ComesBack<ReferralAction>();
        ComesBack<PartyRole>();
        ComesBack<Role>();
        ComesBack<OrganisationKind>();
        ComesBack<IncidentMechanism>();
        ComesBack<ServiceAskedFor>();
        ComesBack<DocumentKind>();
        ComesBack<WithdrawReason>();
        ComesBack<Target>();

        static void ComesBack<T>() where T : struct, Enum => Assert.All(Enum.GetValues<T>(), value => Assert.Equal(value, EnumText.Parse<T>(EnumText.Of(value))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("InTriage")]
    [InlineData("in triage")]
    [InlineData("2")]
    [InlineData("lost")]
    public void A_text_that_stands_for_nothing_is_refused(string text)
    {
        Assert.False(EnumText.TryParse<ReferralState>(text, out _));
        Assert.Throws<FormatException>(() => EnumText.Parse<ReferralState>(text));
    }

    [Fact]
    public void A_number_that_is_no_value_has_no_text() => Assert.Throws<ArgumentOutOfRangeException>(() => EnumText.Of((ReferralState)99));
}
