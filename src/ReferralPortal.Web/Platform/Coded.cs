using NpgsqlTypes;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Platform;

interface ICoded { string Text { get; } }

/// <summary>
/// An enum that stands in the database as text. Dapper ignores type handlers on enums themselves, so rows and parameters use this;
/// it converts both ways by itself.
/// </summary>
public readonly record struct Coded<T>(T Value) : ICoded where T : struct, Enum
{
    public string Text => EnumText.Of(Value);
    public static implicit operator T(Coded<T> coded) => coded.Value;
    public static implicit operator Coded<T>(T value) => new(value);
    public override string ToString() => Text;

    internal sealed class Handler() : TypedHandler<Coded<T>>(NpgsqlDbType.Text)
    {
        protected override object Sent(Coded<T> value) => value.Text;
        public override Coded<T> Parse(object value) => new(EnumText.Parse<T>((string)value));
    }
}
