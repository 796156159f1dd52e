using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Measures.Wording;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

public sealed class LoadWordingTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Made-up wording in the shape of the seeds: the real one is its owner's.</summary>
    internal static string Wording(OutcomeMeasure measure, int? items = null, string key = "", string? text = null) => PortalJson.Text(new
    {
        key = key.Length > 0 ? key : measure.Key,
        items = measure.Items.Take(items ?? measure.Items.Count).Select((range, place) => new { text = text ?? $"Made-up question {place + 1}", min = range.Least, max = range.Most, anchors = new Dictionary<string, string> { [$"{range.Least}"] = "Least", [$"{range.Most}"] = "Most" } }),
    });

    async Task<Outcome<int>> Load(string measure, string? file, string licence = "Licence 4711 of 2026", string by = Lead, int? version = null) =>
        await new LoadWording(world.Database, world.Catalogue()).Handle(await world.Actor(by), new(measure, version ?? await world.Ask<int>("select version from outcome_measure where key = @measure", new { measure }), file, licence), Ct);

    [Fact]
    public async Task Loaded_wording_is_filled_in_and_scored_by_the_rule_that_was_there_before()
    {
        var referral = await world.AddReferral();
        Assert.Equal(11, (await Load("quickdash", Wording(OutcomeMeasures.QuickDash))).Value);
        Assert.Equal(45m, (await world.Record(referral.Id, "quickdash", Filled("3333333322."))).Value!.Score);
        var listed = (await new ListWording(world.Database).Handle(await world.Actor(Lead), Ct)).Value!.Single(measure => measure.Key == "quickdash");
        Assert.Equal((11, "Licence 4711 of 2026", false), (listed.Items, listed.Licence, listed.WordingShipped));

        Assert.Equal(0, (await Load("quickdash", null)).Value);
        Assert.Equal(12m, (await world.Record(referral.Id, "quickdash", Entered("12"))).Value!.Score);
    }

    [Fact]
    public async Task The_seeds_shape_is_read_as_one_measure_and_as_a_list()
    {
        Assert.Null(WordingFile.Read($"[{Wording(OutcomeMeasures.Ndi)}, {Wording(OutcomeMeasures.Odi)}]", OutcomeMeasures.Odi).Problem);
        var seeds = await File.ReadAllTextAsync(Path.Combine(ReferralPortal.Database.Seeds.SeedLoader.DefaultFolder, "reference/outcome-measures.json"), Ct);
        Assert.Null(WordingFile.Read(seeds, OutcomeMeasures.Gad7).Problem);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "{", "cannot be read" },
        { "[]", "no measure with the key" },
        { "{\"key\": 7}", "no measure with the key" },
        { "{\"key\": \"lefs\"}", "no list of items" },
        { Wording(OutcomeMeasures.Lefs, key: "ndi"), "no measure with the key" },
        { Wording(OutcomeMeasures.Lefs, items: 19), "has 20 items; this file has 19" },
        { Wording(OutcomeMeasures.Lefs, text: " "), "has no text" },
        { Wording(OutcomeMeasures.Lefs, text: new string('x', 601)), "too long" },
        { Wording(OutcomeMeasures.Lefs).Replace("\"max\":4", "\"max\":5", StringComparison.Ordinal), "from 0 to 4" },
        { Wording(OutcomeMeasures.Lefs).Replace("\"4\":\"Most\"", "\"9\":\"Most\"", StringComparison.Ordinal), "does not have" },
        { Wording(OutcomeMeasures.Lefs).Replace("\"min\":0", "\"min\":\"zero\"", StringComparison.Ordinal), "cannot be read" },
        { Wording(OutcomeMeasures.Lefs).Replace("{\"text\"", "{\"named\":true,\"text\"", StringComparison.Ordinal), "named by the patient" },
        { new string(' ', WordingFile.Largest + 1), "too long" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task Wording_that_is_not_the_measures_is_refused_in_words(string file, string words)
    {
        var errors = Assert.IsType<Failure.Invalid>((await Load("lefs", file)).Failure).Errors;
        Assert.Contains(words, errors["File"]);
        Assert.False((await world.Measure("lefs")).IsWorded());
    }

    [Fact]
    public async Task It_takes_a_licence_the_clinic_manager_and_the_version_that_was_seen()
    {
        var file = Wording(OutcomeMeasures.MskHq);
        Assert.Contains("Licence", Assert.IsType<Failure.Invalid>((await Load("mskhq", file, licence: " ")).Failure).Errors.Keys);
        Assert.IsType<Failure.Refused>((await Load("mskhq", file, by: Clinician)).Failure);
        Assert.IsType<Failure.Missing>((await Load("mskhq", file, by: Solicitor)).Failure);
        Assert.IsType<Failure.Refused>((await Load("nprs", Wording(OutcomeMeasures.Nprs))).Failure); // ships with the portal
        Assert.IsType<Failure.Conflict>((await Load("mskhq", file, version: 99)).Failure);

        // Row-level security alone: neither another's manager, nor anybody, words what ships.
        foreach (var (person, key) in ((string, string)[])[(Clinician, "mskhq"), (Partner, "mskhq"), (Lead, "nprs")])
        {
            var touched = 0;
            await world.Database.Write<int>(await world.Actor(person), async unit => touched = await unit.Run("select 1; update outcome_measure set items = '[]' where key = @key", new { key }), Ct);
            Assert.Equal((person, 0), (person, touched));
        }
    }
}
