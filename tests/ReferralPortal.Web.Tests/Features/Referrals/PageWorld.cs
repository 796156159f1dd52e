using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Catalogue.Wording;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Organisations;
using ReferralPortal.Web.Features.People;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Tests.Features.Referrals;

/// <summary>Pages on the real database, without a browser.</summary>
static class PageWorld
{
    /// <summary>Somebody signed in at a page that is alive.</summary>
    internal static async Task<BunitContext> SignedIn(this PortalTestDatabase world, string userName, Action<IServiceCollection>? more = null)
    {
        BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
        var actor = await world.Actor(userName);
        var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.AddAuthorization().SetAuthorized(actor.DisplayName).SetClaims(new Claim(PortalClaims.Person, actor.UserId.ToString()));
        browser.Services
            .AddSingleton(world.Sources)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<PortalDatabase>()
            .AddSingleton<CatalogueStore>()
            .AddScoped<CurrentActor>()
            .AddSubmittingReferrals()
            .AddReferrals()
            .AddOrganisations()
            .AddClinicsAndPeople()
            .AddTriage()
            .AddAppointments()
            .AddClocks()
            .AddWording()
            .AddClosing()
            .AddMudServices();
        more?.Invoke(browser.Services);
        browser.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return browser;
    }

    /// <summary>Renders a page by its address-to-be, and waits until it has its data.</summary>
    internal static IRenderedComponent<TPage> Opened<TPage>(this BunitContext browser, Action<ComponentParameterCollectionBuilder<TPage>> with) where TPage : IComponent
    {
        var page = browser.Render(with);
        page.WaitForState(() => page.FindAll(".skeleton, [aria-busy]").Count == 0);
        return page;
    }

    internal static NavigationManager Address(this BunitContext browser) => browser.Services.GetRequiredService<NavigationManager>();

    internal static IElement Button<TPage>(this IRenderedComponent<TPage> page, string words) where TPage : IComponent =>
        page.FindAll("button").Single(button => button.TextContent.Trim() == words);

    /// <summary>Presses a button as it stands: found where the page is drawn, so that no new drawing comes between the finding and the pressing.</summary>
    internal static Task Press<TPage>(this IRenderedComponent<TPage> page, string words) where TPage : IComponent => page.InvokeAsync(() => page.Button(words).ClickAsync(new()));
}
