using ReferralPortal.Database.Local;

namespace ReferralPortal.AppHost;

/// <summary>The virus scanner beside the portal: one that is configured, else this machine's ClamAV with whatever signatures it has.</summary>
sealed class VirusScanner : IAsyncDisposable
{
    readonly LocalClamd? clamd;

    VirusScanner(LocalClamd? clamd, string words) => (this.clamd, Words) = (clamd, words);

    /// <summary>Where the portal finds it; null where it is configured already, or there is none.</summary>
    internal string? Address => clamd?.Address;

    /// <summary>What the console says of it.</summary>
    internal string Words { get; }

    internal static async Task<VirusScanner> Start(int portalPort, CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable("Documents__Clamd") is { Length: > 0 } given) return new VirusScanner(null, $"Files that are added are checked by the scanner at {given}.");
        if (LocalClamd.Find() is not { } program)
            return new VirusScanner(null, "No virus scanner is installed: files that are added wait unchecked, and nobody can open them. Install ClamAV (Debian: apt-get install clamav-daemon).");

        try
        {
            var clamd = await LocalClamd.Start(program, Path.Combine(LocalFolders.Shared, $"scanner-{portalPort}"), LocalClamd.SystemSignatures(), ct);
            return new VirusScanner(clamd, clamd.KnowsOnlyTheTest
                ? "Files that are added are checked by ClamAV, which knows ONLY the EICAR test signature here: run freshclam to have the real ones, then start again."
                : "Files that are added are checked by ClamAV with this machine's signatures; it may take half a minute to load them.");
        }
        catch (LocalPostgresException fault)
        {
            return new VirusScanner(null, $"The virus scanner did not start, so files that are added wait unchecked: {fault.Message}");
        }
    }

    public ValueTask DisposeAsync() => clamd?.DisposeAsync() ?? ValueTask.CompletedTask;
}
