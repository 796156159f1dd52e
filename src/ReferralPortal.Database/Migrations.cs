using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace ReferralPortal.Database;

/// <summary>Brings a database up to date by the scripts of <c>db/migrations</c>, each once, in order, each in a transaction of its own.</summary>
public static class Migrations
{
    // Any number of nodes may start at once; one of them migrates and the others wait.
    const long AdvisoryLock = 0x5EFE_11A1;

    /// <summary>The scripts that this version of the portal comes with, in order: name and text.</summary>
    public static IReadOnlyList<(string Name, string Text)> Scripts { get; } = Embedded();

    /// <summary>Runs what has not run yet, and returns the names of what ran.</summary>
    /// <exception cref="MigrationException">A script failed (it left nothing behind), or one that had run was edited afterwards.</exception>
    public static Task<IReadOnlyList<string>> Run(string ownerConnectionString, CancellationToken ct) => Run(ownerConnectionString, Scripts, ct);

    /// <inheritdoc cref="Run(string, CancellationToken)"/>
    public static async Task<IReadOnlyList<string>> Run(string ownerConnectionString, IReadOnlyList<(string Name, string Text)> scripts, CancellationToken ct)
    {
        // Not from the pool: there a connection keeps its locks until somebody uses it again.
        await using var guard = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false }.ConnectionString);
        await guard.OpenAsync(ct);
        await guard.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@AdvisoryLock)", new { AdvisoryLock }, commandTimeout: 300, cancellationToken: ct));
        await guard.ExecuteAsync("""
            create table if not exists schema_migration_checksum (script text primary key, sha256 text not null, ran_at timestamptz not null default now())
            """);
        await RefuseEdited(guard, scripts, ct);

        var upgrade = DeployChanges.To.PostgresqlDatabase(ownerConnectionString)
            .WithScripts(scripts.Select(script => new SqlScript(script.Name, script.Text + RecordChecksum(script))))
            .JournalToPostgresqlTable("public", "schema_migration")
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.FromMinutes(30))
            .LogTo(new NoUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!upgrade.Successful) throw new MigrationException($"Migration {upgrade.ErrorScript?.Name} failed and left nothing behind: {upgrade.Error.Message}", upgrade.Error);
        return [.. upgrade.Scripts.Select(script => script.Name)];
    }

    /// <summary>Whether every script of this version has run in the connection's database. Readable to the portal's own role.</summary>
    public static async Task<bool> IsCurrent(NpgsqlConnection connection, CancellationToken ct)
    {
        var known = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select to_regclass('public.schema_migration_checksum') is not null", cancellationToken: ct));
        if (!known) return false;
        var ran = await connection.QueryAsync<string>(new CommandDefinition("select script from schema_migration_checksum", cancellationToken: ct));
        return Scripts.Select(script => script.Name).All(ran.ToHashSet().Contains);
    }

    static async Task RefuseEdited(NpgsqlConnection connection, IReadOnlyList<(string Name, string Text)> scripts, CancellationToken ct)
    {
        var known = (await connection.QueryAsync<(string Script, string Sha256)>(
            new CommandDefinition("select script, sha256 from schema_migration_checksum", cancellationToken: ct))).ToDictionary(row => row.Script, row => row.Sha256);
        var edited = scripts.Where(script => known.TryGetValue(script.Name, out var sum) && sum != Checksum(script.Text)).Select(script => script.Name).ToList();
        if (edited.Count > 0)
            throw new MigrationException($"{string.Join(", ", edited)} ran here already and was edited since. Put the script back and add a new one.");
    }

    // In the script's own transaction: what ran is always known by its text.
    static string RecordChecksum((string Name, string Text) script) =>
        $"\n;\ninsert into schema_migration_checksum (script, sha256) values ('{script.Name.Replace("'", "''")}', '{Checksum(script.Text)}');";

    static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));

    static (string, string)[] Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return (name, reader.ReadToEnd());
        })];
    }

    sealed class NoUpgradeLog : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) { }
        public void LogDebug(string format, params object[] args) { }
        public void LogInformation(string format, params object[] args) { }
        public void LogWarning(string format, params object[] args) { }
        public void LogError(string format, params object[] args) { }
        public void LogError(Exception ex, string format, params object[] args) { }
    }
}

/// <summary>The database could not be brought up to date; the message says what to do.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);
