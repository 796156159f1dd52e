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
            call.HttpContext.KeepOwnWords();
            return next(call);
        });
        return pages;
    }

    /// <summary>Answers with a status and the page at hand, not with the portal's page for that status. Call it before anything is written.</summary>
    internal static void AnswerInOwnWords(this HttpContext http, int status)
    {
        http.KeepOwnWords();
        // Set any earlier, the framework leaves a page's body out for the portal's own page.
        http.Response.OnStarting(() =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
    }

    static void KeepOwnWords(this HttpContext http)
    {
        if (http.Features.Get<IStatusCodePagesFeature>() is { } errorPages) errorPages.Enabled = false;
    }

    /// <summary>Whether the request is for such a page.</summary>
    internal static bool IsSecretPage(this HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<SecretPageAttribute>() is not null;
}
