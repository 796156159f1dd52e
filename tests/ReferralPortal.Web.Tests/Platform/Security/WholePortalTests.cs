using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Database.Local;
using ReferralPortal.Database.Seeds;
using ReferralPortal.DevIdentity;
using ReferralPortal.Testing;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Tests.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Security;

/// <summary>The portal as it is started, with every endpoint that it has.</summary>
public sealed class WholePortalTests(WholePortalTests.Portal portal) : IClassFixture<WholePortalTests.Portal>
{
    /// <summary>All that may be read without signing in. A new entry is a decision: say why it shows nothing of the portal.</summary>
    static readonly string[] openToAnybody =
    [
        "/sign-in", "/sign-in/start", "/sign-out", "/signed-out", "/session/end", "/access-denied", "/too-many-pages", // the way in and out
        "/not-found", "/fault", // words on what went wrong
        "/health/live", "/health/ready", // a status
        "/verify", // whether a copy of a report is genuine and current, to whoever holds it; nothing else
        "/p/{Token}", // one report, to the patient who has the secret in the address and gives the date of birth
        "/m/{secret}/", // a questionnaire, to the patient who has the secret in the address
        "/f/{token}/", // one request for more sessions, to the payer who has the secret in the address and a code
        "/calendar/{secret}.ics", // a clinician's times and places, to whoever has the secret in the address; never of whom
    ];

    [Fact]
    public void Whatever_can_be_reached_without_signing_in_is_on_the_list()
    {
        var open = portal.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Where(endpoint => endpoint.Metadata.All(item => item.GetType().Name != "StaticAssetDescriptor"))
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.TrimStart('/'))
            .Distinct()
            .ToList();
        Assert.Contains("/sign-in", open);
        Assert.Empty(open.Except(openToAnybody, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Every_page_without_parameters_carries_the_headers_and_leads_a_visitor_to_the_sign_in_page()
    {
        var pages = portal.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Components.Endpoints.ComponentTypeMetadata>() is not null && endpoint.RoutePattern.Parameters.Count == 0)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Distinct()
            .ToList();
        Assert.Contains("/sign-in", pages);
        using var visitor = new Visitor(portal.Address);
        foreach (var page in pages)
        {
            var answer = await visitor.Send(HttpMethod.Get, page);
            Assert.True(answer.Headers["Content-Security-Policy"].Contains("frame-ancestors 'none'", StringComparison.Ordinal), page);
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            if (!openToAnybody.Contains(page)) Assert.Equal(new Uri(portal.Address, "/sign-in?returnUrl=" + Uri.EscapeDataString(page)), answer.Next);
        }
    }

    [Fact]
    public async Task Every_page_whose_address_is_a_secret_sends_the_same_headers_and_runs_no_script()
    {
        var secret = portal.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<SecretPageAttribute>() is not null).Select(endpoint => endpoint.RoutePattern.RawText!.Trim('/')).Distinct().Order().ToList();
        Assert.Equal(["f/{token}", "m/{secret}", "p/{Token}"], secret);
        using var visitor = new Visitor(portal.Address);
        var answers = new List<string>();
        foreach (var address in secret)
        {
            var page = await visitor.Send(HttpMethod.Get, $"/{address[..2]}not-a-secret");
            Assert.DoesNotContain("<script", page.Body, StringComparison.OrdinalIgnoreCase);
            answers.Add(string.Join('\n', page.Headers.Where(header => header.Key is not ("Date" or "Set-Cookie" or "Transfer-Encoding" or "Content-Type" or "Pragma" or "Server")).Select(header => $"{header.Key}: {header.Value}").Order()));
        }
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        foreach (var expected in (string[])["Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Robots-Tag: noindex, nofollow", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY"])
            Assert.Contains(expected, answers[0].Split('\n'));
        foreach (var expected in (string[])["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"]) Assert.Contains(expected, answers[0]);
        Assert.DoesNotContain("script-src", answers[0]);
    }

    [Fact]
    public async Task A_demo_account_signs_in_and_out_again()
    {
        var accounts = DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json"));
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignIn(accounts.Single(account => account.UserName == "solicitor@northgate-law.example"), "/no-such-page");
        Assert.Equal("/no-such-page", page.Path);
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Equal("no-store", page.Headers["Cache-Control"]);

        using var document = new HtmlParser().ParseDocument(page.Body);
        var token = document.QuerySelector("form[action='/sign-out'] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        Assert.Equal("/signed-out", (await visitor.Post("/sign-out", ("__RequestVerificationToken", token))).Path);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task The_stranger_of_the_demo_accounts_is_refused()
    {
        var accounts = DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json"));
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignIn(accounts.Single(account => account.UserName == "stranger@elsewhere.example"));
        Assert.Equal("/access-denied", page.Path);
        Assert.Contains("This account cannot use the portal", page.Body);
        Assert.DoesNotContain("/referrals", page.Body);
    }

    /// <summary>The portal's own program on Kestrel, with the demo accounts.</summary>
    public sealed class Portal : WebApplicationFactory<Program>, IAsyncLifetime
    {
        readonly PortalTestDatabase database = new();
        readonly int port = LocalProcess.FreePort();

        public Portal() => UseKestrel(port);

        public Uri Address => new($"http://localhost:{port}");

        public IEnumerable<RouteEndpoint> Endpoints => Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

        public async ValueTask InitializeAsync()
        {
            await database.InitializeAsync();
            StartServer();
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .UseEnvironment("Development")
            .UseSetting("ConnectionStrings:Portal", database.AppConnection)
            .UseSetting("AzureAd:Instance", new Uri(Address, "/devidp/").AbsoluteUri);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
