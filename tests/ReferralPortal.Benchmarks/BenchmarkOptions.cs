using System.Globalization;

namespace ReferralPortal.Benchmarks;

/// <summary>What to measure and how large.</summary>
/// <param name="Names">Which benchmarks; none means all.</param>
/// <param name="Rows">The larger of the two tables in the list benchmark; the smaller has a tenth.</param>
/// <param name="Circuits">Open pages in the circuit benchmark.</param>
/// <param name="Seconds">How long each side of the submit benchmark runs in a round.</param>
/// <param name="Only">Of the list and queue benchmarks, the questions whose name holds this; null means all.</param>
/// <param name="Clients">Of the submit benchmark, with how many at once; null means 1, 4 and 16 in turn.</param>
public sealed record BenchmarkOptions(IReadOnlyList<string> Names, int Rows = 1_000_000, int Circuits = 200, double Seconds = 3, string? Only = null, int? Clients = null)
{
    public static BenchmarkOptions Read(string[] args)
    {
        var options = new BenchmarkOptions([]);
        List<string> names = [];
        for (var place = 0; place < args.Length; place++)
        {
            switch (args[place])
            {
                case "--rows": options = options with { Rows = int.Parse(args[++place], CultureInfo.InvariantCulture) }; break;
                case "--circuits": options = options with { Circuits = int.Parse(args[++place], CultureInfo.InvariantCulture) }; break;
                case "--seconds": options = options with { Seconds = double.Parse(args[++place], CultureInfo.InvariantCulture) }; break;
                case "--clients": options = options with { Clients = int.Parse(args[++place], CultureInfo.InvariantCulture) }; break;
                case "--only": options = options with { Only = args[++place] }; break;
                default: names.Add(args[place]); break;
            }
        }
        return options with { Names = names };
    }
}

/// <summary>Medians and percentiles.</summary>
static class Figures
{
    public static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    public static double Median(IReadOnlyCollection<double> values) => Percentile(values, 0.5);

    public static string Text(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
