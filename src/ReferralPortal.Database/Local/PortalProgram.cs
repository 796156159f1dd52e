using System.Diagnostics;
using System.Net;

namespace ReferralPortal.Database.Local;

/// <summary>The portal as it was built in this repository, started as a process of its own as in production.</summary>
public static class PortalProgram
{
    /// <summary>How to start the portal on <paramref name="address"/> with the local sign-in provider.</summary>
    /// <param name="address">Where it is to listen, for instance <c>http://localhost:5080</c>.</param>
    /// <param name="connection">The portal's own connection string.</param>
    /// <exception cref="LocalPostgresException">The portal is not built in this configuration.</exception>
    public static ProcessStartInfo StartInfo(Uri address, string connection)
    {
        // Every program of the repository lies in <project>/bin/<configuration>/<framework>.
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var source = Path.Combine(LocalFolders.Repository, "src", "ReferralPortal.Web");
        var program = Path.Combine(source, "bin", framework.Parent!.Name, framework.Name, "ReferralPortal.Web.dll");
        if (!File.Exists(program)) throw new LocalPostgresException($"The portal is not built: {program} is missing. Run: dotnet build");

        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [program, "serve"])
        {
            WorkingDirectory = source, // its static files are there
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = address.GetLeftPart(UriPartial.Authority);
        start.Environment.TryAdd("PublicAddress", address.GetLeftPart(UriPartial.Authority));
        start.Environment["ConnectionStrings__Portal"] = connection;
        start.Environment["AzureAd__Instance"] = new Uri(address, "/devidp/").AbsoluteUri;
        return start;
    }

    /// <summary>Waits until the portal says that it and its database are ready; false when its process ended first.</summary>
    /// <exception cref="TimeoutException">It did not become ready in time.</exception>
    public static async Task<bool> WaitUntilReady(Process process, Uri address, TimeSpan patience, CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < patience)
        {
            if (process.HasExited) return false;
            try
            {
                using var answer = await client.GetAsync(new Uri(address, "/health/ready"), ct);
                if (answer.StatusCode == HttpStatusCode.OK) return true;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                // Not listening yet.
            }
            await Task.Delay(50, ct);
        }
        throw new TimeoutException($"The portal at {address} started but did not become ready within {patience.TotalSeconds:0} seconds.");
    }

    /// <summary>Asks the process to end in good order, and ends it when it has not after ten seconds.</summary>
    public static async Task Stop(Process process)
    {
        if (process.HasExited) return;
        if (OperatingSystem.IsWindows()) process.Kill(entireProcessTree: true);
        else await LocalProcess.Run("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], CancellationToken.None);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
