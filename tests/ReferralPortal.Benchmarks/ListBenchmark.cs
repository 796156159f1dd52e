using System.Diagnostics;
using System.Text;
using Dapper;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Benchmarks;

/// <summary>Each list query through its real use case: a million rows against a tenth of them, and with row-level security against without.</summary>
static class ListBenchmark
{
    const int Times = 120;

    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var small = await World.Make(options.Rows / 10);
        await using var large = await World.Make(options.Rows);

        var report = new StringBuilder();
        report.AppendLine($"### Lists: p95 in milliseconds of {Times} calls each, in turns, {options.Rows / 10:N0} and {options.Rows:N0} referrals");
        report.AppendLine();
        report.AppendLine($"| who | what | {options.Rows / 10:N0} | {options.Rows:N0} | ratio | without row-level security | ratio |");
        report.AppendLine("|---|---|---:|---:|---:|---:|---:|");
        foreach (var (who, user) in new[] { ("firm", "solicitor@northgate-law.example"), ("clinic", "triage@clinic.example") })
        {
            foreach (var what in Questions.Where(question => options.Only is not { } wanted || question.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase)))
            {
                List<double> tenth = [], whole = [], open = [];
                for (var time = -10; time < Times; time++)
                {
                    var a = await Measure(small, user, what, time, walls: true);
                    var b = await Measure(large, user, what, time, walls: true);
                    var c = await Measure(large, user, what, time, walls: false);
                    if (time < 0) continue;
                    tenth.Add(a);
                    whole.Add(b);
                    open.Add(c);
                }
                double p10 = Figures.Percentile(tenth, 0.95), p100 = Figures.Percentile(whole, 0.95), pOpen = Figures.Percentile(open, 0.95);
                report.AppendLine($"| {who} | {what.Name} | {Figures.Text(p10)} | {Figures.Text(p100)} | {Figures.Text(p100 / p10)} | {Figures.Text(pOpen)} | {Figures.Text(p100 / pOpen)} |");
                Console.WriteLine($"lists, {who}, {what.Name}: {Figures.Text(p10)} -> {Figures.Text(p100)} ms ({Figures.Text(p100 / p10)}), without rls {Figures.Text(pOpen)} ({Figures.Text(p100 / pOpen)}); medians {Figures.Text(Figures.Median(tenth))} -> {Figures.Text(Figures.Median(whole))}, without {Figures.Text(Figures.Median(open))}");
            }
        }
        return report.ToString();
    }

    sealed record Question(string Name, Func<World, Actor, PortalDatabase, int, Task> Ask);

    static readonly Question[] Questions =
    [
        new("first page and counts", (world, actor, database, _) => List(actor, database, new ReferralFilter())),
        new("deep page", (world, actor, database, _) => List(actor, database, new ReferralFilter { After = world.Deep })),
        new("filter by state", (world, actor, database, time) => List(actor, database, new ReferralFilter { States = [time % 2 == 0 ? ReferralState.Accepted : ReferralState.Declined] })),
        new("search by reference", (world, actor, database, time) => List(actor, database, new ReferralFilter { Search = world.Samples[(time + 10) % world.Samples.Count].Reference })),
        new("search by name", (world, actor, database, time) => List(actor, database, new ReferralFilter { Search = world.Samples[(time + 10) % world.Samples.Count].Name })),
        new("one referral's page", (world, actor, database, time) => new ViewReferral(database).Handle(actor, world.Samples[(time + 10) % world.Samples.Count].Reference, default)),
    ];

    static Task List( Actor actor, PortalDatabase database, ReferralFilter filter) => new ListReferrals(database).Handle(actor, filter, default);

    static async Task<double> Measure(World world, string user, Question question, int time, bool walls)
    {
        var actor = await world.Actor(user);
        var watch = Stopwatch.StartNew();
        await question.Ask(world, actor, walls ? world.Database.Database : world.Database.WithoutRowLevelSecurity(), time);
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>A database with so many generated referrals.</summary>
    sealed class World : IAsyncDisposable
    {
        readonly Dictionary<string, Actor> actors = [];

        public required PortalTestDatabase Database { get; init; }
        public required PagePlace Deep { get; init; }
        public required IReadOnlyList<(string Reference, string Name)> Samples { get; init; }

        public static async Task<World> Make(int rows)
        {
            var database = new PortalTestDatabase();
            await database.InitializeAsync();
            var watch = Stopwatch.StartNew();
            await GeneratedReferrals.Load(database.OwnerConnection, rows, _ => { }, default);
            Console.WriteLine($"{rows:N0} referrals loaded in {watch.Elapsed.TotalSeconds:0} s");
            await using var owner = await database.Owner();
            var northgate = await owner.ExecuteScalarAsync<Guid>("select organisation_id from portal_user where user_name = 'solicitor@northgate-law.example'");
            var deep = await owner.QuerySingleAsync<(DateTime At, Guid Id)>("""
                select submitted_at, referral_id from referral_party where organisation_id = @northgate order by submitted_at desc, referral_id desc
                offset (select count(*) * 3 / 4 from referral_party where organisation_id = @northgate) limit 1
                """, new { northgate });
            var samples = await owner.QueryAsync<(string, string)>("""
                select r.reference, p.given_name || ' ' || p.family_name from referral r join patient p on p.id = r.patient_id
                where r.referring_organisation_id = @northgate order by md5(r.reference) limit 200
                """, new { northgate });
            return new World
            {
                Database = database,
                Deep = new PagePlace(new DateTimeOffset(deep.At, TimeSpan.Zero), deep.Id),
                Samples = [.. samples],
            };
        }

        public async ValueTask<Actor> Actor(string user) => actors.TryGetValue(user, out var known) ? known : actors[user] = await Database.Actor(user);

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
