using System.Diagnostics;
using System.Text;
using ReferralPortal.Testing;

namespace ReferralPortal.Benchmarks;

/// <summary>What an open referral page costs the server in memory.</summary>
static class CircuitBenchmark
{
    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var world = new PortalTestDatabase();
        await world.InitializeAsync();
        var (_, reference) = await ExampleForms.Submitted(world, await world.Actor("solicitor@northgate-law.example"));
        await using var portal = await PortalProcess.Start(world, new Dictionary<string, string>
        {
            ["Limits__CircuitsPerUser"] = "1000", // one made-up person holds them all
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_GCConserveMemory"] = "5",
        });
        using var person = await CircuitClient.SignIn(portal.Address, "solicitor@northgate-law.example");

        List<CircuitClient.Circuit> open = [];
        try
        {
            // The first ones load code and fill caches that all later ones share.
            for (var number = 0; number < 20; number++) open.Add(await person.Open($"/referrals/{reference}"));
            await Task.Delay(2000);
            var before = portal.MegabytesInMemory();
            var watch = Stopwatch.StartNew();
            for (var number = 0; number < options.Circuits; number++) open.Add(await person.Open($"/referrals/{reference}"));
            var seconds = watch.Elapsed.TotalSeconds;
            await Task.Delay(3000);
            var after = portal.MegabytesInMemory();
            var rendered = open.Min(circuit => circuit.Batches);
            return new StringBuilder()
                .AppendLine($"### Memory of {options.Circuits} open referral pages")
                .AppendLine()
                .AppendLine("| what | figure |")
                .AppendLine("|---|---:|")
                .AppendLine($"| resident memory with 20 pages open | {before:0} MB |")
                .AppendLine($"| with {options.Circuits} more | {after:0} MB |")
                .AppendLine($"| a page | {(after - before) * 1000 / options.Circuits:0} kB |")
                .AppendLine($"| opening one (page, web socket, first render) | {seconds * 1000 / options.Circuits:0} ms |")
                .AppendLine($"| fewest render batches that any page received | {rendered} |")
                .ToString();
        }
        finally
        {
            foreach (var circuit in open) await circuit.DisposeAsync();
        }
    }
}
