using System.Diagnostics;
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

    /// <summary>"Received unexpected backend message": a page that went away had cut its question off while the driver prepared it, and the next reader on that connection got the fault.</summary>
    [Fact]
    public async Task A_question_that_was_cut_off_leaves_no_half_prepared_statement_behind()
    {
        var actor = await world.Actor("claims@ribble-insurance.example");
        await using var one = OneConnection();
        var database = new PortalDatabase(new(one, one), TimeProvider.System);
        var cut = 0;
        for (var time = 0; time < 300; time++) // without the mending one in twenty leaves one
        {
            var sql = $"select count(*)::int + {time} from referral join patient on patient.id = referral.patient_id; select count(*)::int + {time} from patient join referral on referral.patient_id = patient.id";
            await Ask(TestContext.Current.CancellationToken);
            using var gone = new CancellationTokenSource();
            var asked = Ask(gone.Token);
            var wait = Random.Shared.NextDouble() * 4;
            for (var waited = Stopwatch.StartNew(); waited.Elapsed.TotalMilliseconds < wait && !asked.IsCompleted;) await Task.Yield();
            await gone.CancelAsync();
            try
            {
                await asked;
            }
            catch (OperationCanceledException)
            {
                cut++;
            }
            for (var again = 0; again < 3; again++) await Ask(TestContext.Current.CancellationToken);

            async Task Ask(CancellationToken ct) => await database.Read(actor, async unit =>
            {
                await using var sets = await unit.Results(sql);
                return (await sets.ReadSingleAsync<int>(), await sets.ReadSingleAsync<int>());
            }, ct);
        }
        Assert.NotEqual(0, cut);
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
