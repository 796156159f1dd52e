using ReferralPortal.Database.Local;

namespace ReferralPortal.Testing;

/// <summary>
/// The mail server of the tests: a real one that keeps what it is given, fetched through npm. As root on Debian a missing Node.js is installed; anywhere else tests that
/// need it fail and say so. Use it as an xunit class fixture.
/// </summary>
public sealed class TestMailServer : Xunit.IAsyncLifetime
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"referralportal-mail-{Guid.NewGuid():N}");

    /// <summary>The server.</summary>
    public LocalMailServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await InstallNode();
        Server = await LocalMailServer.Start(folder, Console.Error.WriteLine, CancellationToken.None);
        // A test process that ends early takes its server with it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Server.Stop().GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.Stop();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    static async Task InstallNode()
    {
        const string aptGet = "/usr/bin/apt-get";
        if ((await LocalProcess.Run(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["--version"], CancellationToken.None)).ExitCode == 0 || !LocalProcess.IsRoot || !File.Exists(aptGet)) return;
        await using var turn = await LocalFolders.TakeTurn(Path.Combine(LocalFolders.Shared, "npm.lock"), CancellationToken.None);
        if ((await LocalProcess.Run("npm", ["--version"], CancellationToken.None)).ExitCode == 0) return;
        Console.Error.WriteLine("npm is not installed; installing Debian's (once).");
        await LocalProcess.Run(aptGet, ["update", "-q"], CancellationToken.None);
        await LocalProcess.Run("/usr/bin/env", ["DEBIAN_FRONTEND=noninteractive", aptGet, "install", "-y", "-q", "--no-install-recommends", "nodejs", "npm"], CancellationToken.None);
    }
}
