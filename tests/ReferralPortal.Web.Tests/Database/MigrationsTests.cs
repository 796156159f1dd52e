using Npgsql;
using ReferralPortal.Database;
using ReferralPortal.Testing;

namespace ReferralPortal.Web.Tests.Database;

public class MigrationsTests
{
    static readonly (string Name, string Text)[] two =
    [
        ("0001_shelf.sql", "create table shelf (id int primary key);\n-- the end, without a line break"),
        ("0002_book.sql", "create function titled(book text) returns text language sql as $$ select '$book$ ' || book $$;\ninsert into shelf values (1);\n"),
    ];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_database_gets_every_script_once_and_is_then_current()
    {
        await using var database = await EmptyTestDatabase.Create();
        Assert.False(await IsCurrent(database.OwnerConnection));

        Assert.Equal(Migrations.Scripts.Select(script => script.Name), await Migrations.Run(database.OwnerConnection, Ct));
        Assert.True(await IsCurrent(database.OwnerConnection));
        Assert.True(await IsCurrent(database.AppConnection), "readiness is asked as the portal");
        Assert.Empty(await Migrations.Run(database.OwnerConnection, Ct));
    }

    [Fact]
    public async Task A_database_that_lacks_the_last_script_is_not_current()
    {
        await using var database = await EmptyTestDatabase.Create();
        await Migrations.Run(database.OwnerConnection, [.. Migrations.Scripts.SkipLast(1)], Ct);
        Assert.False(await IsCurrent(database.OwnerConnection));
        Assert.Equal([Migrations.Scripts[^1].Name], await Migrations.Run(database.OwnerConnection, Ct));
    }

    [Fact]
    public void Scripts_run_in_the_order_of_their_names() =>
        Assert.Equal(Migrations.Scripts.Select(script => script.Name).Order(StringComparer.Ordinal), Migrations.Scripts.Select(script => script.Name));

    [Fact]
    public async Task A_script_that_was_edited_after_it_ran_is_refused_and_nothing_runs()
    {
        await using var database = await EmptyTestDatabase.Create();
        await Migrations.Run(database.OwnerConnection, two, Ct);

        var edited = two[0] with { Text = two[0].Text.Replace("int", "bigint", StringComparison.Ordinal) };
        var refusal = await Assert.ThrowsAsync<MigrationException>(() =>
            Migrations.Run(database.OwnerConnection, [edited, two[1], ("0003_late.sql", "create table late (id int);")], Ct));
        Assert.Contains("0001_shelf.sql", refusal.Message);
        Assert.DoesNotContain("0002_book.sql", refusal.Message);
        Assert.False(await database.Ask<bool>("select to_regclass('late') is not null"));
    }

    [Fact]
    public async Task Other_line_endings_are_no_edit()
    {
        await using var database = await EmptyTestDatabase.Create();
        await Migrations.Run(database.OwnerConnection, two, Ct);
        Assert.Empty(await Migrations.Run(database.OwnerConnection, [.. two.Select(script => script with { Text = script.Text.Replace("\n", "\r\n", StringComparison.Ordinal) })], Ct));
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_behind_and_runs_when_it_is_mended()
    {
        await using var database = await EmptyTestDatabase.Create();
        var broken = ("0003_broken.sql", "insert into shelf values (2); insert into no_such_table values (1);");
        var failure = await Assert.ThrowsAsync<MigrationException>(() => Migrations.Run(database.OwnerConnection, [.. two, broken], Ct));
        Assert.Contains("0003_broken.sql", failure.Message);
        Assert.Contains("no_such_table", failure.Message);
        Assert.Equal(1, await database.Ask<int>("select count(*) from shelf"));

        // What ran before it stays, and is known by its text.
        await Assert.ThrowsAsync<MigrationException>(() => Migrations.Run(database.OwnerConnection, [two[0] with { Text = "select 1;" }], Ct));
        Assert.Equal(["0003_broken.sql"], await Migrations.Run(database.OwnerConnection, [.. two, ("0003_broken.sql", "insert into shelf values (2);")], Ct));
    }

    [Fact]
    public async Task Several_nodes_that_start_at_once_run_each_script_once_between_them()
    {
        await using var database = await EmptyTestDatabase.Create();
        var slow = two[0] with { Text = "select pg_sleep(0.3); " + two[0].Text };
        var ran = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Migrations.Run(database.OwnerConnection, [slow, two[1]], Ct)));
        Assert.Equal(["0001_shelf.sql", "0002_book.sql"], ran.SelectMany(names => names));
    }

    [Fact]
    public async Task Whoever_has_migrated_holds_no_lock_afterwards()
    {
        await using var database = await EmptyTestDatabase.Create();
        await Migrations.Run(database.OwnerConnection, two, Ct);
        // A server takes a moment to see that a connection was closed; the pool would keep it for minutes.
        for (var waited = 0; await Held() > 0; waited++)
        {
            Assert.True(waited < 50, "the lock is still held after five seconds");
            await Task.Delay(100, Ct);
        }

        Task<int> Held() => database.Ask<int>("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())");
    }

    static async Task<bool> IsCurrent(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Ct);
        return await Migrations.IsCurrent(connection, Ct);
    }
}
