using Microsoft.Playwright;
using ReferralPortal.EndToEnd.Tests;
using ReferralPortal.Testing;

[assembly: AssemblyFixture(typeof(SuiteTurn))]
[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>One browser for all tests; each person in them has a context of their own in it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    IPlaywright playwright = null!;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Visitor.Patience);
        playwright = await Playwright.CreateAsync();
        Browser = await TestBrowser.Launch(playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
    }
}
