using System.Security.Claims;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using ReferralPortal.Web.Components.Layout;

namespace ReferralPortal.Web.Tests.Components;

public sealed class NavigationTests : ComponentWorld
{
    static readonly HashSet<string> Built = ["/", "/referrals", "/referrals/new", "/triage", "/caseload", "/approvals", "/audit", "/help"];

    [Theory]
    [InlineData("referrer", "Home, Referrals, New referral, Help")]
    [InlineData("funder", "Home, Referrals, Approvals, Help")]
    [InlineData("clinic_administrator", "Home, Referrals, Triage, Help")]
    [InlineData("clinician", "Home, Referrals, Caseload, Help")]
    [InlineData("auditor", "Home, Audit, Help")]
    public void Each_role_is_shown_its_own_places(string role, string places) =>
        Assert.Equal(places, string.Join(", ", Navigation.For(Person(role), Built).Select(item => item.Label)));

    [Fact]
    public void A_place_that_is_not_built_is_not_listed() =>
        Assert.DoesNotContain(Navigation.For(Person("referrer"), new HashSet<string> { "/" }), item => item.Address == "/referrals");

    [Fact]
    public void A_visitor_is_shown_nothing() => Assert.Empty(Navigation.For(new ClaimsPrincipal(new ClaimsIdentity()), Built));

    [Fact]
    public void The_palette_opens_a_referral_by_its_reference_however_it_is_typed()
    {
        var palette = Palette();
        var reference = ReferralPortal.Domain.Referrals.Reference.FromNumber(4711);

        palette.Find("input").Input(reference.ToString().Replace("-", "", StringComparison.Ordinal).ToLowerInvariant());
        Assert.StartsWith(reference.ToString(), palette.Find("[aria-selected=true]").TextContent.Trim(), StringComparison.Ordinal);
        palette.Find("input").KeyDown("Enter");

        Assert.EndsWith($"/referrals/{reference}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void The_palette_finds_more_where_a_search_is_registered()
    {
        Services.AddScoped<PaletteSearch>(_ => (_, text, _) => Task.FromResult<IReadOnlyList<PaletteEntry>>([new("/referrals/R-1", $"Found by {text}", "Referral")]));
        var palette = Palette();

        palette.Find("input").Input("okafor");

        palette.WaitForState(() => palette.FindAll("[role=option]").Any(option => option.TextContent.Contains("Found by okafor", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_palette_says_when_nothing_matches()
    {
        var palette = Palette();
        palette.Find("input").Input("zzzz");
        Assert.Contains("Nothing matches", palette.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    IRenderedComponent<CommandPalette> Palette()
    {
        AddAuthorization().SetAuthorized("Amara Okafor").SetRoles("referrer");
        return Render<CommandPalette>(it => it.AddCascadingValue(Services.GetRequiredService<Microsoft.AspNetCore.Components.Authorization.AuthenticationStateProvider>().GetAuthenticationStateAsync()));
    }

    static ClaimsPrincipal Person(string role) => new(new ClaimsIdentity([new("name", "Amara Okafor"), new("roles", role)], "test", "name", "roles"));
}
