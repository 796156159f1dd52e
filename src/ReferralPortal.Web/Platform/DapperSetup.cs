using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using ReferralPortal.Domain.Organisations;

namespace ReferralPortal.Web.Platform;

/// <summary>Teaches Dapper the portal's types, once, before the first query.</summary>
static class DapperSetup
{
#pragma warning disable CA2255 // the one place where it must have happened before anything else
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new InstantHandler());
        SqlMapper.AddTypeMap(typeof(DateOnly), DbType.Date);
        SqlMapper.AddTypeHandler(new ArrayHandler<string>(NpgsqlDbType.Text));
        SqlMapper.AddTypeHandler(new ArrayHandler<Guid>(NpgsqlDbType.Uuid));
        foreach (var type in typeof(Role).Assembly.GetExportedTypes().Where(type => type.IsEnum))
        {
            var coded = typeof(Coded<>).MakeGenericType(type);
            var handler = (SqlMapper.ITypeHandler)Activator.CreateInstance(typeof(Coded<>.Handler).MakeGenericType(type), nonPublic: true)!;
            SqlMapper.AddTypeHandler(coded, handler);
        }
    }

    /// <summary>Npgsql calls every array column System.Array, in which Dapper does not recognise a record's parameter by itself.</summary>
    sealed class ArrayHandler<T>(NpgsqlDbType element) : TypedHandler<T[]>(NpgsqlDbType.Array | element)
    {
        protected override object Sent(T[] value) => value;
        public override T[] Parse(object value) => (T[])value;
    }

    /// <summary>timestamptz is always UTC on the wire.</summary>
    sealed class InstantHandler() : TypedHandler<DateTimeOffset>(NpgsqlDbType.TimestampTz)
    {
        protected override object Sent(DateTimeOffset value) => value.UtcDateTime;

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTimeOffset at => at,
            DateTime at => new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)),
            _ => throw new DataException($"{value.GetType().Name} is no instant"),
        };
    }
}

/// <summary>
/// Says the type of a value that is missing too. Dapper leaves it open, and what the driver prepared for one row of types is planned anew, each time, for another.
/// </summary>
abstract class TypedHandler<T>(NpgsqlDbType type) : SqlMapper.TypeHandler<T>, SqlMapper.ITypeHandler
{
    protected abstract object Sent(T value);

    public override void SetValue(IDbDataParameter parameter, T? value) => ((SqlMapper.ITypeHandler)this).SetValue(parameter, (object?)value ?? DBNull.Value);

    void SqlMapper.ITypeHandler.SetValue(IDbDataParameter parameter, object value)
    {
        if (parameter is NpgsqlParameter typed) typed.NpgsqlDbType = type;
        parameter.Value = value is T given ? Sent(given) : DBNull.Value;
    }
}
