using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
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
        SqlMapper.AddTypeHandler(new ArrayHandler<string>());
        SqlMapper.AddTypeHandler(new ArrayHandler<Guid>());
        foreach (var type in typeof(Role).Assembly.GetExportedTypes().Where(type => type.IsEnum))
        {
            var coded = typeof(Coded<>).MakeGenericType(type);
            var handler = (SqlMapper.ITypeHandler)Activator.CreateInstance(typeof(Coded<>.Handler).MakeGenericType(type), nonPublic: true)!;
            SqlMapper.AddTypeHandler(coded, handler);
        }
    }

    /// <summary>Npgsql calls every array column System.Array, in which Dapper does not recognise a record's parameter by itself.</summary>
    sealed class ArrayHandler<T> : SqlMapper.TypeHandler<T[]>
    {
        public override void SetValue(IDbDataParameter parameter, T[]? value) => parameter.Value = (object?)value ?? DBNull.Value;
        public override T[] Parse(object value) => (T[])value;
    }

    /// <summary>timestamptz is always UTC on the wire.</summary>
    sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTimeOffset at => at,
            DateTime at => new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)),
            _ => throw new DataException($"{value.GetType().Name} is no instant"),
        };
    }
}
