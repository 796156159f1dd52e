using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReferralPortal.Database.Local;

/// <summary>ClamAV's daemon, started for one portal or one test on a port of its own, as the unprivileged user where root would be refused.</summary>
public sealed class LocalClamd : IAsyncDisposable
{
    // The EICAR test file, which every scanner knows and which harms nothing, in hexadecimal so that no scanner takes this program for it.
    const string EicarSignature = "Eicar-Test-Signature:0:*:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a";

    static readonly string[] Places = ["/usr/sbin/clamd", "/usr/local/sbin/clamd", "/opt/homebrew/sbin/clamd", "/usr/bin/clamd", @"C:\Program Files\ClamAV\clamd.exe"];
    static readonly string[] SignatureFolders = ["/var/lib/clamav", "/usr/local/var/lib/clamav", "/opt/homebrew/var/lib/clamav", @"C:\Program Files\ClamAV\database"];

    readonly string program, configuration, pidFile;
    Process? process;

    LocalClamd(string program, string configuration, string pidFile, int port, bool onlyTheTest) =>
        (this.program, this.configuration, this.pidFile, Port, KnowsOnlyTheTest) = (program, configuration, pidFile, port, onlyTheTest);

    /// <summary>Its port on 127.0.0.1; the same after <see cref="Stop"/> and <see cref="Run"/>.</summary>
    public int Port { get; }

    /// <summary>As the portal's setting <c>Documents:Clamd</c> wants it.</summary>
    public string Address => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>It has no signatures but that of the EICAR test file.</summary>
    public bool KnowsOnlyTheTest { get; }

    /// <summary>The installed program, or null. The environment variable CLAMD names another.</summary>
    public static string? Find() =>
        Environment.GetEnvironmentVariable("CLAMD") is { Length: > 0 } named ? (File.Exists(named) ? named : null)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, "clamd")).Concat(Places).FirstOrDefault(File.Exists);

    /// <summary>The folder of this machine's signatures, or null where none have been fetched.</summary>
    public static string? SystemSignatures() =>
        SignatureFolders.FirstOrDefault(folder => Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(file => Path.GetFileName(file) is "main.cvd" or "main.cld" or "daily.cvd" or "daily.cld"));

    /// <summary>Starts it. It answers when it has loaded its signatures: see <see cref="WaitUntilReady"/>.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">A folder of its own, for its configuration. A daemon that an earlier, killed owner left in it is ended.</param>
    /// <param name="signatures">The folder of signatures; null for the test signature alone.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="LocalPostgresException">It cannot be started; the message says why.</exception>
    public static async Task<LocalClamd> Start(string program, string folder, string? signatures, CancellationToken ct)
    {
        LocalFolders.Make(folder);
        var pidFile = Path.Combine(folder, "clamd.pid");
        LocalProcess.EndOrphan(pidFile, "clamd");
        var port = LocalProcess.FreePort();
        var known = signatures;
        if (known is null)
        {
            LocalFolders.Make(known = Path.Combine(folder, "signatures"));
            await File.WriteAllTextAsync(Path.Combine(known, "test.ndb"), EicarSignature + "\n", ct);
        }
        var configuration = Path.Combine(folder, "clamd.conf");
        // The limits are above the portal's 25 MB a file; what goes beyond them, or is locked, is said and not passed over as clean.
        await File.WriteAllTextAsync(configuration, $"""
            Foreground yes
            TCPSocket {port.ToString(CultureInfo.InvariantCulture)}
            TCPAddr 127.0.0.1
            DatabaseDirectory {known}
            PidFile {pidFile}
            StreamMaxLength 32M
            MaxFileSize 32M
            MaxScanSize 256M
            AlertExceedsMax yes
            AlertEncryptedDoc yes
            AlertEncryptedArchive yes
            {(LocalProcess.IsRoot ? $"User {LocalProcess.ServerUser}" : "")}

            """, ct);
        var clamd = new LocalClamd(program, configuration, pidFile, port, signatures is null);
        clamd.Run();
        return clamd;
    }

    /// <summary>Starts it again after <see cref="Stop"/>.</summary>
    public void Run()
    {
        var start = new ProcessStartInfo(program, ["--config-file", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(configuration) };
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception fault)
        {
            throw new LocalPostgresException($"{program} cannot be run ({fault.Message}).");
        }
        process!.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Waits until it answers.</summary>
    /// <exception cref="LocalPostgresException">It ended, or took too long.</exception>
    public async Task WaitUntilReady(TimeSpan patience, CancellationToken ct)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < patience; await Task.Delay(50, ct))
        {
            if (process is null or { HasExited: true }) throw new LocalPostgresException($"{program} ended by itself; try it with: {program} --config-file {configuration}");
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, Port, ct);
                await using var stream = connection.GetStream();
                await stream.WriteAsync("zPING\0"u8.ToArray(), ct);
                var answer = new byte[5];
                if (await stream.ReadAtLeastAsync(answer, 4, throwOnEndOfStream: false, ct) >= 4 && answer.AsSpan(0, 4).SequenceEqual("PONG"u8)) return;
            }
            catch (Exception fault) when (fault is SocketException or IOException)
            {
                // Still loading.
            }
        }
        throw new LocalPostgresException($"{program} did not answer within {patience.TotalSeconds:0} seconds.");
    }

    /// <summary>Ends it.</summary>
    public async Task Stop()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        File.Delete(pidFile);
    }

    public async ValueTask DisposeAsync() => await Stop();
}
