using ReferralPortal.Benchmarks;
using ReferralPortal.Testing;

// dotnet run -c Measure --project tests/ReferralPortal.Benchmarks [-- submit|lists|queue|live|start|circuits|import|slots|reports ...] [--rows N] [--only TEXT] [--clients N]
// Every figure that counts is a ratio inside one run: machines differ, and the same machine differs from minute to minute.
var known = new Dictionary<string, Func<BenchmarkOptions, Task<string>>>
{
    ["submit"] = SubmitBenchmark.Run,
    ["lists"] = ListBenchmark.Run,
    ["queue"] = QueueBenchmark.Run,
    ["live"] = LiveBenchmark.Run,
    ["start"] = StartBenchmark.Run,
    ["circuits"] = CircuitBenchmark.Run,
    ["import"] = ImportBenchmark.Run,
    ["slots"] = SlotsBenchmark.Run,
    ["reports"] = ReportBenchmark.Run,
};
var options = BenchmarkOptions.Read(args);
var chosen = options.Names.Count > 0 ? options.Names : [.. known.Keys];
TestCluster.KeepOnDisk();
foreach (var name in chosen)
{
    if (!known.TryGetValue(name, out var benchmark))
    {
        Console.Error.WriteLine($"Unknown benchmark '{name}'; there are {string.Join(", ", known.Keys)}.");
        return 2;
    }
    Console.WriteLine(await benchmark(options));
}
return 0;
