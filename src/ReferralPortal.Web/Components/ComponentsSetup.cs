using MudBlazor;
using MudBlazor.Services;
using ReferralPortal.Web.Components.Layout;

namespace ReferralPortal.Web.Components;

/// <summary>What the components need from the container.</summary>
public static class ComponentsSetup
{
    /// <summary>Adds Razor components on the server, MudBlazor's services and the person's sign-in state for every component.</summary>
    public static IServiceCollection AddPortalComponents(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomLeft;
            options.SnackbarConfiguration.VisibleStateDuration = 8_000;
            options.SnackbarConfiguration.ShowTransitionDuration = 120;
            options.SnackbarConfiguration.HideTransitionDuration = 120;
        });
        services.AddSingleton(ClinicContact.Default);
        return services;
    }
}
