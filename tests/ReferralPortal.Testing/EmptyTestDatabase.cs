using Dapper;
using Npgsql;
using ReferralPortal.Database.Local;

namespace ReferralPortal.Testing;

/// <summary>A database with nothing in it, for tests of what makes one: migrations and seeds.</summary>
public sealed class EmptyTestDatabase : IAsyncDisposable
{
    readonly string name = $"test_{Guid.NewGuid():N}";

    EmptyTestDatabase(LocalPostgres server) => Server = server;

    /// <summary>The server that holds it.</summary>
    public LocalPostgres Server { get; }

    /// <summary>The schema's owner-to-be.</summary>
    public string OwnerConnection => Server.OwnerConnection(name);

    /// <summary>The portal's own role.</summary>
    public string AppConnection => Server.PortalConnectionString(name);

    /// <summary>Makes the database.</summary>
    public static async Task<EmptyTestDatabase> Create()
    {
        var database = new EmptyTestDatabase((await TestCluster.Get()).Server);
        await database.Server.EnsureDatabase(database.name, CancellationToken.None);
        return database;
    }

    /// <summary>Asks as the owner.</summary>
    public async Task<T?> Ask<T>(string query, object? values = null)
    {
        await using var connection = new NpgsqlConnection(OwnerConnection);
        return await connection.ExecuteScalarAsync<T>(query, values);
    }

    /// <summary>Runs a statement as the superuser.</summary>
    public async Task Administer(string statement)
    {
        await using var connection = new NpgsqlConnection(Server.SuperuserConnection(name) + ";Pooling=false");
        await connection.ExecuteAsync(statement);
    }

    /// <summary>Drops a role that a test made, once nothing is its own any more.</summary>
    public async Task DropRole(string role)
    {
        await using var maintenance = new NpgsqlConnection(Server.SuperuserConnection("postgres"));
        await maintenance.ExecuteAsync($"drop role {role}");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(OwnerConnection));
        await using var maintenance = new NpgsqlConnection(Server.SuperuserConnection("postgres"));
        await maintenance.ExecuteAsync($"""drop database if exists "{name}" with (force)""", commandTimeout: 120);
    }
}
