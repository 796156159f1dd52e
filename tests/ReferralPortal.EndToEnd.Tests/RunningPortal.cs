using ReferralPortal.Testing;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>A portal on a database of its own, for the tests of one class, and the people who visit it.</summary>
public class RunningPortal(BrowserFixture browser) : IAsyncLifetime
{
    public PortalTestDatabase Database { get; } = new();

    public PortalProcess Portal { get; private set; } = null!;

    /// <summary>Further configuration of this portal.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    public virtual async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Portal = await PortalProcess.Start(Database, Settings);
    }

    /// <summary>Somebody at a browser of their own, who has not signed in.</summary>
    public Task<Visitor> Visitor(Action<Microsoft.Playwright.BrowserNewContextOptions>? change = null) => EndToEnd.Tests.Visitor.Arrive(browser.Browser, Portal.Address, change);

    /// <summary>A demo account, signed in, at home.</summary>
    public async Task<Visitor> SignedIn(string userName, Action<Microsoft.Playwright.BrowserNewContextOptions>? change = null)
    {
        var visitor = await Visitor(change);
        await visitor.SignIn(userName);
        return visitor;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("PORTAL_LOG") is { Length: > 0 } file && Portal is not null) await File.AppendAllLinesAsync(file, Portal.Log);
        if (Portal is not null) await Portal.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
