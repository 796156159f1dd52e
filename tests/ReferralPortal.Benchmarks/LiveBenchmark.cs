using System.Diagnostics;
using System.Text;
using Dapper;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Triage;

namespace ReferralPortal.Benchmarks;

/// <summary>Somebody claims a referral: how long until every one of fifty open queues says so.</summary>
static class LiveBenchmark
{
    const int Queues = 50, Claims = 20;

    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var world = new PortalTestDatabase();
        await world.InitializeAsync();
        await GeneratedReferrals.Load(world.OwnerConnection, Math.Min(options.Rows, 100_000), _ => { }, default, openPerMille: 200);
        await using var portal = await PortalProcess.Start(world, new Dictionary<string, string> { ["Limits__CircuitsPerUser"] = "1000" }); // one made-up person holds them all
        using var person = await CircuitClient.SignIn(portal.Address, "triage@clinic.example");

        List<CircuitClient.Circuit> open = [];
        try
        {
            for (var number = 0; number < Queues; number++) open.Add(await person.Open("/triage"));
            await using var owner = await world.Owner();
            // What stands on every one of the pages: the first of those that are new.
            var shown = (await owner.QueryAsync<(Guid Id, string Reference, int Version)>("select id, reference, version from referral where state = 'submitted' order by due_at, id limit 25")).ToList();
            var colleague = await world.Actor("triage2@clinic.example");
            List<double> first = [], last = [];
            var cold = 0.0; // the first claim of all meets code that was not compiled yet
            foreach (var (id, reference, version) in shown.Take(Claims + 1))
            {
                var seen = open.Select(circuit => circuit.Sees($"{reference} is now with")).ToList();
                var claimed = await new StartTriage(world.Database).Handle(colleague, new(id, version), default);
                if (!claimed.IsDone) throw new InvalidOperationException($"{reference} could not be claimed.");
                var watch = Stopwatch.StartNew(); // the commit is done
                await Task.WhenAny(seen).WaitAsync(TimeSpan.FromSeconds(30));
                first.Add(watch.Elapsed.TotalMilliseconds);
                await Task.WhenAll(seen).WaitAsync(TimeSpan.FromSeconds(30));
                last.Add(watch.Elapsed.TotalMilliseconds);
                if (cold == 0)
                {
                    cold = last[^1];
                    first.Clear();
                    last.Clear();
                    await Task.Delay(500);
                    continue;
                }
                Console.WriteLine($"live: first {Figures.Text(first[^1])} ms, last {Figures.Text(last[^1])} ms");
                await Task.Delay(500);
            }
            return new StringBuilder()
                .AppendLine($"### A claim seen by {Queues} open queues, milliseconds from the commit, {last.Count} claims")
                .AppendLine()
                .AppendLine("| what | median | worst |")
                .AppendLine("|---|---:|---:|")
                .AppendLine($"| the first queue has the render batch that says so | {Figures.Text(Figures.Median(first))} | {Figures.Text(first.Max())} |")
                .AppendLine($"| the last one (limit 1,000) | {Figures.Text(Figures.Median(last))} | {Figures.Text(last.Max())} |")
                .AppendLine($"| the last one, at the first claim after the server's start | {Figures.Text(cold)} | |")
                .ToString();
        }
        catch (TimeoutException)
        {
            Console.WriteLine(string.Join('\n', portal.Log.TakeLast(30)));
            throw;
        }
        finally
        {
            foreach (var circuit in open) await circuit.DisposeAsync();
        }
    }
}
