using System.Text.Json;
using Dapper;
using Npgsql;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// One transaction on behalf of one person. The first statement carries <c>portal.act_as</c> with it, so that saying who asks
/// costs no round trip; audit entries and messages collect here and are written with the last one.
/// </summary>
public sealed class PortalUnit(NpgsqlConnection connection, Actor actor, TimeProvider clock, CancellationToken ct)
{
    const string ActAs = "select portal.act_as(@acting_person)";
    const string ActAsByKey = "select portal.act_as(@acting_person), set_config('plan_cache_mode', 'force_generic_plan', true)";

    readonly List<AuditRow> audit = [];
    readonly List<OutboxRow> outbox = [];
    bool acting, byKey;

    public Actor Actor => actor;

    /// <summary>The instant of this unit, UTC: one for all that it writes.</summary>
    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>
    /// Everything that this unit asks is found by key, so that one plan serves all values. Left to itself PostgreSQL plans such a statement each time, because under
    /// row-level security it expects more of a plan for the value at hand; the planning takes longer than the reading. To be said before anything is asked.
    /// </summary>
    public PortalUnit ByKey()
    {
        byKey = true;
        return this;
    }

    /// <summary>The first row, or null.</summary>
    public async Task<T?> One<T>(string sql, object? arguments = null) => (await Many<T>(sql, arguments)).FirstOrDefault();

    /// <summary>All rows.</summary>
    public async Task<List<T>> Many<T>(string sql, object? arguments = null)
    {
        await using var results = await Results(sql, arguments);
        return (await results.ReadAsync<T>()).AsList();
    }

    /// <summary>The result sets of several statements sent at once. Dispose it before the next call.</summary>
    public async Task<SqlMapper.GridReader> Results(string sql, object? arguments = null)
    {
        var first = !acting;
        var results = await connection.QueryMultipleAsync(Command(sql, arguments));
        if (first) await results.ReadAsync<object>();
        return results;
    }

    /// <summary>Runs statements without a result; returns how many rows they touched together.</summary>
    public async Task<int> Run(string sql, object? arguments = null) => Math.Max(0, await connection.ExecuteAsync(Command(sql, arguments)));

    /// <summary>Sends many statements in one round trip, in this transaction. Something must have been asked in it before: that is what says who asks.</summary>
    public async Task Batch(Action<PortalBatch> build)
    {
        if (!acting) throw new InvalidOperationException("A unit begins with a question.");
        await using var batch = new PortalBatch(connection, actor, Now);
        build(batch);
        await batch.Execute(ct);
    }

    /// <summary>Adds an entry to the audit trail, in this transaction. <paramref name="detail"/> must hold no name and no diagnosis.</summary>
    public void Audit(AuditAction action, Guid? referralId = null, Guid? subjectId = null, object? detail = null) =>
        audit.Add(AuditRow.Of(actor, Now, action, referralId, subjectId, detail));

    /// <summary>Queues a message for the background worker, in this transaction; it is not taken before <paramref name="notBefore"/>.</summary>
    public void Queue<TMessage>(TMessage message, Guid? referralId = null, DateTimeOffset? notBefore = null) where TMessage : notnull =>
        outbox.Add(OutboxRow.Of(message, referralId, notBefore));

    internal async Task WriteQueued()
    {
        if (audit.Count > 0) await Run(AuditRow.InsertMany, AuditRow.Arrays(audit));
        if (outbox.Count > 0) await Run(OutboxRow.InsertMany, OutboxRow.Arrays(outbox));
    }

    CommandDefinition Command(string sql, object? arguments)
    {
        if (acting) return new CommandDefinition(sql, arguments, cancellationToken: ct);

        acting = true;
        var withPerson = new DynamicParameters(arguments);
        withPerson.Add("acting_person", actor.UserId);
        return new CommandDefinition((byKey ? ActAsByKey : ActAs) + ";\n" + sql, withPerson, cancellationToken: ct);
    }
}

/// <summary>How the portal writes JSON into the database: camel case, enums as their snake_case text.</summary>
public static class PortalJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("null where a value was expected");
}
