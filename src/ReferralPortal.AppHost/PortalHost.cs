using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using ReferralPortal.Database;
using ReferralPortal.Database.Local;
using ReferralPortal.Database.Seeds;

namespace ReferralPortal.AppHost;

/// <summary>Starts every real part: the database, its migrations and seeds, the portal with the local sign-in provider.</summary>
static class PortalHost
{
    internal static async Task<int> Run(HostOptions options, CancellationToken ct)
    {
        RefuseTakenPort(options.Port);
        var given = Environment.GetEnvironmentVariable("ConnectionStrings__Portal");
        if (given is not null)
        {
            if (options.Reset) throw new HostException("--reset is for the local database; ConnectionStrings__Portal names another, which is left alone.");
            return await Serve(options, Environment.GetEnvironmentVariable("ConnectionStrings__PortalOwner") ?? given, given, ct);
        }

        if (options.Reset) await LocalPostgres.Remove("portal", ct);
        var server = await LocalPostgres.Start("portal", durable: true, Console.WriteLine, ct);
        try
        {
            await server.EnsureDatabase("portal", ct);
            return await Serve(options, server.OwnerConnection("portal"), server.PortalConnectionString("portal"), ct);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await server.Stop(CancellationToken.None);
            Console.WriteLine("Stopped. The data stays for the next start; --reset throws it away.");
        }
    }

    static async Task<int> Serve(HostOptions options, string owner, string portal, CancellationToken ct)
    {
        await PrepareDatabase(options, owner, ct);

        var address = $"http://localhost:{options.Port}";
        using var process = StartPortal(address, options.Port, portal);
        try
        {
            await WaitUntilReady(process, address, ct);
            Console.WriteLine();
            Console.WriteLine($"  The portal is at {address}");
            Console.WriteLine("  Sign in as one of these (password: demo); the sign-in page lists them as buttons.");
            Console.WriteLine();
            foreach (var account in DemoAccounts.Read(SeedLoader.DefaultFolder)) Console.WriteLine($"    {account.UserName,-36} {account.Role}");
            Console.WriteLine();
            Console.WriteLine("  Ctrl+C stops everything and keeps the data.");
            await process.WaitForExitAsync(ct);
            throw new HostException($"The portal stopped by itself (exit code {process.ExitCode}); its last words stand above.");
        }
        finally
        {
            await StopPortal(process);
        }
    }

    static async Task PrepareDatabase(HostOptions options, string owner, CancellationToken ct)
    {
        var ran = await Migrations.Run(owner, ct);
        if (ran.Count > 0) Console.WriteLine($"Brought the database up to date: {ran.Count} migrations.");
        await SeedLoader.LoadReference(owner, SeedLoader.DefaultFolder, ct);
        await SeedLoader.LoadDemoAccounts(owner, SeedLoader.DefaultFolder, ct);
        if (options.Referrals == 0) return;
        Console.WriteLine($"Adding {options.Referrals:N0} generated referrals.");
        await GeneratedReferrals.Load(owner, options.Referrals, Console.WriteLine, ct);
    }

    static Process StartPortal(string address, int port, string connection)
    {
        var (program, folder) = PortalFiles.Find();
        var start = new ProcessStartInfo("dotnet", [program, "serve"]) { WorkingDirectory = folder };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = address;
        start.Environment["ConnectionStrings__Portal"] = connection;
        start.Environment["AzureAd__Instance"] = $"{address}/devidp/";
        return Process.Start(start) ?? throw new HostException("The portal could not be started.");
    }

    static async Task WaitUntilReady(Process process, string address, CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < TimeSpan.FromSeconds(90))
        {
            if (process.HasExited) throw new HostException($"The portal did not start (exit code {process.ExitCode}); its last words stand above.");
            try
            {
                using var answer = await client.GetAsync($"{address}/health/ready", ct);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                // Not listening yet.
            }
            await Task.Delay(100, ct);
        }
        throw new HostException("The portal started but did not become ready within 90 seconds.");
    }

    static async Task StopPortal(Process process)
    {
        if (process.HasExited) return;
        if (OperatingSystem.IsWindows()) process.Kill(entireProcessTree: true);
        else Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])?.WaitForExit();
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

    static void RefuseTakenPort(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException)
        {
            throw new HostException($"Port {port} is in use, perhaps by a portal that runs already at http://localhost:{port}. Choose another with: -- --port N");
        }
    }
}

/// <summary>The portal cannot be started; the message says why and what to do.</summary>
public sealed class HostException(string message) : Exception(message);
