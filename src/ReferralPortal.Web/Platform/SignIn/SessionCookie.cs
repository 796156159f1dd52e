using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>The cookie of a session, and what happens to requests without one.</summary>
static class SessionCookie
{
    /// <summary>At each request: is the session still standing? A person whose roles changed goes on with the new ones.</summary>
    public static async Task Validate(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var verdict = await services.GetRequiredService<PortalSessions>().Check(context.Principal!, fresh: false, context.HttpContext.RequestAborted);
        if (!verdict.Stands)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return;
        }
        services.GetRequiredService<SignedInActivity>().Touch(context.Principal!.SessionId()!.Value);
        if (verdict.Changed is null) return;
        context.ReplacePrincipal(verdict.Changed);
        context.ShouldRenew = true;
    }

    /// <summary>Pages lead to the sign-in page; machines and the page's own connection get a plain status.</summary>
    public static Task Challenge(RedirectContext<CookieAuthenticationOptions> context) => Redirect(context, StatusCodes.Status401Unauthorized);

    /// <summary>As <see cref="Challenge"/>, for a person who is signed in and may not.</summary>
    public static Task Forbid(RedirectContext<CookieAuthenticationOptions> context) => Redirect(context, StatusCodes.Status403Forbidden);

    static Task Redirect(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        var path = context.Request.Path;
        if (HttpMethods.IsGet(context.Request.Method) && !path.StartsWithSegments("/api") && !path.StartsWithSegments("/fhir") && !path.StartsWithSegments("/_blazor"))
            context.Response.Redirect(new Uri(context.RedirectUri).PathAndQuery);
        else
        {
            context.Response.StatusCode = status;
            if (context.HttpContext.Features.Get<IStatusCodePagesFeature>() is { } errorPages) errorPages.Enabled = false;
        }
        return Task.CompletedTask;
    }
}
