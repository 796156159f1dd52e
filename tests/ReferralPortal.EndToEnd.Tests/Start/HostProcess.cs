using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using ReferralPortal.Database.Local;

namespace ReferralPortal.EndToEnd.Tests.Start;

/// <summary>The host as a person starts it, and what it said.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    readonly ConcurrentQueue<string> said = [];
    readonly Process process;

    public HostProcess(string home, int port, string? options)
    {
        Port = port;
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(LocalFolders.Repository, "src", "ReferralPortal.AppHost", "bin", framework.Parent!.Name, framework.Name, "ReferralPortal.AppHost.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--port", port.ToString(CultureInfo.InvariantCulture), .. options is null ? Array.Empty<string>() : [options]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["REFERRALPORTAL_HOME"] = home;
        start.Environment.Remove("ConnectionStrings__Portal");
        process = new Process { StartInfo = start };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public IReadOnlyCollection<string> Said => said;

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task Welcome(CancellationToken ct)
    {
        while (!said.Any(line => line.Contains("Ctrl+C stops everything", StringComparison.Ordinal)))
        {
            Assert.False(process.HasExited, string.Join('\n', said));
            await Task.Delay(50, ct);
        }
    }

    /// <summary>The status with which an address of the portal answers.</summary>
    public async Task<HttpStatusCode> Answer(string path)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://localhost:{Port}{path}"));
        return answer.StatusCode;
    }

    /// <summary>Asks it to end, as Ctrl+C and a service manager do, and returns its exit code.</summary>
    public async Task<int> End(CancellationToken ct)
    {
        await LocalProcess.Run("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)], ct);
        return await Ended(ct);
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> Ended(CancellationToken ct)
    {
        // Its portal holds the same output open if it lives on, so the end of the process counts and not that of its output.
        while (!process.HasExited) await Task.Delay(50, ct);
        await Task.Delay(200, ct);
        return process.ExitCode;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        await PortalProgram.Stop(process);
        process.Dispose();
    }

    void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null) said.Enqueue(line.Data);
    }
}
