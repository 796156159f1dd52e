using ReferralPortal.Database.Local;

namespace ReferralPortal.Web.Tests.Database.Local;

/// <summary>A folder of small scripts that stand in for PostgreSQL's programs and for npm.</summary>
sealed class ProgramFolder : IDisposable
{
    public ProgramFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Shell scripts stand in for programs.");
        LocalFolders.Make(Path);
    }

    // Where the user that stands in for root can go too.
    public string Path { get; } = System.IO.Path.Combine(LocalFolders.Shared, $"programs-{Guid.NewGuid():N}");

    /// <summary>A folder that is named by the version that its server says it has.</summary>
    public string Server(string version, string initdb = "exit 0", string start = "exit 0")
    {
        var folder = System.IO.Path.Combine(Path, version);
        LocalFolders.Make(folder);
        Program(System.IO.Path.Combine(folder, "initdb"), initdb);
        Program(System.IO.Path.Combine(folder, "pg_ctl"), start);
        Program(System.IO.Path.Combine(folder, "postgres"), version == "broken" ? "exit 1" : $"echo 'postgres (PostgreSQL) {version}'");
        return folder;
    }

    /// <summary>Writes a program.</summary>
    public static string Program(string path, string script)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
