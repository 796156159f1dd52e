using Npgsql;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// The way to PostgreSQL. A unit of work takes a connection, says who is asking (<c>portal.act_as</c>, in the same round trip as the
/// first statement), does its work in one transaction and gives the connection back; nothing holds one for longer.
/// </summary>
public sealed class PortalDatabase(PortalDataSources sources, TimeProvider clock)
{
    /// <summary>Reads what the actor may see. Use <see cref="View{T}"/> where a patient's record is opened, since that is audited.</summary>
    /// <exception cref="StandingLostException">The actor's account was disabled.</exception>
    public async Task<T> Read<T>(Actor actor, Func<PortalUnit, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await sources.Reading.OpenConnectionAsync(ct);
        return await InUnit(connection, actor, work, _ => true, ct);
    }

    /// <summary>Reads a patient's record and writes the audit entries of <paramref name="work"/> in the same transaction.</summary>
    /// <exception cref="StandingLostException">The actor's account was disabled.</exception>
    public async Task<T> View<T>(Actor actor, Func<PortalUnit, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        return await InUnit(connection, actor, work, _ => true, ct);
    }

    /// <summary>Carries out a command: all of <paramref name="work"/>, its audit and its messages are stored when it is done, and nothing when it fails.</summary>
    /// <exception cref="StandingLostException">The actor's account was disabled.</exception>
    public async Task<Outcome<T>> Write<T>(Actor actor, Func<PortalUnit, Task<Outcome<T>>> work, CancellationToken ct)
    {
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        return await InUnit(connection, actor, work, outcome => outcome.IsDone, ct);
    }

    /// <summary>
    /// Carries out a command whose statements are known beforehand, in a single round trip and transaction.
    /// </summary>
    /// <exception cref="StandingLostException">The actor's account was disabled.</exception>
    /// <exception cref="PostgresException">A constraint refused a row; nothing was stored.</exception>
    public async Task Write(Actor actor, Action<PortalBatch> build, CancellationToken ct)
    {
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        await using var batch = new PortalBatch(connection, actor, clock);
        build(batch);
        try
        {
            await batch.Execute(ct);
        }
        catch (PostgresException fault) when (fault.SqlState == StandingLostException.SqlState)
        {
            throw new StandingLostException();
        }
        catch (Exception fault) when (WasCutOff(fault))
        {
            Unprepare(connection);
            throw;
        }
    }

    async Task<T> InUnit<T>(NpgsqlConnection connection, Actor actor, Func<PortalUnit, Task<T>> work, Func<T, bool> keep, CancellationToken ct)
    {
        try
        {
            return await InTransaction(connection, actor, work, keep, ct);
        }
        catch (Exception fault) when (WasCutOff(fault))
        {
            Unprepare(connection);
            throw;
        }
    }

    static bool WasCutOff(Exception fault) =>
        fault is OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or NpgsqlException { InnerException: TimeoutException };

    /// <summary>
    /// A statement that is cut off between being prepared and being described stays with the driver as one without a result, and whoever asks it next on this connection gets a fault
    /// (a page that goes away cancels what it asks, so that happens). The connection goes back to the pool with nothing prepared.
    /// </summary>
    static void Unprepare(NpgsqlConnection connection)
    {
        try
        {
            connection.UnprepareAll(); // the driver has no other form of it
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
        {
            // It is broken, and the pool will not keep it.
        }
    }

    async Task<T> InTransaction<T>(NpgsqlConnection connection, Actor actor, Func<PortalUnit, Task<T>> work, Func<T, bool> keep, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var unit = new PortalUnit(connection, actor, clock, ct);
        try
        {
            var result = await work(unit);
            if (keep(result))
            {
                await unit.WriteQueued();
                await transaction.CommitAsync(ct);
            }
            return result;
        }
        catch (PostgresException fault) when (fault.SqlState == StandingLostException.SqlState)
        {
            throw new StandingLostException();
        }
    }
}

/// <summary>The person's account was disabled, or its organisation's: the circuit must end and the person sign in again.</summary>
public sealed class StandingLostException() : Exception("The account may no longer use the portal.")
{
    internal const string SqlState = "RP001";
}

/// <summary>The two pools: one for commands, one for reads (a replica where <c>ConnectionStrings:PortalRead</c> names one).</summary>
public sealed record PortalDataSources(NpgsqlDataSource Writing, NpgsqlDataSource Reading)
{
    // Planning a statement under row-level security costs more than running it; the portal has some two hundred of them.
    const int PreparedStatements = 250;

    /// <summary>
    /// A pool for the portal. Statements are prepared as they recur, unless the connection string says otherwise
    /// (<c>Max Auto Prepare=0</c> behind PgBouncer, which knows no prepared statements).
    /// </summary>
    public static NpgsqlDataSource Pool(string connectionString, ILoggerFactory? logging = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // Npgsql's builder answers ContainsKey for every keyword that it knows; the given text tells what was asked for.
        if (!connectionString.Replace(" ", "", StringComparison.Ordinal).Contains("MaxAutoPrepare", StringComparison.OrdinalIgnoreCase))
        {
            settings.MaxAutoPrepare = PreparedStatements;
            settings.AutoPrepareMinUsages = 2;
        }
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(logging).Build();
    }
}
