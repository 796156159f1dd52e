using Dapper;
using Npgsql;
using ReferralPortal.Database;
using ReferralPortal.Testing;

namespace ReferralPortal.Web.Tests.Database;

/// <summary>One login on somebody's own server both migrates and serves; the portal still runs as its own role.</summary>
public sealed class PortalConnectionTests(PortalConnectionTests.OneLoginServer server) : IClassFixture<PortalConnectionTests.OneLoginServer>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_is_the_portals_role_again_each_time_it_comes_back_from_the_pool()
    {
        await using var source = NpgsqlDataSource.Create(PortalConnection.ForPortal(server.Connection) + ";Maximum Pool Size=1;Max Auto Prepare=5;Auto Prepare Min Usages=1");
        var process = 0;
        foreach (var leftBehind in new[] { "select 1", "set work_mem = '1MB'", $"set role {server.Login}", "reset role", "set session authorization default", "discard all" })
        {
            await using var connection = await source.OpenConnectionAsync(Ct);
            var (pid, role) = await connection.QuerySingleAsync<(int, string)>("select pg_backend_pid(), current_user::text");
            Assert.Equal(PortalConnection.Role, role);
            Assert.True(process == 0 || process == pid, "the test means to reuse one connection");
            process = pid;
            await connection.ExecuteAsync(leftBehind);
        }
    }

    [Fact]
    public async Task Row_level_security_holds_for_a_login_that_owns_the_tables()
    {
        await SeedOne();
        await using var asOwner = new NpgsqlConnection(server.Connection);
        Assert.Equal(1, await asOwner.ExecuteScalarAsync<int>("select count(*) from organisation"));
        await using var asPortal = new NpgsqlConnection(PortalConnection.ForPortal(server.Connection));
        Assert.Equal(0, await asPortal.ExecuteScalarAsync<int>("select count(*) from organisation"));
    }

    [Fact]
    public async Task Letting_the_login_take_the_role_twice_is_no_fault() => await PortalConnection.LetLoginTakeRole(server.Connection, Ct);

    [Fact]
    public async Task A_login_that_may_not_take_the_role_is_told_what_to_ask_for()
    {
        await server.Database.Administer($"create role {server.Login}_small login password 'own'");
        try
        {
            var small = new NpgsqlConnectionStringBuilder(server.Connection) { Username = server.Login + "_small", Pooling = false }.ConnectionString;
            var fault = await Assert.ThrowsAsync<MigrationException>(() => PortalConnection.LetLoginTakeRole(small, Ct));
            Assert.Contains($"grant portal_app to \"{server.Login}_small\"", fault.Message);
        }
        finally
        {
            await server.Database.Administer($"drop role {server.Login}_small");
        }
    }

    [Theory]
    [InlineData("Host=db;Username=portal_app", "")]
    [InlineData("Host=db;Username=portal_login", "-c role=portal_app")]
    [InlineData("Host=db;Username=portal_login;Options=-c statement_timeout=5s", "-c statement_timeout=5s -c role=portal_app")]
    [InlineData("Host=db;Username=portal_login;Options=-c role=portal_app", "-c role=portal_app")]
    public void The_portals_role_is_added_where_it_is_missing(string given, string options) =>
        Assert.Equal(options, new NpgsqlConnectionStringBuilder(PortalConnection.ForPortal(given)).Options ?? "");

    async Task SeedOne()
    {
        await using var connection = new NpgsqlConnection(server.Connection);
        await connection.ExecuteAsync("insert into organisation (id, kind, name) values (gen_random_uuid(), 'solicitor', 'Own Server Law')");
    }

    /// <summary>A database whose owner is the one login.</summary>
    public sealed class OneLoginServer : IAsyncLifetime
    {
        public string Login { get; } = $"login_{Guid.NewGuid():N}";

        public EmptyTestDatabase Database { get; private set; } = null!;

        public string Connection => new NpgsqlConnectionStringBuilder(Database.OwnerConnection) { Username = Login, Password = "own" }.ConnectionString;

        public async ValueTask InitializeAsync()
        {
            Database = await EmptyTestDatabase.Create();
            // From version 16 on whoever makes a role may hand it out; here the role is there already.
            var handsOut = Database.Server.Major >= 16 ? $"grant portal_app to {Login} with admin true, set false, inherit false;" : "";
            await Database.Administer($"""
                create role {Login} login createrole password 'own';
                {handsOut}
                do $$ begin execute format('alter database %I owner to {Login}', current_database()); end $$;
                """);
            await Migrations.Run(Connection, Ct);
            await PortalConnection.LetLoginTakeRole(Connection, Ct);
        }

        public async ValueTask DisposeAsync()
        {
            NpgsqlConnection.ClearPool(new NpgsqlConnection(Connection));
            NpgsqlConnection.ClearPool(new NpgsqlConnection(PortalConnection.ForPortal(Connection)));
            await Database.Administer($"reassign owned by {Login} to postgres; drop owned by {Login}");
            await Database.DisposeAsync();
            await Database.DropRole(Login);
        }
    }
}
