using ReferralPortal.Web.Platform.Security;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Security;

public class ReturnAddressTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/referrals")]
    [InlineData("/referrals/R-7K3M-92QX?tab=progress")]
    [InlineData("/referrals?state=in_triage&sort=due&text=a%20b")]
    [InlineData("/referrals?text=https://elsewhere.example/")]
    [InlineData("/referrals#history")]
    public void An_address_inside_the_portal_is_kept(string address) => Assert.Equal(address, ReturnAddress.Safe(address));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" /referrals")]
    [InlineData("referrals")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("http:elsewhere.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//elsewhere.example/")]
    [InlineData("///elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("\\/elsewhere.example/")]
    [InlineData("/%2Felsewhere.example/")]
    [InlineData("/%2felsewhere.example/")]
    [InlineData("/%5Celsewhere.example/")]
    [InlineData("/%252Felsewhere.example/")]
    [InlineData("/%255Celsewhere.example/")]
    [InlineData("/\t/elsewhere.example/")]
    [InlineData("/%09/elsewhere.example/")]
    [InlineData("/\r\n/elsewhere.example/")]
    [InlineData("/%0D%0ALocation:%20https://elsewhere.example/")]
    [InlineData("/referrals\\..\\\\elsewhere.example")]
    [InlineData("/sign-in?returnUrl=/sign-in")]
    [InlineData("/sign-out")]
    [InlineData("/access-denied")]
    public void Anything_else_leads_home(string? address) => Assert.Equal("/", ReturnAddress.Safe(address));

    [Fact]
    public void An_endless_address_leads_home() => Assert.Equal("/", ReturnAddress.Safe("/" + new string('a', 3000)));
}
