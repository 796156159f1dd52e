using System.Text.Json;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures.Wording;

/// <summary>The wording of a measure as a clinic hands it in: JSON in the shape of <c>seeds/reference/outcome-measures.json</c>, one measure or a list of them.</summary>
public static class WordingFile
{
    /// <summary>The most that is read, in characters.</summary>
    public const int Largest = 64 * 1024;

    const int LongestText = 600, LongestAnchor = 200;

    /// <summary>The items of a measure, or what is wrong with the file, as a sentence. Every item must be the scoring rule's own: the rule does not change with the wording.</summary>
    public static (IReadOnlyList<MeasureItem>? Items, string? Problem) Read(string text, OutcomeMeasure measure)
    {
        if (text.Length > Largest) return (null, $"The file is too long: at most {Largest:N0} characters");
        List<MeasureItem>? items;
        try
        {
            using var file = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            var ours = file.RootElement.ValueKind == JsonValueKind.Array ? file.RootElement.EnumerateArray().FirstOrDefault(IsOurs) : file.RootElement;
            if (!IsOurs(ours)) return (null, $"There is no measure with the key “{measure.Key}” in it");
            if (!ours.TryGetProperty("items", out var listed) || listed.ValueKind != JsonValueKind.Array) return (null, "It has no list of items");
            items = listed.Deserialize<List<MeasureItem>>(PortalJson.Options);
        }
        catch (JsonException fault)
        {
            return (null, $"It cannot be read as JSON{(fault.LineNumber is { } line ? $": look at line {line + 1}" : "")}");
        }
        return Problem(items!, measure) is { } problem ? (null, problem) : (items, null);

        bool IsOurs(JsonElement one) => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String && key.GetString() == measure.Key;
    }

    static string? Problem(List<MeasureItem> items, OutcomeMeasure measure)
    {
        if (items.Count != measure.Items.Count) return $"{measure.ShortName} has {measure.Items.Count} items; this file has {items.Count}";
        for (var place = 0; place < items.Count; place++)
        {
            var (item, range, number) = (items[place], measure.Items[place], place + 1);
            if (item is null || string.IsNullOrWhiteSpace(item.Text)) return $"Item {number} has no text";
            if (item.Text.Length > LongestText || item.Stem?.Length > LongestText) return $"Item {number} is too long: at most {LongestText} characters";
            if (item.Min != range.Least || item.Max != range.Most) return $"Item {number} must have answers from {range.Least} to {range.Most}";
            if (item.Named) return $"Item {number} is marked as named by the patient, which {measure.ShortName} has none of";
            if (item.Anchors?.FirstOrDefault(anchor => !int.TryParse(anchor.Key, out var answer) || answer < item.Min || answer > item.Max || string.IsNullOrWhiteSpace(anchor.Value) || anchor.Value.Length > LongestAnchor) is { Key: not null } wrong)
                return $"Item {number} has words for an answer “{wrong.Key}” that it does not have, or that are empty or too long";
            if (!item.IsTyped && item.WordsOf(item.Min) is null | item.WordsOf(item.Max) is null) return $"Item {number} needs words for its lowest and its highest answer";
        }
        return null;
    }
}
