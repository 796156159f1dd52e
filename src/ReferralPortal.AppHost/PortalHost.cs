using System.Diagnostics;
using Npgsql;
using ReferralPortal.Database;
using ReferralPortal.Database.Local;
using ReferralPortal.Database.Seeds;

namespace ReferralPortal.AppHost;

/// <summary>Starts every real part: the database, its migrations and seeds, the portal with the local sign-in provider.</summary>
static class PortalHost
{
    /// <summary>Where the local portal keeps the files that people add; it goes with the local database.</summary>
    static string Documents => Path.Combine(LocalFolders.Shared, "documents");

    internal static async Task<int> Run(HostOptions options, CancellationToken ct)
    {
        await using var place = await PortalPlace.Take(options.Port, ct);
        var given = Environment.GetEnvironmentVariable("ConnectionStrings__Portal");
        if (given is { Length: > 0 })
        {
            if (options.Reset) throw new HostException("--reset is for the local database; ConnectionStrings__Portal names another, which is left alone.");
            var owner = Environment.GetEnvironmentVariable("ConnectionStrings__PortalOwner");
            await PrepareDatabase(options, owner ?? given, ct);
            if (owner is null) await PortalConnection.LetLoginTakeRole(given, ct);
            return await Serve(place, given, ct);
        }

        if (options.Reset)
        {
            await LocalPostgres.Remove("portal", Console.WriteLine, ct);
            foreach (var kept in new[] { Documents, MailPost.Folder(options.Port) })
                if (Directory.Exists(kept)) Directory.Delete(kept, recursive: true);
        }
        var server = await LocalPostgres.Start("portal", durable: true, Console.WriteLine, ct);
        try
        {
            await server.EnsureDatabase("portal", ct);
            await PrepareDatabase(options, server.OwnerConnection("portal"), ct);
            return await Serve(place, server.PortalConnectionString("portal"), ct);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            var stopped = await server.Stop(CancellationToken.None);
            Console.WriteLine(stopped ? "Stopped. The data stays for the next start; --reset throws it away." : "Stopped. The database goes on for another portal that uses it.");
        }
    }

    static async Task PrepareDatabase(HostOptions options, string owner, CancellationToken ct)
    {
        var ran = await Migrations.Run(owner, ct);
        if (ran.Count > 0) Console.WriteLine($"Brought the database up to date: {ran.Count} migrations.");
        await SeedLoader.LoadReference(owner, SeedLoader.DefaultFolder, ct);
        await SeedLoader.LoadDemoAccounts(owner, SeedLoader.DefaultFolder, ct);
        await DemoReferrals.Load(owner, SeedLoader.DefaultFolder, TimeProvider.System.GetUtcNow(), ct);
        if (options.Referrals == 0) return;
        Console.WriteLine($"Adding {options.Referrals:N0} generated referrals.");
        await GeneratedReferrals.Load(owner, options.Referrals, Console.WriteLine, ct);
    }

    static async Task<int> Serve(PortalPlace place, string portal, CancellationToken ct)
    {
        await using var scanner = await VirusScanner.Start(place.Address.Port, ct);
        await using var mail = await MailPost.Start(place.Address.Port, ct);
        using var process = StartPortal(place, portal, scanner, mail);
        try
        {
            if (!await PortalProgram.WaitUntilReady(process, place.Address, TimeSpan.FromSeconds(90), ct)) throw EndedByItself(process, ct);
            Welcome(place.Address, scanner, mail);
            await process.WaitForExitAsync(ct);
            throw EndedByItself(process, ct);
        }
        catch (TimeoutException fault)
        {
            throw new HostException(fault.Message);
        }
        finally
        {
            await PortalProgram.Stop(process);
        }
    }

    static Process StartPortal(PortalPlace place, string connection, VirusScanner scanner, MailPost mail)
    {
        var start = PortalProgram.StartInfo(place.Address, connection);
        start.Environment.TryAdd("Documents__Folder", Documents);
        if (scanner.Address is { } clamd) start.Environment["Documents__Clamd"] = clamd;
        mail.Configure(start);
        // One line an entry, and no more about hosting than this host says itself.
        start.Environment.TryAdd("Logging__Console__FormatterName", "simple");
        start.Environment.TryAdd("Logging__Console__FormatterOptions__SingleLine", "true");
        start.Environment.TryAdd("Logging__Console__FormatterOptions__TimestampFormat", "HH:mm:ss ");
        start.Environment.TryAdd("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Warning");
        start.Environment.TryAdd("Logging__LogLevel__Microsoft.AspNetCore.DataProtection", "Error"); // the local keys guard example data
        var process = Process.Start(start) ?? throw new HostException("The portal could not be started.");
        place.Occupy(process);
        return process;
    }

    /// <summary>The portal ended. Ctrl+C reaches it as well as this host, and it may be the quicker one: then nothing is wrong.</summary>
    static Exception EndedByItself(Process process, CancellationToken ct)
    {
        if (ct.WaitHandle.WaitOne(TimeSpan.FromSeconds(1))) return new OperationCanceledException(ct);
        return new HostException($"The portal stopped by itself (exit code {process.ExitCode}); its last words stand above.");
    }

    static void Welcome(Uri address, VirusScanner scanner, MailPost mail)
    {
        Console.WriteLine();
        Console.WriteLine($"  The portal is at {address.GetLeftPart(UriPartial.Authority)}");
        Console.WriteLine("  Sign in as one of these (password: demo); the sign-in page lists them as buttons.");
        Console.WriteLine();
        foreach (var account in DemoAccounts.Read(SeedLoader.DefaultFolder)) Console.WriteLine($"    {account.UserName,-36} {account.Role}");
        Console.WriteLine();
        Console.WriteLine($"  {scanner.Words}");
        Console.WriteLine($"  {mail.Words}");
        Console.WriteLine("  Ctrl+C stops everything and keeps the data.");
    }
}

/// <summary>The portal cannot be started; the message says why and what to do.</summary>
public sealed class HostException(string message) : Exception(message);
