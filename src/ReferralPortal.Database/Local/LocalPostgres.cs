using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace ReferralPortal.Database.Local;

/// <summary>
/// A private PostgreSQL server of this machine's user: its own data folder, passwords and port, listening on this machine only.
/// Any number of processes may start it at once; they share one server, and the last to leave stops it.
/// </summary>
public sealed class LocalPostgres
{
    const string Superuser = "postgres", Owner = "portal_owner";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly PostgresBinaries binaries;
    readonly string folder, name, home, data;
    readonly bool durable;
    FileStream? use;

    LocalPostgres(PostgresBinaries binaries, string folder, string name, bool durable)
    {
        this.binaries = binaries;
        this.folder = folder;
        this.name = name;
        this.durable = durable;
        // A data folder belongs to one major version.
        home = Path.Combine(folder, $"{name}-pg{binaries.Major}");
        data = Path.Combine(home, "data");
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>The server's major version.</summary>
    public int Major => binaries.Major;

    /// <summary>Starts the server named <paramref name="name"/> with the newest programs to be had. See <see cref="StartIn"/>.</summary>
    public static async Task<LocalPostgres> Start(string name, bool durable, Action<string> tell, CancellationToken ct) =>
        await StartIn(await PostgresBinaries.FindOrFetch(tell, ct), LocalFolders.Shared, name, durable, tell, ct);

    /// <summary>Starts the server, making its data folder first where there is none, or joins it when it runs already.</summary>
    /// <param name="binaries">The server's programs.</param>
    /// <param name="folder">Where servers are kept.</param>
    /// <param name="name">Which server: its folder's name.</param>
    /// <param name="durable">False for tests: what is committed may be lost with the machine's power.</param>
    /// <param name="tell">Takes lines for the person who waits.</param>
    /// <param name="ct">Gives up waiting; a half-made folder is cleared away by the next start.</param>
    /// <exception cref="LocalPostgresException">It cannot be started; the message says why and what to do.</exception>
    public static async Task<LocalPostgres> StartIn(PostgresBinaries binaries, string folder, string name, bool durable, Action<string> tell, CancellationToken ct)
    {
        var server = new LocalPostgres(binaries, folder, name, durable);
        try
        {
            await using var turn = await server.TakeTurn(ct);
            if (!Directory.Exists(server.home)) await server.Make(tell, ct);
            server.use = LocalFolders.Share(server.UsersFile);
            if (!await server.Join(ct)) await server.Launch(tell, ct);
            return server;
        }
        catch (Exception fault)
        {
            server.use?.Dispose();
            if (LocalFolders.Explained(fault, folder) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>Leaves the server; the last to leave stops it at once and in good order, and committed data stays. Tells whether it was stopped.</summary>
    public async Task<bool> Stop(CancellationToken ct)
    {
        await using var turn = await TakeTurn(ct);
        use?.Dispose();
        use = null;
        await using var alone = LocalFolders.TryTake(UsersFile);
        if (alone is null) return false;
        await Halt(ct);
        return true;
    }

    /// <summary>Leaves the server as the end of a killed process does: it runs on, for the next start to join.</summary>
    public ValueTask Abandon() => use?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Removes the server named <paramref name="name"/> with all its data.</summary>
    /// <exception cref="LocalPostgresException">Another process uses it.</exception>
    public static async Task Remove(string name, Action<string> tell, CancellationToken ct) =>
        await RemoveFrom(await PostgresBinaries.FindOrFetch(tell, ct), LocalFolders.Shared, name, ct);

    /// <summary>Removes a server with all its data from a folder of servers.</summary>
    /// <exception cref="LocalPostgresException">Another process uses it.</exception>
    public static async Task RemoveFrom(PostgresBinaries binaries, string folder, string name, CancellationToken ct)
    {
        var server = new LocalPostgres(binaries, folder, name, durable: true);
        await using var turn = await server.TakeTurn(ct);
        await using var alone = LocalFolders.TryTake(server.UsersFile) ?? throw new LocalPostgresException($"The database in {server.home} is in use by another start of the portal. Stop that first.");
        if (!Directory.Exists(server.home)) return;
        await server.Halt(ct);
        // Out of the way in one step, so that an interrupted removal leaves nothing that looks like a database.
        var part = server.NewPart();
        Directory.Move(server.home, part);
        Directory.Delete(part, recursive: true);
    }

    /// <summary>The connection string of the schema's owner, who migrates and seeds.</summary>
    public string OwnerConnection(string database) => Connection(database, Owner, "owner");

    /// <summary>The connection string of the portal itself.</summary>
    public string PortalConnectionString(string database) => Connection(database, PortalConnection.Role, "portal");

    /// <summary>The connection string of the superuser: for making databases, and for nothing else.</summary>
    public string SuperuserConnection(string database) => Connection(database, Superuser, "superuser");

    /// <summary>Makes a database owned by the schema's owner, unless it is there; tells whether it made it.</summary>
    public async Task<bool> EnsureDatabase(string database, CancellationToken ct)
    {
        await using var connection = await Administer(ct);
        if (await connection.ExecuteScalarAsync<bool>("select exists (select from pg_database where datname = @database)", new { database })) return false;
        await connection.ExecuteAsync($"""create database "{database}" owner {Owner}""");
        return true;
    }

    // Beside the data folder, which comes and goes: who is at work on it, and who uses it.
    Task<FileStream> TakeTurn(CancellationToken ct) => LocalFolders.TakeTurn(home + ".lock", ct);
    string UsersFile => home + ".users";
    string NewPart() => $"{home}.part-{Guid.NewGuid():N}";

    async Task Make(Action<string> tell, CancellationToken ct)
    {
        foreach (var left in Directory.GetDirectories(folder, Path.GetFileName(home) + ".part-*")) Directory.Delete(left, recursive: true);
        tell($"Making a private PostgreSQL {Major} in {home}.");
        foreach (var other in durable ? Directory.GetDirectories(folder, name + "-pg*") : [])
            tell($"The data of another version stays in {other}; it is not used.");

        // Made beside its place and moved there when it is whole: an interrupted first start leaves nothing that looks finished.
        var part = NewPart();
        LocalFolders.Make(part);
        foreach (var role in new[] { "superuser", "owner", "portal" }) WriteSecret(Path.Combine(part, role + ".password"));
        await Give(part, ct);
        var made = await LocalProcess.RunAsServerUser(binaries.Program("initdb"),
            ["-D", Path.Combine(part, "data"), "-U", Superuser, "--pwfile", Path.Combine(part, "superuser.password"), "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", .. durable ? Array.Empty<string>() : ["--no-sync"]], ct);
        if (made.ExitCode != 0)
        {
            Directory.Delete(part, recursive: true);
            throw Failed("initdb failed", made.Output, made.Complaint);
        }
        Directory.Move(part, home);
    }

    /// <summary>Joins a server that runs on this folder, waiting for one that is still starting or recovering; false when none runs.</summary>
    async Task<bool> Join(CancellationToken ct)
    {
        var file = Path.Combine(data, "postmaster.pid");
        var waited = Stopwatch.StartNew();
        while (File.Exists(file))
        {
            var lines = await File.ReadAllLinesAsync(file, ct);
            var pid = lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            if (!Lives(pid, out var isServer)) return false; // left behind by a killed server: postgres sees through it and recovers
            if (!isServer)
            {
                // The number went to another program since; postgres would take that for a server and refuse to start.
                File.Delete(file);
                return false;
            }
            if (lines.Length > 3 && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                Port = port;
                if (await Answers(ct)) return true;
            }
            if (waited.Elapsed > Patience) throw new LocalPostgresException($"PostgreSQL runs in {data} (process {pid}) but does not answer. Its log is {LogFile}.");
            await Task.Delay(100, ct);
        }
        return false;
    }

    /// <summary>Whether a process has this number, and whether it is a server on this data folder.</summary>
    bool Lives(int pid, out bool isServer)
    {
        isServer = false;
        try
        {
            using var process = Process.GetProcessById(pid);
            var commandLine = $"/proc/{pid}/cmdline";
            isServer = process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase)
                && (!File.Exists(commandLine) || File.ReadAllText(commandLine).Contains(data, StringComparison.Ordinal));
            return !process.HasExited;
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    async Task<bool> Answers(CancellationToken ct)
    {
        try
        {
            await using var connection = await Administer(ct);
            return true;
        }
        catch (PostgresException fault) when (fault.SqlState is not (PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections))
        {
            throw new LocalPostgresException($"PostgreSQL in {data} refuses its own superuser: {fault.MessageText}. Its log is {LogFile}.");
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    async Task Launch(Action<string> tell, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = LocalProcess.FreePort();
            if (File.Exists(LogFile)) File.Move(LogFile, LogFile + ".before", overwrite: true);
            var started = await LocalProcess.RunAsServerUser(binaries.Program("pg_ctl"), ["start", "-D", data, "-l", LogFile, "-w", "-t", "60", "-o", Options()], ct);
            if (started.ExitCode == 0) break;

            var said = new LocalProcess.Result(started.ExitCode, File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile, ct) : started.Output);
            // Between looking for a free port and taking it somebody else may have; and a killed server's last processes may still be going.
            if (attempt == 3 || LocalFolders.IsDiskFull(said.Output)) throw Failed($"PostgreSQL did not start (its log is {LogFile})", said.Output, said.Complaint);
            tell("PostgreSQL did not start at once; trying again.");
            await Task.Delay(500 * attempt, ct);
        }
        await EnsureRoles(ct);
    }

    async Task Halt(CancellationToken ct)
    {
        foreach (var mode in new[] { "fast", "immediate" }) // the second for a server that hangs; its next start recovers
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
                await LocalProcess.RunAsServerUser(binaries.Program("pg_ctl"), ["stop", "-D", data, "-m", mode, "-w", "-t", "30"], ct);
    }

    string Options()
    {
        var settings = new Dictionary<string, string>
        {
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["listen_addresses"] = "127.0.0.1",
            // No socket file: the system's folder for them is shared, and a path in the data folder may be longer than a socket's may be.
            ["unix_socket_directories"] = "''",
            ["max_connections"] = "200",
            ["shared_buffers"] = "128MB",
            ["jit"] = "off",
        };
        if (!durable)
        {
            foreach (var setting in new[] { "fsync", "full_page_writes", "synchronous_commit" }) settings[setting] = "off";
            settings["min_wal_size"] = "32MB"; // it may lie in memory
            settings["log_min_duration_statement"] = "-1"; // one that somebody had left on wrote every parameter into the log, and was measured along with the portal
        }
        return string.Join(' ', settings.Select(setting => $"-c {setting.Key}={setting.Value}"));
    }

    async Task EnsureRoles(CancellationToken ct)
    {
        await using var connection = await Administer(ct);
        await connection.ExecuteAsync($"""
            do $$
            begin
                if not exists (select from pg_roles where rolname = '{Owner}') then create role {Owner}; end if;
                if not exists (select from pg_roles where rolname = '{PortalConnection.Role}') then create role {PortalConnection.Role}; end if;
            end $$;
            alter role {Owner} login createrole password '{Secret("owner")}';
            alter role {PortalConnection.Role} login password '{Secret("portal")}';
            """);
    }

    async Task<NpgsqlConnection> Administer(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(SuperuserConnection("postgres") + ";Pooling=false");
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
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

    string LogFile => Path.Combine(home, "server.log");

    string Secret(string role) => File.ReadAllText(Path.Combine(home, role + ".password")).Trim();

    static void WriteSecret(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
    }

    static async Task Give(string part, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!LocalProcess.IsRoot) return;
        var given = await LocalProcess.Run("chown", ["-R", LocalProcess.ServerUser, part], ct);
        if (given.ExitCode != 0) throw new LocalPostgresException($"{part} could not be given to the user {LocalProcess.ServerUser}: {given.Complaint}");
    }

    LocalPostgresException Failed(string what, string output, string complaint) =>
        LocalFolders.IsDiskFull(output) ? LocalFolders.DiskFull(folder)
        : output.Contains("Permission denied", StringComparison.OrdinalIgnoreCase) && LocalProcess.IsRoot
            ? new LocalPostgresException($"{what}: {complaint}. Started by root, PostgreSQL runs as the user {LocalProcess.ServerUser}, who must be able to reach {folder}; name another folder with REFERRALPORTAL_HOME.")
            : new LocalPostgresException($"{what}: {complaint}");
}
