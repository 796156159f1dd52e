using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// Statements that go to the server together: one round trip, one transaction, all or nothing. Built by
/// <see cref="PortalDatabase.Write(Actor, Action{PortalBatch}, CancellationToken)"/>.
/// </summary>
public sealed partial class PortalBatch : IAsyncDisposable
{
    readonly NpgsqlBatch batch;
    readonly Actor actor;
    readonly List<AuditRow> audit = [];
    readonly List<OutboxRow> outbox = [];

    internal PortalBatch(NpgsqlConnection connection, Actor actor, TimeProvider clock) : this(connection, actor, clock.GetUtcNow()) =>
        Run("select portal.act_as(@person)", new { person = actor.UserId });

    /// <summary>As a part of a unit that has said who asks.</summary>
    internal PortalBatch(NpgsqlConnection connection, Actor actor, DateTimeOffset now)
    {
        batch = new NpgsqlBatch(connection);
        this.actor = actor;
        Now = now;
    }

    /// <summary>The instant of this unit, UTC.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Adds one statement; its parameters are the public properties of <paramref name="arguments"/> by name.</summary>
    public PortalBatch Run(string sql, object arguments)
    {
        var statement = Statements.GetOrAdd((sql, arguments.GetType()), static key => Statement.Of(key.Sql, key.Arguments));
        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var (type, read) in statement.Parameters) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = Sent(read(arguments)) });
        batch.BatchCommands.Add(command);
        return this;
    }

    /// <inheritdoc cref="PortalUnit.Audit"/>
    public PortalBatch Audit(AuditAction action, Guid? referralId = null, Guid? subjectId = null, object? detail = null)
    {
        audit.Add(AuditRow.Of(actor, Now, action, referralId, subjectId, detail));
        return this;
    }

    /// <inheritdoc cref="PortalUnit.Queue"/>
    public PortalBatch Queue<TMessage>(TMessage message, Guid? referralId = null, DateTimeOffset? notBefore = null) where TMessage : notnull
    {
        outbox.Add(OutboxRow.Of(message, referralId, notBefore));
        return this;
    }

    internal Task Execute(CancellationToken ct)
    {
        if (outbox.Count > 0) Run(OutboxRow.InsertMany, OutboxRow.Arrays(outbox));
        if (audit.Count > 0) Run(AuditRow.InsertMany, AuditRow.Arrays(audit));
        return batch.ExecuteNonQueryAsync(ct);
    }

    public ValueTask DisposeAsync() => batch.DisposeAsync();

    static readonly ConcurrentDictionary<(string Sql, Type Arguments), Statement> Statements = new();

    /// <summary>A statement with its parameters by place. Npgsql would read every statement letter by letter, each time it is sent, to find the names.</summary>
    /// <remarks>Each says its type, for a missing value has none by itself, and the server prepares a statement for one row of types: every other one it would plan anew, each time.</remarks>
    sealed partial record Statement(string Sql, (NpgsqlDbType Type, Func<object, object?> Read)[] Parameters)
    {
        public static Statement Of(string sql, Type arguments)
        {
            var parameters = new List<PropertyInfo>();
            var byPlace = Name().Replace(sql, found =>
            {
                var property = arguments.GetProperty(found.Groups[1].Value, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
                    ?? throw new ArgumentException($"A statement asks for {found.Value}, which {arguments.Name} does not have.");
                if (!parameters.Contains(property)) parameters.Add(property);
                return $"${parameters.IndexOf(property) + 1}";
            });
            return new Statement(byPlace, [.. parameters.Select(property => (TypeOf(property.PropertyType), Reader(property)))]);
        }

        static NpgsqlDbType TypeOf(Type value) => (Nullable.GetUnderlyingType(value) ?? value) switch
        {
            { IsArray: true } many => NpgsqlDbType.Array | TypeOf(many.GetElementType()!),
            { IsEnum: true } => NpgsqlDbType.Text,
            var one when one == typeof(string) || one.IsAssignableTo(typeof(ICoded)) => NpgsqlDbType.Text,
            var one when one == typeof(Guid) => NpgsqlDbType.Uuid,
            var one when one == typeof(DateTimeOffset) || one == typeof(DateTime) => NpgsqlDbType.TimestampTz, // an instant, UTC
            var one when one == typeof(DateOnly) => NpgsqlDbType.Date,
            var one when one == typeof(bool) => NpgsqlDbType.Boolean,
            var one when one == typeof(int) => NpgsqlDbType.Integer,
            var one when one == typeof(decimal) => NpgsqlDbType.Numeric,
            var other => throw new NotSupportedException($"A statement of a batch can't be given a {other.Name} yet."),
        };

        // Compiled once: a submission reads a hundred and fifty of them.
        static Func<object, object?> Reader(PropertyInfo property)
        {
            var from = Expression.Parameter(typeof(object));
            return Expression.Lambda<Func<object, object?>>(Expression.Convert(Expression.Property(Expression.Convert(from, property.DeclaringType!), property), typeof(object)), from).Compile();
        }

        // Not the containment operator, and not an @ in the middle of a word.
        [GeneratedRegex(@"(?<![@\w])@(\w+)")]
        private static partial Regex Name();
    }

    static object Sent(object? value) => value switch
    {
        null => DBNull.Value,
        Enum code => Domain.EnumText.Of(code),
        ICoded coded => coded.Text,
        DateTimeOffset at => at.UtcDateTime,
        _ => value,
    };
}
