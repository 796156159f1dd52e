using System.Net;
using ReferralPortal.Web.Tests.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Security;

public sealed class ProxyTests(SignInWorld world) : IClassFixture<SignInWorld>
{
    [Fact]
    public async Task A_named_proxy_may_say_that_the_outer_connection_is_https()
    {
        var portal = SignInWorld.Address(await world.StartPortal(null, ("Security:TrustedProxies:0", "127.0.0.0/8"), ("Security:TrustedProxies:1", "::1/128")));
        Assert.Contains("redirect_uri=" + Uri.EscapeDataString("https://portal.example/"), await WayToTheProvider(portal));
    }

    [Fact]
    public async Task Anybody_else_is_not_believed() =>
        Assert.Contains("redirect_uri=" + Uri.EscapeDataString(world.Portal.AbsoluteUri), await WayToTheProvider(world.Portal));

    static async Task<string> WayToTheProvider(Uri portal)
    {
        using var visitor = new Visitor(portal);
        var answer = await visitor.Send(HttpMethod.Get, "/sign-in/start", null, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "portal.example"), ("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        return answer.Next!.AbsoluteUri;
    }
}
