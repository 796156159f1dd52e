using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ReferralPortal.Database.Local;

/// <summary>Runs other programs, as the unprivileged user where root would be refused.</summary>
public static partial class LocalProcess
{
    /// <summary>The exit code that stands for "there is no such program".</summary>
    public const int NotFound = 127;

    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot { get; } = !OperatingSystem.IsWindows() && EffectiveUserId() == 0;

    /// <summary>What a program said and how it ended.</summary>
    public sealed record Result(int ExitCode, string Output)
    {
        /// <summary>Its last line, which most often says what went wrong.</summary>
        public string LastWords => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it said nothing";
    }

    /// <summary>Runs a program to its end.</summary>
    public static Task<Result> Run(string program, string arguments, CancellationToken ct) => Finish(new ProcessStartInfo(program, arguments), ct);

    /// <summary>Runs a program of the database's as the user who may run it.</summary>
    public static Task<Result> RunAsServerUser(string program, IEnumerable<string> arguments, CancellationToken ct) =>
        Finish(AsServerUser(program, arguments), ct);

    /// <summary>The unprivileged user that stands in for root; Debian's server package brings "postgres", every system has "nobody".</summary>
    public static string ServerUser { get; } = HasUser("postgres") ? "postgres" : "nobody";

    static ProcessStartInfo AsServerUser(string program, IEnumerable<string> arguments)
    {
        if (!IsRoot) return new ProcessStartInfo(program, arguments);
        var group = HasUser("postgres") ? "postgres" : HasGroup("nogroup") ? "nogroup" : "nobody";
        // Not root's own folder: the server's user may not be able to stand in it.
        return new ProcessStartInfo("setpriv", ["--reuid", ServerUser, "--regid", group, "--clear-groups", program, .. arguments]) { WorkingDirectory = "/" };
    }

    static async Task<Result> Finish(ProcessStartInfo start, CancellationToken ct)
    {
        // A server started by pg_ctl inherits these pipes; reading on to their end would wait for the server, so the process's end is what counts.
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var output = new System.Text.StringBuilder();
        try
        {
            using var process = new Process { StartInfo = start };
            void Keep(object _, DataReceivedEventArgs line) { lock (output) output.AppendLine(line.Data); }
            process.OutputDataReceived += Keep;
            process.ErrorDataReceived += Keep;
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            while (!process.HasExited) await Task.Delay(20, ct);
            await Task.Delay(30, ct);
            lock (output) return new Result(process.ExitCode, output.ToString());
        }
        catch (Win32Exception)
        {
            return new Result(NotFound, $"{start.FileName} was not found");
        }
    }

    static bool HasUser(string name) => HasLine("/etc/passwd", name);
    static bool HasGroup(string name) => HasLine("/etc/group", name);
    static bool HasLine(string file, string name) => File.Exists(file) && File.ReadLines(file).Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();
}
