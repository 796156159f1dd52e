using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using NetEscapades.AspNetCore.SecurityHeaders;

namespace ReferralPortal.Web.Platform.Security;

/// <summary>
/// A page for somebody without an account, whose address is the secret: plain HTML and plain forms, without a script. Nothing keeps the address: no cache, no referrer, no search
/// engine. On a page, or by <see cref="SecretPages.MapSecretPages"/> on endpoints; its headers follow from it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SecretPageAttribute() : SecurityHeadersPolicyAttribute(SecurityHeaders.OfSecrets);

/// <summary>Endpoints whose address is a secret.</summary>
static class SecretPages
{
    const int LargestForm = 64 * 1024;

    /// <summary>A group of them: open to anybody, slowed down by <paramref name="limit"/>, with words of their own for what is not there.</summary>
    internal static RouteGroupBuilder MapSecretPages(this IEndpointRouteBuilder app, string address, string limit)
    {
        var pages = app.MapGroup(address).AllowAnonymous().RequireRateLimiting(limit).WithMetadata(new SecretPageAttribute(), new RequestSizeLimitAttribute(LargestForm)).ExcludeFromDescription();
        pages.AddEndpointFilter((call, next) =>
        {
            if (call.HttpContext.Features.Get<IStatusCodePagesFeature>() is { } errorPages) errorPages.Enabled = false;
            return next(call);
        });
        return pages;
    }

    /// <summary>Whether the request is for such a page.</summary>
    internal static bool IsSecretPage(this HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<SecretPageAttribute>() is not null;
}
