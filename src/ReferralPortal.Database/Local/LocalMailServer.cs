using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization;

namespace ReferralPortal.Database.Local;

/// <summary>
/// A mail server that delivers nothing and shows what it was given: the npm package maildev, fetched once for all checkouts and started for one portal or one test on
/// ports of its own.
/// </summary>
public sealed class LocalMailServer : IAsyncDisposable
{
    /// <summary>The package's version.</summary>
    public const string Version = "2.2.1";

    static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    readonly string program, folder;
    Process? process;
    string said = "";

    LocalMailServer(string program, string folder) => (this.program, this.folder) = (program, folder);

    /// <summary>Where it takes mail, on 127.0.0.1; the same after <see cref="Stop"/> and <see cref="Run"/>.</summary>
    public int Port { get; private init; }

    /// <summary>The page that shows what it was given.</summary>
    public required Uri Page { get; init; }

    const string PidFileName = "maildev.pid";

    string PidFile => Path.Combine(folder, PidFileName);

    /// <summary>Fetches it where that was not done yet, starts it, and waits until it answers.</summary>
    /// <param name="folder">Where it keeps what it is given. A server that an earlier, killed owner left in it is ended.</param>
    /// <param name="tell">Hears of anything that takes long.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="LocalPostgresException">It cannot be had or started; the message says why.</exception>
    public static async Task<LocalMailServer> Start(string folder, Action<string> tell, CancellationToken ct)
    {
        var program = await Fetched(tell, ct);
        LocalFolders.Make(Path.Combine(folder, "mails"));
        LocalProcess.EndOrphan(Path.Combine(folder, PidFileName), "node");
        for (var attempt = 1; ; attempt++)
        {
            var (port, page) = (LocalProcess.FreePort(), LocalProcess.FreePort());
            var server = new LocalMailServer(program, folder) { Port = port, Page = new Uri($"http://127.0.0.1:{page.ToString(CultureInfo.InvariantCulture)}/") };
            try
            {
                await server.Run(ct);
                return server;
            }
            catch (LocalPostgresException) when (attempt < 3)
            {
                await server.Stop(); // between looking for a free port and taking it somebody else may have
            }
        }
    }

    /// <summary>Starts it, again after <see cref="Stop"/>, with the mail that it had.</summary>
    /// <exception cref="LocalPostgresException">It ended, or did not answer in time.</exception>
    public async Task Run(CancellationToken ct)
    {
        var start = new ProcessStartInfo("node", ["--max-old-space-size=128", program, "--ip", "127.0.0.1", "--web-ip", "127.0.0.1", "--mail-directory", Path.Combine(folder, "mails"),
            "--smtp", Port.ToString(CultureInfo.InvariantCulture), "--web", Page.Port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new LocalPostgresException("node is not installed.");
        }
        process.OutputDataReceived += (_, _) => { };
        said = "";
        process.ErrorDataReceived += (_, line) => said = said.Length < 1000 ? $"{said} {line.Data}".TrimEnd() : said;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await File.WriteAllTextAsync(PidFile, process.Id.ToString(CultureInfo.InvariantCulture), ct);
        await WaitUntilReady(ct);
    }

    /// <summary>What it was given, every time that it was given it, the oldest first.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> Received(CancellationToken ct) => (await Client.GetFromJsonAsync<List<ReceivedMail>>(new Uri(Page, "email"), ct))!;

    /// <summary>Ends it.</summary>
    public async Task Stop()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        File.Delete(PidFile);
    }

    public async ValueTask DisposeAsync() => await Stop();

    async Task WaitUntilReady(CancellationToken ct)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(50, ct))
        {
            if (process is null or { HasExited: true })
            {
                if (process is not null) await process.WaitForExitAsync(ct); // for its last words
                throw new LocalPostgresException($"The mail server ended by itself; it needs Node.js 18 or later.{said}");
            }
            try
            {
                // It answers here when both of its ports are open, and knows its old mail from then on.
                (await Client.GetAsync(new Uri(Page, "reloadMailsFromDirectory"), ct)).Dispose();
                using var smtp = new TcpClient();
                await smtp.ConnectAsync(IPAddress.Loopback, Port, ct);
                return;
            }
            catch (Exception fault) when (fault is HttpRequestException or SocketException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                // Still starting.
            }
        }
        throw new LocalPostgresException("The mail server did not answer within 30 seconds.");
    }

    static async Task<string> Fetched(Action<string> tell, CancellationToken ct)
    {
        var home = Path.Combine(LocalFolders.Shared, "maildev", Version);
        var program = Path.Combine(home, "node_modules", "maildev", "bin", "maildev");
        if (File.Exists(program)) return program;

        await using var turn = await LocalFolders.TakeTurn(home + ".lock", ct);
        if (File.Exists(program)) return program;
        tell("Fetching a mail server for development through npm (about 10 MB, once).");
        var part = $"{home}.part-{Guid.NewGuid():N}";
        LocalFolders.Make(part);
        try
        {
            if (await NpmPackage.Install(NpmPackage.Npm, part, $"maildev@{Version}", ct) is { } why) throw new LocalPostgresException($"The mail server is not here and {why}.");
            Directory.Move(part, home);
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
        return program;
    }
}

/// <summary>A mail as a server received it.</summary>
/// <param name="MessageId">Its Message-ID, without the brackets.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Text">Its plain words.</param>
/// <param name="Html">Its marked-up words.</param>
/// <param name="Headers">Its headers, their names in small letters.</param>
/// <param name="To">Whom it is addressed to.</param>
public sealed record ReceivedMail(string MessageId, string Subject, string Text, string Html, Dictionary<string, System.Text.Json.JsonElement> Headers, IReadOnlyList<ReceivedMail.Mailbox> To)
{
    /// <summary>One address.</summary>
    public sealed record Mailbox(string Address);

    /// <summary>All of it that a person could find.</summary>
    [JsonIgnore]
    public string Everything => $"{string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}"))}\n{Subject}\n{Text}\n{Html}";
}
