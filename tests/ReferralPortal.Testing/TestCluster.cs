using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using ReferralPortal.Database;
using ReferralPortal.Database.Local;
using ReferralPortal.Database.Seeds;

namespace ReferralPortal.Testing;

/// <summary>
/// The PostgreSQL server of the tests, shared by all test processes that run at a time and stopped by the last of them, and in it one template
/// database for each state of migrations and seeds, from which every test class gets its own in a moment. Templates are kept from run to run.
/// </summary>
public static class TestCluster
{
    static readonly Lazy<Task<(LocalPostgres Server, string Template)>> Started = new(Start);

    static bool onDisk;

    /// <summary>Keeps this process's databases on disk: for measurements with more rows than memory should hold. Call it before anything else.</summary>
    public static void KeepOnDisk() => onDisk = true;

    /// <summary>The server and the name of the current template.</summary>
    public static Task<(LocalPostgres Server, string Template)> Get() => Started.Value;

    static async Task<(LocalPostgres, string)> Start()
    {
        var binaries = await PostgresBinaries.FindOrFetch(Console.Error.WriteLine, CancellationToken.None);
        var server = await LocalPostgres.StartIn(binaries, Folder(), "throwaway", durable: false, Console.Error.WriteLine, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop(CancellationToken.None).GetAwaiter().GetResult();
        var template = "template_" + Fingerprint();

        // Several test processes may come at once: one of them builds the template, under a lock that it loses if it dies.
        await using var maintenance = new NpgsqlConnection(server.SuperuserConnection("postgres"));
        await maintenance.OpenAsync();
        await maintenance.ExecuteAsync("select pg_advisory_lock(42)", commandTimeout: 300);
        try
        {
            if (await maintenance.ExecuteScalarAsync<bool>("select exists (select from pg_database where datname = @template and datistemplate)", new { template })) return (server, template);

            await DropOld(maintenance);
            await maintenance.ExecuteAsync($"""drop database if exists "{template}" with (force)""");
            await server.EnsureDatabase(template, CancellationToken.None);
            await Migrations.Run(server.OwnerConnection(template), CancellationToken.None);
            await SeedLoader.LoadReference(server.OwnerConnection(template), SeedLoader.DefaultFolder, CancellationToken.None);
            await SeedLoader.LoadDemoAccounts(server.OwnerConnection(template), SeedLoader.DefaultFolder, CancellationToken.None);
            NpgsqlConnection.ClearAllPools();
            await maintenance.ExecuteAsync($"""alter database "{template}" with is_template true allow_connections false""");
            return (server, template);
        }
        finally
        {
            await maintenance.ExecuteAsync("select pg_advisory_unlock(42)");
        }
    }

    /// <summary>In memory where there is plenty of it: a database is some 450 files, and a disk may take a third of a second to make them.</summary>
    static string Folder()
    {
        const string memory = "/dev/shm";
        const long gigabyte = 1L << 30;
        var chosen = Environment.GetEnvironmentVariable("REFERRALPORTAL_HOME") is { Length: > 0 };
        return !onDisk && !chosen && OperatingSystem.IsLinux() && Directory.Exists(memory)
            && new DriveInfo(memory).AvailableFreeSpace > 2 * gigabyte && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 6 * gigabyte
            ? Path.Combine(memory, $"referralportal-{Environment.UserName}")
            : LocalFolders.Shared;
    }

    /// <summary>Databases that killed test runs left behind, and templates of other days.</summary>
    static async Task DropOld(NpgsqlConnection maintenance)
    {
        var old = await maintenance.QueryAsync<string>("""
            select datname from pg_database d
            where (datname like 'test\_%' or datname like 'template\_%')
              and (pg_stat_file('base/' || d.oid || '/PG_VERSION')).modification < now() - interval '6 hours'
              and not exists (select from pg_stat_activity a where a.datname = d.datname)
            """);
        foreach (var name in old)
        {
            await maintenance.ExecuteAsync($"""alter database "{name}" with is_template false""");
            await maintenance.ExecuteAsync($"""drop database if exists "{name}" with (force)""");
        }
    }

    static string Fingerprint()
    {
        var all = new StringBuilder();
        foreach (var (name, text) in Migrations.Scripts) all.Append(name).Append(text);
        foreach (var file in Directory.GetFiles(SeedLoader.DefaultFolder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)) all.Append(Path.GetFileName(file)).Append(File.ReadAllText(file));
        // The loader is part of what the template holds.
        all.Append(typeof(SeedLoader).Module.ModuleVersionId);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())))[..12];
    }
}
