using System.Text.Json;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>What letters are read with, from the seeds and without a database.</summary>
static class SeedCatalogue
{
    static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;

    sealed record Region(string Key, string Name, string SnomedCode, bool Sided, string[] Views, string Group);

    sealed record Flags(string WordingVersion, Question[] Questions);

    sealed record Question(string Key, string Tier, string Topic, string Why, string Advice);

    internal static CatalogueContent Content { get; } = new(
        new ClinicGroup(Guid.Empty, "Physio.co.uk", "", "", "{}", "{}"),
        Read<Condition[]>("conditions"),
        [.. Read<Region[]>("body-regions").Select(region => new BodyRegion(region.Key, region.Name, region.SnomedCode, region.Sided, region.Views, region.Group))],
        [.. Read<Flags>("red-flags") is var flags ? flags.Questions.Select(question => new RedFlagQuestion(question.Key, flags.WordingVersion, question.Tier, question.Topic, "", question.Why, question.Advice)) : []],
        [], [], [], [], []);

    static T Read<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "seeds", "reference", name + ".json")), Web)!;
}
