using ReferralPortal.Database;
using ReferralPortal.Database.Seeds;

namespace ReferralPortal.Web.Platform.Hosting;

/// <summary>What the program can do besides serving pages.</summary>
public static class Verbs
{
    const string Help = """
        ReferralPortal

          serve     serve the portal and do its background work (default)
          worker    do the background work only; answers /health/live and /health/ready
          migrate   bring the database up to date and load the reference data, then stop
          --help    this text

        Configuration comes from appsettings.json, the environment and the command line; docs/configuration.md lists every key.
        """;

    /// <summary>The verb of a node without pages.</summary>
    public const string Worker = "worker";

    /// <summary>Runs a verb that does not serve; null means: go on and serve. The value is the process's exit code.</summary>
    public static async Task<int?> RunOther(string[] args)
    {
        switch (args.FirstOrDefault())
        {
            case "--help" or "-h" or "help":
                Console.WriteLine(Help);
                return 0;
            case "migrate":
                return await Migrate(args[1..]);
            case null or "serve" or Worker:
                return null;
            case { } option when option.StartsWith('-'):
                return null; // a setting, for the configuration to read
            case { } unknown:
                Console.Error.WriteLine($"Unknown verb '{unknown}'.\n\n{Help}");
                return 2;
        }
    }

    static async Task<int> Migrate(string[] args)
    {
        var configuration = WebApplication.CreateBuilder(args).Configuration;
        var owner = configuration.GetConnectionString("PortalOwner") ?? configuration.GetConnectionString("Portal");
        if (owner is null)
        {
            Console.Error.WriteLine("Set ConnectionStrings__PortalOwner (or ConnectionStrings__Portal) to the database to migrate.");
            return 2;
        }
        var ran = await Migrations.Run(owner, CancellationToken.None);
        // One login for both: it serves as the portal's role.
        if (configuration.GetConnectionString("PortalOwner") is null) await PortalConnection.LetLoginTakeRole(owner, CancellationToken.None);
        await SeedLoader.LoadReference(owner, SeedLoader.DefaultFolder, CancellationToken.None);
        Console.WriteLine(ran.Count == 0 ? "The database is up to date." : $"Ran {string.Join(", ", ran)}.");
        return 0;
    }
}
