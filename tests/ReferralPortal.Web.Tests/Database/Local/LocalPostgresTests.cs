using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using ReferralPortal.Database.Local;

namespace ReferralPortal.Web.Tests.Database.Local;

/// <summary>A private server through what happens on a developer's machine. One real server serves all tests, one after the other.</summary>
public sealed class LocalPostgresTests(LocalPostgresTests.Servers servers) : IClassFixture<LocalPostgresTests.Servers>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_starts_at_once_share_one_server_and_the_last_to_leave_stops_it()
    {
        var both = await Task.WhenAll(servers.Start(), servers.Start());
        Assert.Equal(both[0].Port, both[1].Port);
        Assert.False(await both[0].Stop(Ct));
        Assert.Equal(1, await Ask(both[1], "select 1"));
        Assert.True(await both[1].Stop(Ct));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Ask(both[1], "select 1"));
    }

    [Fact]
    public async Task Data_committed_before_the_power_failed_is_there_after_the_next_start()
    {
        var first = await servers.Start();
        await first.EnsureDatabase("kept", Ct);
        await Run(first, "create table if not exists kept (id int); insert into kept values (1)");
        Process.GetProcessById(servers.ServerProcess).Kill(); // leaves its pid file behind
        await first.Abandon();

        var second = await servers.Start();
        Assert.NotEqual(0, await Ask(second, "select count(*) from kept"));
        Assert.True(await second.Stop(Ct));
    }

    [Fact]
    public async Task A_pid_file_whose_number_went_to_another_program_is_seen_through()
    {
        await (await servers.Start()).Stop(Ct);
        await File.WriteAllTextAsync(servers.PidFile, $"{Environment.ProcessId}\n{servers.Data}\n1\n5432\n\n127.0.0.1\n", Ct);
        var server = await servers.Start();
        Assert.Equal(1, await Ask(server, "select 1"));
        Assert.True(await server.Stop(Ct));
    }

    [Fact]
    public async Task A_server_whose_starter_was_killed_is_joined()
    {
        var killed = await servers.Start();
        await killed.Abandon();
        var next = await servers.Start();
        Assert.Equal(killed.Port, next.Port);
        Assert.True(await next.Stop(Ct));
    }

    [Fact]
    public async Task Nobody_removes_a_database_that_is_in_use()
    {
        var server = await servers.Start();
        var refusal = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.RemoveFrom(servers.Binaries, servers.Folder, "portal", Ct));
        Assert.Contains("in use by another start", refusal.Message);
        Assert.Equal(1, await Ask(server, "select 1"));
        await server.Stop(Ct);
    }

    [Fact]
    public async Task Passwords_are_for_the_servers_user_alone()
    {
        await (await servers.Start()).Stop(Ct);
        var secrets = Directory.GetFiles(servers.Home, "*.password");
        Assert.Equal(3, secrets.Length);
        Assert.Equal(3, (await Task.WhenAll(secrets.Select(file => File.ReadAllTextAsync(file, Ct)))).Distinct().Count());
        foreach (var file in secrets)
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_first_start_that_is_interrupted_half_way_leaves_nothing_that_looks_finished()
    {
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LocalPostgres.StartIn(servers.Binaries, servers.Folder, "interrupted", durable: false, _ => { }, impatience.Token));
        Assert.Empty(Directory.GetDirectories(servers.Folder, "interrupted-pg??"));

        var server = await LocalPostgres.StartIn(servers.Binaries, servers.Folder, "interrupted", durable: false, _ => { }, Ct);
        Assert.True(await server.Stop(Ct));
        Assert.Single(Directory.GetDirectories(servers.Folder, "interrupted-pg*"));
        await LocalPostgres.RemoveFrom(servers.Binaries, servers.Folder, "interrupted", Ct);
        Assert.Empty(Directory.GetDirectories(servers.Folder, "interrupted-pg*"));
    }

    [Theory]
    [InlineData("initdb: error: could not write to file \"pg_wal/xlogtemp.12\": No space left on device", "disk that holds")]
    [InlineData("initdb: error: could not create directory \"data\": Read-only file system", "Read-only file system")]
    public async Task When_initdb_fails_the_message_says_why(string words, string expected)
    {
        using var programs = new ProgramFolder();
        var binaries = new PostgresBinaries(programs.Server("15.0", initdb: $"echo '{words}' >&2; echo 'initdb: removing data directory' >&2; exit 1"), 15);
        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartIn(binaries, Path.Combine(programs.Path, "servers"), "portal", durable: true, _ => { }, Ct));
        Assert.Contains(expected, failure.Message);
        Assert.Empty(Directory.GetDirectories(Path.Combine(programs.Path, "servers")));
    }

    [Fact]
    public async Task When_the_server_does_not_start_the_message_quotes_its_log()
    {
        using var programs = new ProgramFolder();
        var binaries = new PostgresBinaries(programs.Server("15.0", start: """[ "$1" = start ] && echo 'FATAL:  the database files are incompatible with this server' >> "$5"; exit 1"""), 15);
        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartIn(binaries, Path.Combine(programs.Path, "servers"), "portal", durable: true, _ => { }, Ct));
        Assert.Contains("the database files are incompatible", failure.Message);
        Assert.Contains("server.log", failure.Message);
    }

    static async Task<int> Ask(LocalPostgres server, string query)
    {
        await using var connection = new NpgsqlConnection(server.SuperuserConnection("postgres") + ";Pooling=false");
        return await connection.ExecuteScalarAsync<int>(query);
    }

    static async Task Run(LocalPostgres server, string statement)
    {
        await using var connection = new NpgsqlConnection(server.SuperuserConnection("postgres") + ";Pooling=false");
        await connection.ExecuteAsync(statement);
    }

    /// <summary>The folder of one server, made once.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        public PostgresBinaries Binaries { get; private set; } = null!;

        public string Folder { get; } = Path.Combine(LocalFolders.Shared, $"servers-{Guid.NewGuid():N}");

        public string Home => Path.Combine(Folder, $"portal-pg{Binaries.Major}");

        public string Data => Path.Combine(Home, "data");

        public string PidFile => Path.Combine(Data, "postmaster.pid");

        public int ServerProcess => int.Parse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture);

        readonly System.Collections.Concurrent.ConcurrentBag<LocalPostgres> started = [];

        public async Task<LocalPostgres> Start()
        {
            var server = await LocalPostgres.StartIn(Binaries, Folder, "portal", durable: true, _ => { }, TestContext.Current.CancellationToken);
            started.Add(server);
            return server;
        }

        public async ValueTask InitializeAsync() => Binaries = await PostgresBinaries.FindOrFetch(Console.Error.WriteLine, CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            foreach (var server in started) await server.Abandon(); // those of a test that failed half-way
            await LocalPostgres.RemoveFrom(Binaries, Folder, "portal", CancellationToken.None);
            Directory.Delete(Folder, recursive: true);
        }
    }
}
