using System.Collections.Concurrent;
using System.Text;

namespace ReferralPortal.Domain;

/// <summary>The text of an enum's values where they are stored or exchanged: <c>InTriage</c> is <c>in_triage</c>.</summary>
public static class EnumText
{
    static readonly ConcurrentDictionary<Enum, string> Texts = new();

    /// <summary>The stored text of a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number stands for no value of its enum.</exception>
    public static string Of(Enum value) => Texts.GetOrAdd(value, static given => Enum.IsDefined(given.GetType(), given)
        ? SnakeCase(given.ToString())
        : throw new ArgumentOutOfRangeException(nameof(value), given, $"This is no {given.GetType().Name}."));

    /// <summary>The value that a stored text stands for.</summary>
    /// <exception cref="FormatException">The text stands for none.</exception>
    public static T Parse<T>(string text) where T : struct, Enum =>
        TryParse<T>(text, out var value) ? value : throw new FormatException($"'{text}' is no {typeof(T).Name}.");

    /// <summary>Whether a stored text stands for a value, and which.</summary>
    public static bool TryParse<T>(string? text, out T value) where T : struct, Enum =>
        Values<T>.ByText.TryGetValue(text ?? "", out value);

    /// <summary>A Pascal-case name in snake case.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }

    static class Values<T> where T : struct, Enum
    {
        internal static readonly Dictionary<string, T> ByText = Enum.GetValues<T>().ToDictionary(value => Of(value));
    }
}
