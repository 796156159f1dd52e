using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

/// <summary>What the tests of measures fill in and look at.</summary>
static class MeasureWorld
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static async Task<Measure> Measure(this PortalTestDatabase world, string key) => (await world.Catalogue().Get(Ct)).Measures.Single(measure => measure.Key == key);

    /// <summary>A form with answers as digits, a dot for an item without one; names for activities.</summary>
    internal static MeasureForm Filled(string answers, params string[] names) => new()
    {
        Answers = [.. answers.Select(answer => answer == '.' ? (int?)null : answer - '0')],
        Names = [.. Enumerable.Range(0, answers.Length).Select(item => names.ElementAtOrDefault(item) ?? "")],
        TakenOn = DateParts.Of(LondonTime.DateOf(DateTimeOffset.UtcNow)),
    };

    internal static MeasureForm Entered(string score) => new() { Score = score, TakenOn = DateParts.Of(LondonTime.DateOf(DateTimeOffset.UtcNow)) };

    /// <summary>What stands on a paper form of EQ-5D-5L.</summary>
    internal static MeasureForm OnPaper(string profile, string scale) => new() { Profile = profile, Scale = scale, TakenOn = DateParts.Of(LondonTime.DateOf(DateTimeOffset.UtcNow)) };

    internal static async Task<Outcome<MeasureScore>> Record(this PortalTestDatabase world, Guid referral, string measure, MeasureForm form, string by = Clinician, Guid? key = null) =>
        await new RecordMeasure(world.Database, world.Catalogue()).Handle(await world.Actor(by), new(key ?? Guid.CreateVersion7(), referral, measure, form), Ct);

    internal static async Task<MeasuresPage> Measures(this PortalTestDatabase world, TestReferral referral) =>
        (await new ReadMeasures(world.Database).Handle(await world.Actor(Clinician), referral.Reference, Ct)).Value!;

    /// <summary>How many rows a table has of a referral, as somebody may read it by row-level security alone.</summary>
    internal static async Task<int> Sees(this PortalTestDatabase world, string person, string table, Guid referral) =>
        await world.Database.Read(await world.Actor(person), unit => unit.One<int>($"select count(*)::int from {table} where referral_id = @referral", new { referral }), Ct);

    internal static async Task<List<(string MeasureKey, decimal? Score, int? Answered, string RuleVersion, string Source)>> Standing(this PortalTestDatabase world, Guid referral)
    {
        await using var owner = await world.Owner();
        return [.. await owner.QueryAsync<(string, decimal?, int?, string, string)>("select measure_key, score, answered, rule_version, source from outcome_score where referral_id = @referral and measure_key <> 'nprs' order by taken_at, id", new { referral })];
    }
}
