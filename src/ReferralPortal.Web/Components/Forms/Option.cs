namespace ReferralPortal.Web.Components.Forms;

/// <summary>One thing to choose.</summary>
/// <param name="Value">What the form keeps.</param>
/// <param name="Label">What a person reads.</param>
/// <param name="Hint">A second, quieter line.</param>
public sealed record Option<T>(T Value, string Label, string? Hint = null);

/// <summary>Short ways to write options down.</summary>
public static class Option
{
    /// <summary>Options from pairs of value and label, in this order.</summary>
    public static IReadOnlyList<Option<T>> Of<T>(params (T Value, string Label)[] pairs) => [.. pairs.Select(pair => new Option<T>(pair.Value, pair.Label))];

    /// <summary>Options from any list.</summary>
    public static IReadOnlyList<Option<T>> From<S, T>(IEnumerable<S> list, Func<S, T> value, Func<S, string> label) => [.. list.Select(item => new Option<T>(value(item), label(item)))];
}
