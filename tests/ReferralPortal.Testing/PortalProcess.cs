using System.Collections.Concurrent;
using System.Diagnostics;
using ReferralPortal.Database.Local;

namespace ReferralPortal.Testing;

/// <summary>The real portal as a process of its own, with the local sign-in provider, on a port of its own: to drive with a browser, and to kill.</summary>
public sealed class PortalProcess : IAsyncDisposable
{
    readonly ProcessStartInfo start;
    readonly ConcurrentQueue<string> log = [];
    Process process = null!;

    PortalProcess(Uri address, ProcessStartInfo start)
    {
        Address = address;
        this.start = start;
    }

    /// <summary>Where it is served; the same after a restart.</summary>
    public Uri Address { get; }

    /// <summary>Every line that it wrote so far, over all restarts.</summary>
    public IReadOnlyCollection<string> Log => log;

    /// <summary>Its resident memory, in megabytes.</summary>
    public double MegabytesInMemory()
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>Starts the portal on a test class's database and waits until it is ready.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="settings">Further configuration, as environment variables: <c>Section__Key</c>.</param>
    /// <param name="port">The port; a free one where none is named.</param>
    public static async Task<PortalProcess> Start(PortalTestDatabase database, IReadOnlyDictionary<string, string>? settings = null, int? port = null)
    {
        var address = new Uri($"http://localhost:{port ?? LocalProcess.FreePort()}");
        var start = PortalProgram.StartInfo(address, database.AppConnection);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        // It lives for a minute or two: what the runtime would spend on counting and compiling hot paths anew, the tests need for themselves.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountThreshold"] = "400"; // hexadecimal
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) start.Environment[key] = value;

        var portal = new PortalProcess(address, start);
        await portal.Start();
        return portal;
    }

    /// <summary>Starts it again after <see cref="Kill"/> or <see cref="Stop"/>, on the same port and database, and waits until it is ready.</summary>
    public async Task Start()
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!await PortalProgram.WaitUntilReady(process, Address, TimeSpan.FromSeconds(120), CancellationToken.None))
            throw new InvalidOperationException($"The portal did not start (exit code {process.ExitCode}):\n{string.Join('\n', log)}");
    }

    /// <summary>Ends it as a power cut would: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Ends it in good order.</summary>
    public async Task Stop()
    {
        await PortalProgram.Stop(process);
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!process.HasExited) await Kill();
        }
        catch (InvalidOperationException)
        {
            // It was ended by the test.
        }
    }

    void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null) log.Enqueue(line.Data);
    }
}
