using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Help;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Help;

public sealed class ConditionSearchTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    async Task<List<string>> Find(string? typed) =>
        [.. ConditionSearch.Find((await database.Catalogue().Get(TestContext.Current.CancellationToken)).Conditions, typed).Select(condition => condition.Slug)];

    [Fact]
    public async Task Nothing_typed_shows_the_whole_catalogue_in_the_clinic_s_order()
    {
        var all = await Find("  ");
        Assert.True(all.Count >= 24);
        Assert.Equal("muscular-spasm-upper-back", all[0]);
    }

    [Fact]
    public async Task A_keyword_finds_what_people_call_by_another_name() => Assert.Equal("muscular-spasm-upper-back", (await Find("TRAPEZIUS"))[0]);

    [Fact]
    public async Task Every_word_must_occur() => Assert.Empty(await Find("trapezius nonsense"));

    [Fact]
    public async Task What_is_called_so_comes_before_what_only_mentions_it()
    {
        var found = await Find("knee");
        var catalogue = (await database.Catalogue().Get(TestContext.Current.CancellationToken)).Conditions.ToDictionary(condition => condition.Slug);
        var named = found.Select(slug => string.Join(' ', [catalogue[slug].Name, .. catalogue[slug].Keywords]).Contains("knee", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.Equal(named.OrderDescending(), named);
        Assert.True(named[0]);
    }
}
