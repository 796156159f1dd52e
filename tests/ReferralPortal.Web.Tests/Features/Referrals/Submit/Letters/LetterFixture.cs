using System.Text.Json;
using ReferralPortal.Web.Features.Referrals.Submit.Letters;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>A letter with what a careful person would put into the form from it. Several texts under one field are several answers; those of the telephone are alternatives.</summary>
sealed record LetterFixture(string Name, string Text, IReadOnlyDictionary<string, string[]> Expected)
{
    internal static readonly DateOnly Today = new(2026, 11, 25);

    internal static readonly NamedOrganisation[] Organisations =
    [
        new(new("0192f000-0000-7000-8000-000000000001"), "Pennine Case Management", IsFunder: false), new(new("0192f000-0000-7000-8000-000000000002"), "Ribble Insurance", IsFunder: true),
        new(new("0192f000-0000-7000-8000-000000000003"), "Calder Care Case Managers", IsFunder: false), new(new("0192f000-0000-7000-8000-000000000004"), "Eden Indemnity", IsFunder: true),
    ];

    internal static IReadOnlyList<LetterFixture> All(string folder) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Features", "Referrals", "Submit", "Letters", folder), "*.txt").Order(StringComparer.Ordinal).Select(Load)];

    internal static LetterFixture One(string name) => All("Development").Single(letter => letter.Name == name);

    static LetterFixture Load(string file)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(file, ".json")));
        return new(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file), expected.RootElement.EnumerateObject().ToDictionary(
            field => field.Name,
            field => field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray().Select(one => one.GetString()!).ToArray() : [field.Value.GetString()!]));
    }

    internal LetterFindings Read() => Read(Text);

    internal static LetterFindings Read(string text) => LetterReader.Read(text, SeedCatalogue.Content, Organisations, Today);

    /// <summary>The name under which the expectations know a field.</summary>
    internal static string PathOf(LetterField field) => field switch
    {
        LetterField.IncidentDate => "Incident.Date",
        LetterField.Mechanism => "Incident.Mechanism",
        LetterField.Account => "Incident.Account",
        LetterField.Region => "Injury.Regions",
        LetterField.Condition or LetterField.Symptoms or LetterField.Occupation => $"Injury.{field}",
        LetterField.OurReference or LetterField.ClaimReference or LetterField.OtherInsurer or LetterField.OtherInsurerReference or LetterField.Liability or LetterField.CaseManager => $"Claim.{field}",
        LetterField.Payer => "Funding.Payer",
        LetterField.Service => "Services.AskedFor",
        LetterField.Priority => "Services.Priority",
        _ => $"Patient.{field}",
    };
}
