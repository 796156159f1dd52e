using ReferralPortal.Database.Local;

namespace ReferralPortal.Testing;

/// <summary>
/// The virus scanner of the tests: a real clamd that knows the EICAR test signature. As root on Debian a missing one is installed; anywhere else tests that need one fail
/// and say so, they are never skipped.
/// </summary>
public static class TestScanner
{
    static readonly Lazy<Task<string>> Found = new(FindOrInstall);

    /// <summary>Starts one and waits until it answers. Dispose it.</summary>
    /// <exception cref="InvalidOperationException">There is none and none can be installed.</exception>
    public static async Task<LocalClamd> Start()
    {
        var program = await Found.Value;
        var folder = Path.Combine(Path.GetTempPath(), $"referralportal-clamd-{Guid.NewGuid():N}");
        var clamd = await LocalClamd.Start(program, folder, signatures: null, CancellationToken.None);
        // A test process that ends early takes its scanner with it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            clamd.Stop().GetAwaiter().GetResult();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        };
        await clamd.WaitUntilReady(TimeSpan.FromSeconds(60), CancellationToken.None);
        return clamd;
    }

    static async Task<string> FindOrInstall()
    {
        if (LocalClamd.Find() is { } found) return found;
        const string aptGet = "/usr/bin/apt-get";
        if (!LocalProcess.IsRoot || !File.Exists(aptGet)) throw Missing("none was found");

        // Several test processes may come at once.
        await using var turn = await LocalFolders.TakeTurn(Path.Combine(LocalFolders.Shared, "scanner.lock"), CancellationToken.None);
        if (LocalClamd.Find() is { } foundNow) return foundNow;
        Console.Error.WriteLine("No virus scanner is installed; installing Debian's ClamAV (about 30 MB, once).");
        await LocalProcess.Run(aptGet, ["update", "-q"], CancellationToken.None);
        var installed = await LocalProcess.Run("/usr/bin/env", ["DEBIAN_FRONTEND=noninteractive", aptGet, "install", "-y", "-q", "--no-install-recommends", "clamav-daemon"], CancellationToken.None);
        return LocalClamd.Find() ?? throw Missing($"installing ClamAV failed ({installed.Complaint})");
    }

    static InvalidOperationException Missing(string why) => new(
        $"The tests need ClamAV's daemon and {why}. Install it (Debian: apt-get install clamav-daemon), or name its program in the environment variable CLAMD.");
}
