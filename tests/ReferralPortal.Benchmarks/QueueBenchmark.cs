using System.Diagnostics;
using System.Text;
using Dapper;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Benchmarks;

/// <summary>
/// The triage queue through its real use case: a million referrals of which twenty thousand are open, against a tenth of the referrals with as many
/// open (that is the limit: the years behind must cost nothing), and against a tenth of both (what the open work itself costs).
/// </summary>
static class QueueBenchmark
{
    const int Times = 120, OpenPerMille = 20;
    const string User = "triage@clinic.example";

    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var young = await World.Make(options.Rows / 10, OpenPerMille);
        await using var small = await World.Make(options.Rows / 10, OpenPerMille * 10);
        await using var large = await World.Make(options.Rows, OpenPerMille);

        var report = new StringBuilder();
        report.AppendLine($"### Triage queue: p95 in milliseconds of {Times} calls each, in turns; a page with the counts of all tabs unless it says otherwise");
        report.AppendLine();
        report.AppendLine($"| what | {young.Size} | {small.Size} | {large.Size} | ratio to as many open |");
        report.AppendLine("|---|---:|---:|---:|---:|");
        foreach (var what in Questions.Where(what => options.Only is null || what.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
        {
            World[] worlds = [young, small, large];
            var taken = worlds.Select(_ => new List<double>()).ToArray();
            for (var time = -10; time < Times; time++)
                for (var world = 0; world < worlds.Length; world++)
                {
                    var watch = Stopwatch.StartNew();
                    await what.Ask(worlds[world], time + 10);
                    if (time >= 0) taken[world].Add(watch.Elapsed.TotalMilliseconds);
                }
            var p95 = taken.Select(times => Figures.Percentile(times, 0.95)).ToArray();
            var ratio = p95[2] / p95[1];
            report.AppendLine($"| {what.Name} | {Figures.Text(p95[0])} | {Figures.Text(p95[1])} | {Figures.Text(p95[2])} | {(ratio > 1.5 ? $"**{Figures.Text(ratio)}**" : Figures.Text(ratio))} |");
            Console.WriteLine($"queue, {what.Name}: {string.Join(" -> ", p95.Select(Figures.Text))} ms ({Figures.Text(ratio)}); medians {string.Join(" -> ", taken.Select(times => Figures.Text(Figures.Median(times))))}");
        }
        return report.ToString();
    }

    sealed record Question(string Name, Func<World, int, Task> Ask);

    static readonly Question[] Questions =
    [
        .. Enum.GetValues<QueueTab>().Select(tab => new Question($"tab {tab}", (world, _) => world.Page(new QueueFilter { Tab = tab }))),
        .. Enum.GetValues<QueueSort>().Select(sort => new Question($"all open by {sort}", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, Sort = sort }))),
        new("deep page", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, After = world.Deep })),
        new("deep page by priority", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, Sort = QueueSort.Priority, After = world.Deep with { Group = "routine" } })),
        new("one organisation", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, Organisation = world.Sender })),
        new("one clinic", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, Clinic = world.Clinic })),
        new("urgent", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.New, Priority = Priority.Urgent })),
        new("red flag", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, RedFlag = true })),
        new("due today", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.AllOpen, Due = QueueDue.Today })),
        new("three filters that nothing matches", (world, _) => world.Page(new QueueFilter { Tab = QueueTab.Waiting, Clinic = world.Clinic, RedFlag = true, Due = QueueDue.Week })),
        new("search by name", (world, time) => world.Search(world.Samples[time % world.Samples.Count].Name)),
        new("search by reference", (world, time) => world.Search(world.Samples[time % world.Samples.Count].Reference)),
        new("search by date of birth", (world, time) => world.Search(world.Samples[time % world.Samples.Count].Born)),
        new("search by organisation", (world, _) => world.Search("northgate")),
        new("search by a common name", (world, _) => world.Search("aisha")),
        new("counts of all tabs alone", (world, _) => world.Queue.Again(world.Actor, new QueueFilter(), [], default)),
        new("counts of all tabs and twelve views", (world, _) => world.Queue.Again(world.Actor, new QueueFilter(), [], default, Views(world))),
        new("after a notice: one row and the counts", (world, _) => world.Queue.Again(world.Actor, new QueueFilter(), [world.Deep.Id], default)),
        new("the next referral", (world, _) => world.Queue.Next(world.Actor, Guid.Empty, default)),
        new("organisations of the filter", (world, _) => world.Queue.Senders(world.Actor, default)),
    ];

    static QueueFilter[] Views(World world) => [.. Enum.GetValues<QueueDue>().SelectMany(due => Enum.GetValues<QueueTab>().Take(4).Select(tab => new QueueFilter { Tab = tab, Due = due, Organisation = world.Sender }))];

    /// <summary>A database with so many generated referrals, the open ones as a clinic has them: claimed, flagged, paused, given to clinics.</summary>
    sealed class World : IAsyncDisposable
    {
        public required PortalTestDatabase Database { get; init; }
        public required ListQueue Queue { get; init; }
        public required Actor Actor { get; init; }
        public required QueuePlace Deep { get; init; }
        public required Guid Sender { get; init; }
        public required Guid Clinic { get; init; }
        public required string Size { get; init; }
        public required IReadOnlyList<(string Reference, string Name, string Born)> Samples { get; init; }

        public static async Task<World> Make(int rows, int openPerMille)
        {
            var database = new PortalTestDatabase();
            await database.InitializeAsync();
            var watch = Stopwatch.StartNew();
            await GeneratedReferrals.Load(database.OwnerConnection, rows, _ => { }, default, openPerMille);
            await using var owner = await database.Owner();
            await owner.ExecuteAsync(Worked, commandTimeout: 600);
            await owner.ExecuteAsync("vacuum (analyze) referral", commandTimeout: 600);
            await owner.ExecuteAsync("vacuum (analyze) referral_search", commandTimeout: 600);
            var open = await owner.ExecuteScalarAsync<int>($"select count(*)::int from referral where {Open}");
            Console.WriteLine($"{rows:N0} referrals, {open:N0} in the queue, loaded in {watch.Elapsed.TotalSeconds:0} s");

            var deep = await owner.QuerySingleAsync<(DateTime At, Guid Id)>($"select due_at, id from referral where {Open} and due_at is not null order by due_at, id offset {open / 2} limit 1");
            return new World
            {
                Database = database,
                Queue = new ListQueue(database.Database),
                Actor = await database.Actor(User),
                Deep = new QueuePlace(new DateTimeOffset(deep.At, TimeSpan.Zero), deep.Id),
                Sender = await owner.ExecuteScalarAsync<Guid>("select organisation_id from portal_user where user_name = 'solicitor@northgate-law.example'"),
                Clinic = await owner.ExecuteScalarAsync<Guid>("select id from clinic order by name limit 1"),
                Size = $"{rows:N0} of which {open:N0} in the queue",
                Samples = [.. await owner.QueryAsync<(string, string, string)>($"""
                    select r.reference, p.given_name || ' ' || p.family_name, to_char(p.date_of_birth, 'DD/MM/YYYY')
                    from referral r join patient p on p.id = r.patient_id where r.{Open} order by md5(r.reference) limit 200
                    """)],
            };
        }

        public Task Page(QueueFilter filter) => Queue.Handle(Actor, filter, default);

        public Task Search(string text) => Page(new QueueFilter { Tab = QueueTab.AllOpen, Search = text });

        public ValueTask DisposeAsync() => Database.DisposeAsync();

        const string Open = "state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked')";

        const string Worked = $"""
            with numbered as (select id, state, row_number() over (order by md5(id::text)) as number from referral where {Open}),
            person as (select id, row_number() over (order by id) - 1 as number, count(*) over () as people from portal_user where 'clinic_administrator' = any (roles)),
            place as (select id, row_number() over (order by name) - 1 as number, count(*) over () as clinics from clinic)
            update referral r set
                triage_owner_id = case when n.state <> 'submitted' then (select id from person where person.number = n.number % people) end,
                clinic_id = case when n.state in ('accepted', 'appointment_booked') then (select id from place where place.number = n.number % clinics) end,
                clock_paused_at = case when n.state = 'information_requested' then now() end,
                due_at = case when n.state = 'appointment_booked' and n.number % 20 = 0 then now() else r.due_at end,
                red_flag_tier = case when n.number % 40 = 0 and n.state <> 'appointment_booked' then 'urgent' end,
                priority = case when n.number % 40 = 0 then 'urgent' else r.priority end
            from numbered n where n.id = r.id
            """;
    }
}
