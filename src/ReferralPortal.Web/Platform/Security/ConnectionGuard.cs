using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Platform.Security;

/// <summary>
/// Stands before <c>/_blazor</c>. Browsers let any site open a web socket to any other and send its cookies along, so the Origin must be the portal's own;
/// long polling is refused, because its many requests escape the count; and one person has only so many connections.
/// </summary>
public sealed class ConnectionGuard(RequestDelegate next, OpenPages pages, IConfiguration configuration)
{
    readonly string[] alsoAllowed = configuration.GetSection("Security:AllowedOrigins").Get<string[]>() ?? [];

    /// <summary>Lets the request through or answers it with 400 (kind), 403 (origin) or 429 (number).</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/_blazor", out var rest))
        {
            await next(context);
            return;
        }
        if (context.Features.Get<IStatusCodePagesFeature>() is { } errorPages) errorPages.Enabled = false; // nobody reads them here
        if (!FromHere(context.Request))
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        else if (rest.HasValue && rest != "/")
            await next(context); // negotiate, disconnect, initialisers
        else if (!IsWebSocket(context))
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        else if (context.User.PersonId() is not { } person)
            await next(context); // nobody: authorisation refuses it
        else if (!pages.TryConnect(person))
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        else
            try
            {
                await next(context); // lasts as long as the connection
            }
            finally
            {
                pages.Disconnected(person);
            }
    }

    /// <summary>The endpoint unpacks the web socket itself, so here only the request's own words tell.</summary>
    static bool IsWebSocket(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    bool FromHere(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 // not a browser on another site
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || alsoAllowed.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }
}
