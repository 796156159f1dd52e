using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Platform;

/// <summary>
/// The driver prepares a statement that recurs, for the types of its parameters. A missing value without a type used to make another row of types, which was
/// planned anew each time: half a millisecond of the database's time for every referral without, say, an email address.
/// </summary>
public sealed class PreparedStatementTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    const string Wanted = "@at::timestamptz, @on::date, @who::uuid, @words::text, @count::int, @sure::boolean, @pounds::numeric, @state::text, @names::text[], @ids::uuid[]";

    static readonly object
        Full = new Row(DateTimeOffset.UnixEpoch, new DateOnly(2026, 11, 26), Guid.Empty, "words", 1, true, 2.5m, ReferralState.Accepted, ["a"], [Guid.Empty]),
        Empty = new Row(null, null, null, null, null, null, null, null, null, null);

    [Fact]
    public async Task A_batch_stays_prepared_when_values_are_missing()
    {
        var actor = await world.Actor("solicitor@northgate-law.example");
        await using var one = OneConnection();
        var database = new PortalDatabase(new(one, one), TimeProvider.System);
        foreach (var row in new[] { Full, Full, Empty, Full, Empty, Empty }) await database.Write(actor, unit => unit.Run("select 'batch', " + Wanted, row), TestContext.Current.CancellationToken);

        Assert.Equal((1, 6), await Prepared(one, "batch"));
    }

    [Fact]
    public async Task A_unit_stays_prepared_when_values_are_missing()
    {
        var actor = await world.Actor("solicitor@northgate-law.example");
        await using var one = OneConnection();
        var database = new PortalDatabase(new(one, one), TimeProvider.System);
        foreach (var row in new[] { Full, Full, Empty, Full, Empty, Empty })
            await database.Read(actor, async unit =>
            {
                await unit.One<int>("select 1");
                return await unit.Run("select 'unit', " + Wanted, row);
            }, TestContext.Current.CancellationToken);

        Assert.Equal((1, 6), await Prepared(one, "unit"));
    }

    sealed record Row(DateTimeOffset? At, DateOnly? On, Guid? Who, string? Words, int? Count, bool? Sure, decimal? Pounds, Coded<ReferralState>? State, string[]? Names, Guid[]? Ids);

    NpgsqlDataSource OneConnection() => PortalDataSources.Pool(new NpgsqlConnectionStringBuilder(world.AppConnection) { MaxPoolSize = 1 }.ConnectionString);

    /// <summary>How many prepared statements with this word the connection has, and how often they ran (the first run goes before preparing).</summary>
    static async Task<(long Statements, long Runs)> Prepared(NpgsqlDataSource one, string word)
    {
        await using var command = one.CreateCommand("select count(*), 1 + coalesce(sum(generic_plans + custom_plans), 0)::bigint from pg_prepared_statements where statement like $1");
        command.Parameters.Add(new() { Value = $"select '{word}', %" });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
