using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ReferralPortal.Web.Components.Layout;

namespace ReferralPortal.Web.Tests.Components;

/// <summary>What a component finds around it in a page.</summary>
public abstract class ComponentWorld : BunitContext
{
    protected ComponentWorld()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton(ClinicContact.Default);
    }
}
