namespace ReferralPortal.Database.Local;

/// <summary>Where the portal keeps things on a developer's machine, and how several processes share them.</summary>
public static class LocalFolders
{
    /// <summary>
    /// The folder for databases and fetched programs. PostgreSQL refuses to run as root, and the user that stands in for root cannot reach root's home.
    /// </summary>
    public static string Shared { get; } =
        Environment.GetEnvironmentVariable("REFERRALPORTAL_HOME") is { Length: > 0 } chosen ? Path.GetFullPath(chosen)
        : LocalProcess.IsRoot ? "/var/lib/referralportal"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "ReferralPortal");

    /// <summary>The repository's root, seen from any program built in it.</summary>
    /// <exception cref="InvalidOperationException">The program was copied out of the repository.</exception>
    public static string Repository { get; } = FindRepository();

    /// <summary>Waits until no other process works on the same thing; dispose to let the next one on. A process that dies gives its turn back.</summary>
    /// <exception cref="LocalPostgresException">The file cannot be made, for instance because the disk is full.</exception>
    public static async Task<FileStream> TakeTurn(string file, CancellationToken ct)
    {
        while (true)
        {
            if (TryTake(file) is { } turn) return turn;
            await Task.Delay(100, ct);
        }
    }

    /// <summary>Takes the file for this process alone, or returns null while another process has it or shares it.</summary>
    public static FileStream? TryTake(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        try
        {
            Make(folder);
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (IsTaken(fault))
        {
            return null;
        }
        catch (Exception fault) when (Explained(fault, folder) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>A fault of the file system in words that help, or null when it is of another kind.</summary>
    internal static LocalPostgresException? Explained(Exception fault, string folder) => fault switch
    {
        UnauthorizedAccessException => new($"{folder} cannot be written to by this user. Make it writable, or name another folder with REFERRALPORTAL_HOME."),
        IOException when IsDiskFull(fault.Message) => DiskFull(folder),
        _ => null,
    };

    internal static bool IsDiskFull(string words) =>
        new[] { "No space left", "disk full", "not enough space", "Disk quota exceeded" }.Any(sign => words.Contains(sign, StringComparison.OrdinalIgnoreCase));

    internal static LocalPostgresException DiskFull(string folder) =>
        new($"The disk that holds {folder} is full. Free some space (a database needs about 100 MB), or name another folder with REFERRALPORTAL_HOME.");

    /// <summary>Marks the thing as used by this process, beside others; while anybody does, <see cref="TryTake"/> returns null.</summary>
    public static FileStream Share(string file) => new(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);

    /// <summary>Makes a folder; one of root's can be entered by the user who runs the server.</summary>
    public static void Make(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(folder) is { } parent) Make(parent);
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows() && LocalProcess.IsRoot) File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    // Locked by somebody else: EWOULDBLOCK on Linux and macOS, a sharing violation on Windows. Anything else is a fault.
    static bool IsTaken(IOException fault) => fault.HResult is 11 or 35 or unchecked((int)0x80070020);

    static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ReferralPortal.sln"))) return folder.FullName;
        return "";
    }
}
