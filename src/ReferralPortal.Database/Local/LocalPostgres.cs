using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace ReferralPortal.Database.Local;

/// <summary>
/// A private PostgreSQL server of this checkout's user: its own data folder, passwords and port, listening on this machine only.
/// Any number of processes may start it at once; they share one server.
/// </summary>
public sealed class LocalPostgres
{
    const string Superuser = "postgres", Owner = "portal_owner";

    readonly PostgresBinaries binaries;
    readonly string home, data;
    readonly bool durable;

    LocalPostgres(PostgresBinaries binaries, string home, bool durable)
    {
        this.binaries = binaries;
        this.home = home;
        this.durable = durable;
        data = Path.Combine(home, "data");
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>The server's major version.</summary>
    public int Major => binaries.Major;

    /// <summary>
    /// Starts the server named <paramref name="name"/>, making its data folder first where there is none, or joins it when it runs already.
    /// </summary>
    /// <param name="name">Which server: its folder's name.</param>
    /// <param name="durable">False for tests: what is committed may be lost with the machine's power.</param>
    /// <param name="tell">Takes lines for the person who waits.</param>
    /// <param name="ct">Gives up waiting; a half-made folder is cleared away by the next start.</param>
    /// <exception cref="LocalPostgresException">It cannot be started; the message says why and what to do.</exception>
    public static async Task<LocalPostgres> Start(string name, bool durable, Action<string> tell, CancellationToken ct)
    {
        var binaries = await PostgresBinaries.FindOrFetch(tell, ct);
        // A data folder belongs to one major version.
        var home = Path.Combine(LocalFolders.Shared, $"{name}-pg{binaries.Major}");
        try
        {
            Directory.CreateDirectory(LocalFolders.Shared);
            if (LocalProcess.IsRoot && !OperatingSystem.IsWindows()) File.SetUnixFileMode(LocalFolders.Shared, (UnixFileMode)Convert.ToInt32("755", 8));
            await using var turn = await LocalFolders.TakeTurn(home + ".lock", ct);
            var server = new LocalPostgres(binaries, home, durable);
            if (!Directory.Exists(home)) await server.Make(tell, ct);
            await server.StartOrJoin(tell, ct);
            return server;
        }
        catch (UnauthorizedAccessException)
        {
            throw new LocalPostgresException($"{LocalFolders.Shared} cannot be written to. Give this user the folder, or name another with REFERRALPORTAL_HOME.");
        }
        catch (IOException fault) when (IsDiskFull(fault.Message))
        {
            throw DiskFull();
        }
    }

    /// <summary>Stops the server at once and in good order; open connections are closed, committed data stays.</summary>
    public async Task Stop(CancellationToken ct)
    {
        await using var turn = await LocalFolders.TakeTurn(home + ".lock", ct);
        await LocalProcess.RunAsServerUser(binaries.Program("pg_ctl"), ["stop", "-D", data, "-m", "fast", "-w", "-t", "30"], ct);
    }

    /// <summary>Removes the server named <paramref name="name"/> with all its data, stopping it first.</summary>
    public static async Task Remove(string name, CancellationToken ct)
    {
        var binaries = PostgresBinaries.Installed() ?? await PostgresBinaries.FindOrFetch(_ => { }, ct);
        var home = Path.Combine(LocalFolders.Shared, $"{name}-pg{binaries.Major}");
        if (!Directory.Exists(home)) return;
        var server = new LocalPostgres(binaries, home, durable: true);
        await server.Stop(ct);
        Directory.Delete(home, recursive: true);
    }

    /// <summary>The connection string of the schema's owner, who migrates and seeds.</summary>
    public string OwnerConnection(string database) => Connection(database, Owner, "owner");

    /// <summary>The connection string of the portal itself.</summary>
    public string PortalConnectionString(string database) => Connection(database, Database.PortalConnection.Role, "portal");

    /// <summary>The connection string of the superuser: for making databases, and for nothing else.</summary>
    public string SuperuserConnection(string database) => Connection(database, Superuser, "superuser");

    /// <summary>Makes a database owned by the schema's owner, unless it is there; tells whether it made it.</summary>
    public async Task<bool> EnsureDatabase(string database, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnection("postgres"));
        await connection.OpenAsync(ct);
        if (await connection.ExecuteScalarAsync<bool>("select exists (select from pg_database where datname = @database)", new { database })) return false;
        await connection.ExecuteAsync($"""create database "{database}" owner {Owner}""");
        return true;
    }

    async Task Make(Action<string> tell, CancellationToken ct)
    {
        tell($"Making a private PostgreSQL {binaries.Major} in {home}.");
        // Made beside its place and moved there when it is whole: an interrupted first start leaves nothing that looks finished.
        var part = home + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        Directory.CreateDirectory(part);
        foreach (var role in new[] { "superuser", "owner", "portal" }) WriteSecret(Path.Combine(part, role + ".password"), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        await Give(part, ct);

        var partData = Path.Combine(part, "data");
        var made = await LocalProcess.RunAsServerUser(binaries.Program("initdb"),
            ["-D", partData, "-U", Superuser, "--pwfile", Path.Combine(part, "superuser.password"), "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", .. durable ? Array.Empty<string>() : ["--no-sync"]], ct);
        if (made.ExitCode != 0) throw IsDiskFull(made.Output) ? DiskFull() : new LocalPostgresException($"initdb failed: {made.LastWords}");

        Directory.Move(part, home);
    }

    async Task StartOrJoin(Action<string> tell, CancellationToken ct)
    {
        if (await RunningPort(ct) is { } running)
        {
            Port = running;
            return;
        }
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort();
            var log = Path.Combine(home, "server.log");
            var started = await LocalProcess.RunAsServerUser(binaries.Program("pg_ctl"), ["start", "-D", data, "-l", log, "-w", "-t", "60", "-o", Options()], ct);
            if (started.ExitCode == 0) break;

            var words = File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : started.Output;
            if (IsDiskFull(words)) throw DiskFull();
            // Between looking for a free port and taking it somebody else may have.
            if (attempt == 3) throw new LocalPostgresException($"PostgreSQL did not start; its log is {log}. It last said: {words.Split('\n').LastOrDefault(line => line.Length > 0)}");
            tell("PostgreSQL did not start at once; trying again.");
        }
        await EnsureRoles(ct);
    }

    string Options()
    {
        var settings = new Dictionary<string, string>
        {
            ["port"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = "",
            ["max_connections"] = "200",
            ["shared_buffers"] = "256MB",
            ["jit"] = "off",
        };
        if (!durable)
            foreach (var setting in new[] { "fsync", "full_page_writes", "synchronous_commit" }) settings[setting] = "off";
        return string.Join(' ', settings.Select(setting => $"-c {setting.Key}={(setting.Value.Length == 0 ? "''" : setting.Value)}"));
    }

    /// <summary>The port of a server that runs on this folder, or null. A pid file left behind by a killed server is pg_ctl's to see through.</summary>
    async Task<int?> RunningPort(CancellationToken ct)
    {
        var status = await LocalProcess.RunAsServerUser(binaries.Program("pg_ctl"), ["status", "-D", data], ct);
        var file = Path.Combine(data, "postmaster.pid");
        if (status.ExitCode != 0 || !File.Exists(file)) return null;
        var lines = await File.ReadAllLinesAsync(file, ct);
        if (lines.Length < 4 || !int.TryParse(lines[3], out var port)) return null;
        Port = port;
        try
        {
            await using var connection = new NpgsqlConnection(SuperuserConnection("postgres"));
            await connection.OpenAsync(ct);
            return port;
        }
        catch (NpgsqlException)
        {
            return null; // the process that has this number now is another program
        }
    }

    async Task EnsureRoles(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnection("postgres"));
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync($"""
            do $$
            begin
                if not exists (select from pg_roles where rolname = '{Owner}') then create role {Owner}; end if;
                if not exists (select from pg_roles where rolname = '{Database.PortalConnection.Role}') then create role {Database.PortalConnection.Role}; end if;
            end $$;
            alter role {Owner} login createrole password '{Secret("owner")}';
            alter role {Database.PortalConnection.Role} login password '{Secret("portal")}';
            """);
    }

    string Connection(string database, string user, string secret) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = user,
        Password = Secret(secret),
        Timeout = 10,
    }.ConnectionString;

    string Secret(string name) => File.ReadAllText(Path.Combine(home, name + ".password")).Trim();

    static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(text);
    }

    static async Task Give(string folder, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!LocalProcess.IsRoot) return;
        var given = await LocalProcess.Run("chown", $"-R {LocalProcess.ServerUser} \"{folder}\"", ct);
        if (given.ExitCode != 0) throw new LocalPostgresException($"{folder} could not be given to the user {LocalProcess.ServerUser}: {given.LastWords}");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static bool IsDiskFull(string words) => words.Contains("No space left", StringComparison.OrdinalIgnoreCase) || words.Contains("disk full", StringComparison.OrdinalIgnoreCase) || words.Contains("not enough space", StringComparison.OrdinalIgnoreCase);

    static LocalPostgresException DiskFull() => new($"The disk that holds {LocalFolders.Shared} is full. Free some space (a database needs about 100 MB), or name another folder with REFERRALPORTAL_HOME.");
}
