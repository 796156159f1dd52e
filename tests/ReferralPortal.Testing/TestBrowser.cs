using Microsoft.Playwright;
using ReferralPortal.Database.Local;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Testing;

/// <summary>
/// The browser of the tests: an installed Chromium, Chrome or Edge. As root on Debian a missing one is installed; anywhere else tests that need one fail
/// and say so, they are never skipped.
/// </summary>
public static class TestBrowser
{
    static readonly Lazy<Task<string>> Found = new(FindOrInstall);

    /// <summary>The browser's program.</summary>
    /// <exception cref="InvalidOperationException">There is none and none can be installed.</exception>
    public static Task<string> Program() => Found.Value;

    /// <summary>Starts the browser without a window. Dispose the result.</summary>
    public static async Task<IBrowser> Launch(IPlaywright playwright) => await playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = await Program(),
        Args = Chromium.Flags,
    });

    static async Task<string> FindOrInstall()
    {
        if (Installed() is { } found) return found;
        const string aptGet = "/usr/bin/apt-get";
        if (!LocalProcess.IsRoot || !File.Exists(aptGet)) throw Missing("none was found");

        // Several test processes may come at once.
        await using var turn = await LocalFolders.TakeTurn(Path.Combine(LocalFolders.Shared, "browser.lock"), CancellationToken.None);
        if (Installed() is { } foundNow) return foundNow;
        Console.Error.WriteLine("No browser is installed; installing Debian's Chromium without a window (about 100 MB, once).");
        await LocalProcess.Run(aptGet, ["update", "-q"], CancellationToken.None);
        var installed = await LocalProcess.Run("/usr/bin/env", ["DEBIAN_FRONTEND=noninteractive", aptGet, "install", "-y", "-q", "--no-install-recommends", "chromium-headless-shell", "fonts-liberation"], CancellationToken.None);
        return Installed() ?? throw Missing($"installing Chromium failed ({installed.Complaint})");
    }

    static string? Installed() => Chromium.Find(Environment.GetEnvironmentVariable("CHROMIUM"));

    static InvalidOperationException Missing(string why) => new(
        $"The tests need Chromium, Chrome or Edge and {why}. Install one (Debian: apt-get install chromium-headless-shell), or name its program in the environment variable CHROMIUM.");
}
