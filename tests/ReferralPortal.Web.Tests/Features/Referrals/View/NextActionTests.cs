using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Referrals.View;

public sealed class NextActionTests
{
    [Theory]
    [InlineData(ReferralState.Submitted, Capacity.Referrer, null, null)]
    [InlineData(ReferralState.Submitted, Capacity.ClinicAdministrator, "Start triage", "/triage/R-7K3M-92QX")]
    [InlineData(ReferralState.Submitted, Capacity.Clinician, null, null)]
    [InlineData(ReferralState.InTriage, Capacity.ClinicAdministrator, "Continue triage", "/triage/R-7K3M-92QX")]
    [InlineData(ReferralState.InformationRequested, Capacity.Referrer, "Answer", "/referrals/R-7K3M-92QX/answer")]
    [InlineData(ReferralState.InformationRequested, Capacity.ClinicAdministrator, null, null)]
    [InlineData(ReferralState.Accepted, Capacity.ClinicAdministrator, "Book first appointment", "/triage/R-7K3M-92QX")]
    [InlineData(ReferralState.Accepted, Capacity.Referrer, null, null)]
    [InlineData(ReferralState.AppointmentBooked, Capacity.Clinician, "Record assessment", "/referrals/R-7K3M-92QX/assessment")]
    [InlineData(ReferralState.InTreatment, Capacity.Clinician, "Go on with treatment", "/referrals/R-7K3M-92QX/care")]
    [InlineData(ReferralState.InTreatment, Capacity.Referrer, null, null)]
    [InlineData(ReferralState.Discharged, Capacity.ClinicAdministrator, "Close referral", "/referrals/R-7K3M-92QX/care")]
    [InlineData(ReferralState.Closed, Capacity.Referrer, null, null)]
    [InlineData(ReferralState.Withdrawn, Capacity.ClinicAdministrator, null, null)]
    public void Each_reader_has_one_next_step_or_none(ReferralState state, Capacity capacity, string? label, string? address)
    {
        var next = NextAction.For(state, [capacity], "R-7K3M-92QX");
        Assert.Equal((label, address), (next?.Label, next?.Address));
    }

    [Fact]
    public void A_party_that_only_looks_on_has_none() =>
        Assert.All(Everything, state => Assert.Null(NextAction.For(state, [], "R-7K3M-92QX")));

    static readonly ReferralState[] Everything = Enum.GetValues<ReferralState>();
}
