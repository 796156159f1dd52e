using System.Net;
using System.Net.WebSockets;
using ReferralPortal.Web.Tests.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Security;

public sealed class OuterWallTests(SignInWorld world) : IClassFixture<SignInWorld>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/signed-out")]
    [InlineData("/access-denied")]
    [InlineData("/too-many-pages")]
    [InlineData("/")]
    [InlineData("/nowhere")]
    [InlineData("/sign-in/start")]
    [InlineData("/signin-oidc")]
    [InlineData("/_blazor")]
    public async Task Every_answer_carries_the_headers(string address)
    {
        using var visitor = new Visitor(world.Portal);
        var answer = await visitor.Send(HttpMethod.Get, address);
        var policy = answer.Headers["Content-Security-Policy"].Split(';', StringSplitOptions.TrimEntries);

        Assert.Contains("default-src 'self'", policy);
        Assert.Contains("object-src 'none'", policy);
        Assert.Contains("base-uri 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("connect-src 'self'", policy);
        Assert.Single(policy, directive => directive.StartsWith("script-src 'self' 'nonce-", StringComparison.Ordinal) && !directive.Contains("unsafe"));
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("strict-origin-when-cross-origin", answer.Headers["Referrer-Policy"]);
        Assert.Equal("same-origin", answer.Headers["Cross-Origin-Opener-Policy"]);
        Assert.Contains("camera=()", answer.Headers["Permissions-Policy"]);
        Assert.False(answer.Headers.ContainsKey("Server"));
    }

    [Fact]
    public async Task Each_answer_has_a_nonce_of_its_own()
    {
        using var visitor = new Visitor(world.Portal);
        Assert.NotEqual((await visitor.Open("/sign-in")).Headers["Content-Security-Policy"], (await visitor.Open("/sign-in")).Headers["Content-Security-Policy"]);
    }

    [Fact]
    public async Task What_a_signed_in_person_reads_is_kept_nowhere()
    {
        using var visitor = new Visitor(world.Portal);
        Assert.Equal("no-store", (await visitor.SignIn(SignInWorld.Partner)).Headers["Cache-Control"]);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/only-for-clinicians")]
    [InlineData("/form-token")]
    public async Task Whatever_no_endpoint_opens_is_for_signed_in_people_only(string address)
    {
        using var visitor = new Visitor(world.Portal);
        var answer = await visitor.Send(HttpMethod.Get, address);
        Assert.Equal(new Uri(world.Portal, "/sign-in?returnUrl=" + Uri.EscapeDataString(address)), answer.Next);
    }

    [Theory]
    [InlineData("https://elsewhere.example")]
    [InlineData("http://localhost")]
    [InlineData("https://localhost:1")]
    [InlineData("null")]
    public async Task A_page_of_another_site_cannot_connect(string origin)
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.Send(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", [], ("Origin", origin))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, await Refusal(visitor, origin));
    }

    [Fact]
    public async Task Somebody_who_is_not_signed_in_cannot_connect()
    {
        using var visitor = new Visitor(world.Portal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.Send(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", [], ("Origin", Origin))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await Refusal(visitor, Origin));
    }

    [Fact]
    public async Task Long_polling_is_refused()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.Send(HttpMethod.Get, "/_blazor?id=made-up")).Status);
    }

    [Fact]
    public async Task One_person_has_only_so_many_connections()
    {
        var portal = SignInWorld.Address(await world.StartPortal(null, ("Limits:CircuitsPerUser", "1")));
        using var visitor = new Visitor(portal);
        await visitor.SignIn(SignInWorld.Partner);
        var open = new List<ClientWebSocket>();
        for (var connection = 0; connection < 6; connection++) open.Add(await Connect(visitor, portal));

        Assert.Equal(HttpStatusCode.TooManyRequests, await Refusal(visitor, portal.GetLeftPart(UriPartial.Authority), portal));

        open[0].Abort();
        await Task.Delay(500, Ct);
        open.Add(await Connect(visitor, portal));
        foreach (var socket in open) socket.Dispose();
    }

    [Fact]
    public async Task Too_many_sign_ins_from_one_place_are_slowed_down()
    {
        var portal = SignInWorld.Address(await world.StartPortal(null, ("Limits:SignInsPerMinute", "3")));
        using var visitor = new Visitor(portal);
        for (var tries = 0; tries < 3; tries++) Assert.Equal(HttpStatusCode.Redirect, (await visitor.Send(HttpMethod.Get, "/sign-in/start")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await visitor.Send(HttpMethod.Get, "/sign-in/start")).Status);
        Assert.Equal(HttpStatusCode.OK, (await visitor.Send(HttpMethod.Get, "/sign-in")).Status);
    }

    [Fact]
    public async Task A_request_beyond_the_size_limit_is_refused()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        try
        {
            var answer = await visitor.Send(HttpMethod.Post, "/sign-out", [new("__RequestVerificationToken", new string('a', 2 * 1024 * 1024))]);
            Assert.Contains(answer.Status, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest });
        }
        catch (HttpRequestException refused) when (refused.InnerException is IOException)
        {
            // The portal closed the connection before all of it was sent, which is a refusal as well.
        }
        Assert.Equal("/", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task Cookies_are_out_of_reach_of_scripts_and_other_sites()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        await visitor.Open("/form-token");
        var cookies = visitor.Cookies.GetCookies(world.Portal).ToList();
        Assert.Contains(cookies, cookie => cookie.Name == "portal-session");
        Assert.Contains(cookies, cookie => cookie.Name == "portal-antiforgery");
        Assert.All(cookies, cookie => Assert.True(cookie.HttpOnly, cookie.Name));
    }

    string Origin => world.Portal.GetLeftPart(UriPartial.Authority);

    async Task<HttpStatusCode> Refusal(Visitor visitor, string origin, Uri? portal = null)
    {
        using var socket = Socket(visitor, portal ?? world.Portal, origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Hub(portal ?? world.Portal), Ct));
        return socket.HttpStatusCode;
    }

    static async Task<ClientWebSocket> Connect(Visitor visitor, Uri portal)
    {
        var socket = Socket(visitor, portal, portal.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(Hub(portal), Ct);
        return socket;
    }

    static ClientWebSocket Socket(Visitor visitor, Uri portal, string origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.SetRequestHeader("Cookie", visitor.Cookies.GetCookieHeader(portal));
        socket.Options.CollectHttpResponseDetails = true;
        return socket;
    }

    static Uri Hub(Uri portal) => new($"ws://{portal.Authority}/_blazor");
}
