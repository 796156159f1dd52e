using System.Globalization;

namespace ReferralPortal.AppHost;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Port">The portal's port.</param>
/// <param name="Reset">Start with an empty database.</param>
/// <param name="Referrals">How many generated referrals to add.</param>
/// <param name="Help">Print the options and stop.</param>
public sealed record HostOptions(int Port = 5080, bool Reset = false, int Referrals = 0, bool Help = false)
{
    /// <summary>The options as people read them.</summary>
    public const string HelpText = """
        dotnet run --project src/ReferralPortal.AppHost [-- options]

          --port N        serve on http://localhost:N instead of 5080
          --reset         throw the local data away and start with the seeds
          --referrals N   add N generated referrals
          --help          this text
        """;

    /// <summary>Reads the arguments; null with a problem in words when they make no sense.</summary>
    public static HostOptions? Read(string[] args, out string problem)
    {
        var options = new HostOptions();
        problem = "";
        for (var place = 0; place < args.Length; place++)
        {
            switch (args[place])
            {
                case "--reset": options = options with { Reset = true }; break;
                case "--help" or "-h": options = options with { Help = true }; break;
                case "--port" when Number(args, ++place, 1, 65535) is { } port: options = options with { Port = port }; break;
                case "--referrals" when Number(args, ++place, 1, 10_000_000) is { } count: options = options with { Referrals = count }; break;
                case "--port": problem = "--port takes a number from 1 to 65535."; return null;
                case "--referrals": problem = "--referrals takes a number from 1 to 10,000,000."; return null;
                case var unknown: problem = $"Unknown option '{unknown}'.\n\n{HelpText}"; return null;
            }
        }
        return options;
    }

    static int? Number(string[] args, int place, int least, int most) =>
        place < args.Length && int.TryParse(args[place], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
}
