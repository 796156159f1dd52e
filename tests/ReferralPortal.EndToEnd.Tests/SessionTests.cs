using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Database.Local;
using ReferralPortal.DevIdentity;
using ReferralPortal.Testing;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>A portal whose sign-in provider stands on another origin, as a real one does, and which asks every two seconds whether a session still stands.</summary>
public sealed class PortalWithProviderElsewhere(BrowserFixture browser) : RunningPortal(browser)
{
    readonly int port = LocalProcess.FreePort();
    Microsoft.AspNetCore.Builder.WebApplication provider = null!;

    public Uri Provider => new($"http://localhost:{port}/");

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["AzureAd__Instance"] = Provider.AbsoluteUri, ["SignIn__Revalidate"] = "00:00:02" };

    public override async ValueTask InitializeAsync()
    {
        provider = DevIdentityHost.Build(port);
        await provider.StartAsync(TestContext.Current.CancellationToken);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await provider.DisposeAsync();
    }
}

public sealed class SessionTests(PortalWithProviderElsewhere world) : IClassFixture<PortalWithProviderElsewhere>
{
    [Fact]
    public async Task Signing_out_ends_the_session_here_and_at_the_provider_and_the_content_policy_lets_it_through()
    {
        await using var solicitor = await world.Visitor();
        await solicitor.SignIn(People.Solicitor, look: true);
        Assert.Contains(solicitor.Addresses, address => address.StartsWith(world.Provider.AbsoluteUri, StringComparison.Ordinal));
        await using var otherTab = await solicitor.OtherTab();
        await otherTab.Go("/referrals");

        await solicitor.SignOut();
        await solicitor.Look();

        Assert.Contains(solicitor.Addresses, address => address.StartsWith(world.Provider.AbsoluteUri, StringComparison.Ordinal) && address.Contains("logout"));
        await solicitor.Page.GotoAsync("/referrals");
        await Expect(solicitor.Heading("Sign in")).ToBeVisibleAsync();
        await Expect(otherTab.Heading("Sign in")).ToBeVisibleAsync(); // the page that was still open

        // The provider has forgotten the person, too: it asks who this is.
        await solicitor.Follow("Sign in with your work account");
        await Expect(solicitor.Field("User name")).ToBeVisibleAsync();
        solicitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task A_person_who_is_disabled_is_out_within_the_interval_although_their_page_stays_open()
    {
        await using var caseManager = await world.SignedIn(People.CaseManager);
        await caseManager.Go("/referrals");

        await using var connection = await world.Database.Owner();
        await connection.ExecuteAsync("update portal_user set disabled_at = now() where user_name = @name", new { name = People.CaseManager });
        var since = System.Diagnostics.Stopwatch.StartNew();
        await caseManager.Page.WaitForURLAsync(url => new Uri(url).AbsolutePath is "/sign-in" or "/access-denied");
        TestContext.Current.TestOutputHelper!.WriteLine($"Out {since.Elapsed.TotalSeconds:0.0} s after being disabled; asked every 2 s.");
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20)); // two seconds, and a slow machine's page load

        // Signing in again does not help.
        await caseManager.Page.GotoAsync("/sign-in/start");
        if (await caseManager.Field("User name").IsVisibleAsync())
        {
            await caseManager.Fill("User name", People.CaseManager);
            await caseManager.Fill("Password", "demo");
            await caseManager.Press("Sign in");
        }
        await Expect(caseManager.Heading("This account cannot use the portal")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_person_of_a_directory_that_is_not_listed_is_refused()
    {
        await using var stranger = await world.Visitor();
        await stranger.Page.GotoAsync("/referrals");
        await stranger.Follow("Sign in with your work account");
        await stranger.Fill("User name", "stranger@elsewhere.example");
        await stranger.Fill("Password", "demo");
        await stranger.Press("Sign in");
        await stranger.Page.WaitForURLAsync(url => url.StartsWith(world.Portal.Address.AbsoluteUri, StringComparison.Ordinal));
        await Expect(stranger.Button("Sign out")).ToHaveCountAsync(0);
        await Expect(stranger.Heading("This account cannot use the portal")).ToBeVisibleAsync();
        await stranger.Look();
        await stranger.Page.GotoAsync("/referrals");
        await Expect(stranger.Heading("Sign in")).ToBeVisibleAsync();
    }
}
