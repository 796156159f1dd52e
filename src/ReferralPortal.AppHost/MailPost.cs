using System.Diagnostics;
using ReferralPortal.Database.Local;

namespace ReferralPortal.AppHost;

/// <summary>The mail server beside the portal: one that is configured, else one that keeps what it is given and shows it.</summary>
sealed class MailPost : IAsyncDisposable
{
    readonly LocalMailServer? server;

    MailPost(LocalMailServer? server, string words) => (this.server, Words) = (server, words);

    /// <summary>What the console says of it.</summary>
    internal string Words { get; }

    /// <summary>Where the local server keeps what it is given.</summary>
    internal static string Folder(int portalPort) => Path.Combine(LocalFolders.Shared, $"mail-{portalPort}");

    internal static async Task<MailPost> Start(int portalPort, CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable("Mail__Host") is { Length: > 0 } given) return new MailPost(null, $"Mail goes to the server at {given}.");
        try
        {
            var server = await LocalMailServer.Start(Folder(portalPort), Console.WriteLine, ct);
            return new MailPost(server, $"Mail is kept and not delivered; read it at {server.Page}");
        }
        catch (LocalPostgresException fault)
        {
            return new MailPost(null, $"Mail waits in the portal, for want of a server: {fault.Message} Install Node.js with npm, then start again.");
        }
    }

    /// <summary>Tells the portal where it is.</summary>
    internal void Configure(ProcessStartInfo portal)
    {
        portal.Environment.TryAdd("Mail__From", "ReferralPortal <portal@clinic.example>");
        if (server is null) return;
        portal.Environment["Mail__Host"] = "127.0.0.1";
        portal.Environment["Mail__Port"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        portal.Environment["Mail__Tls"] = "none";
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
