using Microsoft.AspNetCore.Components.Server;
using ReferralPortal.Web.Components;

namespace ReferralPortal.Web.Platform.Hosting;

/// <summary>The pages, and what is shown when there is none or when one fails.</summary>
public static class PortalPages
{
    /// <summary>A fault and a missing page answer with a page of ours; the address that was asked for stays in the browser.</summary>
    public static WebApplication UsePortalErrorPages(this WebApplication app)
    {
        app.UseExceptionHandler("/fault", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        return app;
    }

    public static void MapPortalPages(this WebApplication app) =>
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null); // ours is in the CSP already
}
