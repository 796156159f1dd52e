using Bunit;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Organisations;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Organisations;

public sealed class OrganisationPageTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    [Fact]
    public async Task The_administrator_changes_it_and_is_told_that_it_is_saved()
    {
        await using var browser = await world.SignedIn(Partner);
        var page = browser.Opened<OrganisationPage>(_ => { });
        await page.Find("#branch").InputAsync("Salford Quays");
        Assert.Equal("true", page.Find("[data-unsaved]").GetAttribute("data-unsaved"));
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Saved.", page.Find("[role=status]").TextContent));
        Assert.Empty(page.FindAll("[data-unsaved=true]"));
        Assert.Equal("Salford Quays", page.Find("#branch").GetAttribute("value"));
    }

    [Fact]
    public async Task A_mistake_is_listed_and_said_beside_its_field_and_nothing_typed_is_lost()
    {
        await using var browser = await world.SignedIn(Partner);
        var page = browser.Opened<OrganisationPage>(_ => { });
        await page.Find("#postcode").InputAsync("nowhere");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("#postcode", page.Find("[role=alert] a").GetAttribute("href")));
        Assert.Equal(("nowhere", "true"), (page.Find("#postcode").GetAttribute("value"), page.Find("#postcode").GetAttribute("aria-invalid")));
    }

    [Theory]
    [InlineData(Solicitor, "What your referrals start with")]
    [InlineData(Funder, "Address")]
    public async Task Those_who_may_not_change_it_read_it(string person, string heading)
    {
        await using var browser = await world.SignedIn(person);
        var page = browser.Opened<OrganisationPage>(_ => { });
        Assert.Contains(page.FindAll("h2"), found => found.TextContent == heading);
        Assert.Empty(page.FindAll("form, input"));
        Assert.NotEmpty(page.FindAll("table tbody tr"));
    }
}
