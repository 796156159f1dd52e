using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace ReferralPortal.Database.Local;

/// <summary>Runs other programs, as the unprivileged user where root would be refused.</summary>
public static partial class LocalProcess
{
    /// <summary>The exit code that stands for "there is no such program".</summary>
    public const int NotFound = 127;

    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot { get; } = !OperatingSystem.IsWindows() && EffectiveUserId() == 0;

    /// <summary>The unprivileged user that stands in for root; Debian's server package brings "postgres", every system has "nobody".</summary>
    public static string ServerUser { get; } = HasLine("/etc/passwd", "postgres") ? "postgres" : "nobody";

    /// <summary>What a program said and how it ended.</summary>
    public sealed record Result(int ExitCode, string Output)
    {
        /// <summary>The line that says what went wrong: the first that calls itself an error, or the last of all.</summary>
        public string Complaint
        {
            get
            {
                var lines = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                return lines.FirstOrDefault(line => ErrorWords.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))) ?? lines.LastOrDefault() ?? "it said nothing";
            }
        }

        static readonly string[] ErrorWords = ["FATAL", "PANIC", "error", "could not"];
    }

    /// <summary>Ends what an earlier run left behind: the process whose number stands in a file, if it still is that program.</summary>
    internal static void EndOrphan(string pidFile, string program)
    {
        try
        {
            if (!File.Exists(pidFile) || !int.TryParse(File.ReadAllText(pidFile).Trim(), CultureInfo.InvariantCulture, out var pid)) return;
            using var orphan = Process.GetProcessById(pid);
            if (orphan.ProcessName.StartsWith(program, StringComparison.Ordinal)) orphan.Kill(); // the number may belong to another program by now
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            // It has ended.
        }
    }

    /// <summary>
    /// A port of 127.0.0.1 on which nobody listens, below those that the system hands to outgoing connections (from 32768 on Linux, 49152 elsewhere): one of these may be taken
    /// by somebody's connection before the server that it was found for has it.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    /// <summary>Runs a program to its end. Cancelling ends it.</summary>
    public static Task<Result> Run(string program, IEnumerable<string> arguments, CancellationToken ct) => Finish(new ProcessStartInfo(program, arguments), ct);

    /// <summary>Runs a program of the database's as the user who may run it.</summary>
    public static Task<Result> RunAsServerUser(string program, IEnumerable<string> arguments, CancellationToken ct) => Finish(AsServerUser(program, arguments), ct);

    static ProcessStartInfo AsServerUser(string program, IEnumerable<string> arguments)
    {
        if (!IsRoot) return new ProcessStartInfo(program, arguments);
        var group = ServerUser == "postgres" ? "postgres" : HasLine("/etc/group", "nogroup") ? "nogroup" : "nobody";
        // Not root's own folder: the server's user may not be able to stand in it.
        return new ProcessStartInfo("setpriv", ["--reuid", ServerUser, "--regid", group, "--clear-groups", program, .. arguments]) { WorkingDirectory = "/" };
    }

    static async Task<Result> Finish(ProcessStartInfo start, CancellationToken ct)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var output = new StringBuilder();
        try
        {
            using var process = new Process { StartInfo = start };
            void Keep(object _, DataReceivedEventArgs line) { lock (output) output.AppendLine(line.Data); }
            process.OutputDataReceived += Keep;
            process.ErrorDataReceived += Keep;
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            using var ending = ct.Register(() => process.Kill(entireProcessTree: true));
            // A server that was started may hold these pipes open for ever, so the process's end is what counts, and a moment for its last words.
            var closed = process.WaitForExitAsync(CancellationToken.None);
            while (!process.HasExited && !closed.IsCompleted) await Task.Delay(10, CancellationToken.None);
            ct.ThrowIfCancellationRequested();
            await Task.WhenAny(closed, Task.Delay(1000, ct));
            lock (output) return new Result(process.ExitCode, output.ToString());
        }
        catch (Win32Exception)
        {
            return new Result(NotFound, $"{start.FileName} was not found");
        }
    }

    static bool HasLine(string file, string name) => File.Exists(file) && File.ReadLines(file).Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();
}
