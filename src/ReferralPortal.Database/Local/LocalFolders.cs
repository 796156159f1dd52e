namespace ReferralPortal.Database.Local;

/// <summary>Where the portal keeps things on a developer's machine.</summary>
public static class LocalFolders
{
    /// <summary>
    /// The folder for databases and fetched programs. PostgreSQL refuses to run as root, and the user that stands in for root cannot reach root's home.
    /// </summary>
    public static string Shared { get; } =
        Environment.GetEnvironmentVariable("REFERRALPORTAL_HOME") is { Length: > 0 } chosen ? Path.GetFullPath(chosen)
        : LocalProcess.IsRoot ? "/var/lib/referralportal"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "ReferralPortal");

    /// <summary>Waits until no other process works on the same thing; dispose to let the next one on. A process that dies gives its turn back.</summary>
    public static async Task<IAsyncDisposable> TakeTurn(string file, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(Path.GetDirectoryName(file)))
            {
                await Task.Delay(100, ct);
            }
        }
    }
}
