using Dapper;
using Npgsql;
using ReferralPortal.Database;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Testing;

/// <summary>
/// A database of a test class's own: migrated, with the reference data and the demo accounts, and no referral.
/// Use it as an xunit class fixture.
/// </summary>
public sealed class PortalTestDatabase : Xunit.IAsyncLifetime
{
    ReferralPortal.Database.Local.LocalPostgres server = null!;
    string name = null!;

    /// <summary>The schema's owner: sees everything, for arranging and asserting.</summary>
    public string OwnerConnection => server.OwnerConnection(name);

    /// <summary>The portal's own role, under row-level security.</summary>
    public string AppConnection => server.PortalConnectionString(name);

    /// <summary>The portal's data sources.</summary>
    public PortalDataSources Sources { get; private set; } = null!;

    /// <summary>Units of work on the real clock.</summary>
    public PortalDatabase Database { get; private set; } = null!;

    /// <summary>Data sources that step round row-level security: to prove that a use case holds by itself.</summary>
    public PortalDataSources SourcesWithoutRowLevelSecurity { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (server, var template) = await TestCluster.Get();
        name = $"test_{Guid.NewGuid():N}";
        await using (var maintenance = new NpgsqlConnection(server.SuperuserConnection("postgres")))
        {
            await maintenance.OpenAsync();
            await maintenance.ExecuteAsync($"""create database "{name}" template "{template}" owner portal_owner""", commandTimeout: 120);
        }
        var source = PortalDataSources.Pool(AppConnection);
        Sources = new PortalDataSources(source, source);
        Database = new PortalDatabase(Sources, TimeProvider.System);
        var superuser = PortalDataSources.Pool(server.SuperuserConnection(name));
        SourcesWithoutRowLevelSecurity = new PortalDataSources(superuser, superuser);
    }

    /// <summary>Units of work on another clock.</summary>
    public PortalDatabase On(TimeProvider clock) => new(Sources, clock);

    /// <summary>A demo account as an actor, by its user name: <c>solicitor@northgate-law.example</c>.</summary>
    public async Task<Actor> Actor(string userName)
    {
        await using var connection = await Owner();
        var id = await connection.ExecuteScalarAsync<Guid?>("select id from portal_user where user_name = @userName", new { userName })
                 ?? throw new ArgumentException($"{userName} is no demo account.", nameof(userName));
        return await CurrentActor.Load(Sources, id, CancellationToken.None);
    }

    /// <summary>An open connection of the owner. Dispose it.</summary>
    public async Task<NpgsqlConnection> Owner()
    {
        var connection = new NpgsqlConnection(OwnerConnection);
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (Sources is null) return;
        await Sources.Writing.DisposeAsync();
        await SourcesWithoutRowLevelSecurity.Writing.DisposeAsync();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(OwnerConnection));
        await using var maintenance = new NpgsqlConnection(server.SuperuserConnection("postgres"));
        await maintenance.OpenAsync();
        await maintenance.ExecuteAsync($"""drop database if exists "{name}" with (force)""", commandTimeout: 120);
    }
}
