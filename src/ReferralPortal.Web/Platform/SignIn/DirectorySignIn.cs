using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>Turns a directory's word into a session of the portal, or into a refusal that shows nothing of the portal.</summary>
static class DirectorySignIn
{
    /// <summary>After the token is found genuine: asks the database by tenant and object id, and replaces the directory's claims by the portal's own.</summary>
    public static async Task Admit(TokenValidatedContext context)
    {
        var log = context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DirectorySignIn));
        var directory = context.Principal!;
        if (!Guid.TryParse(directory.FindFirstValue("tid"), out var tenant) || !Guid.TryParse(directory.FindFirstValue("oid"), out var person))
        {
            Refuse(context, log, "incomplete_token");
            return;
        }
        var sessions = context.HttpContext.RequestServices.GetRequiredService<PortalSessions>();
        var (principal, outcome) = await sessions.Begin(tenant, person, directory.FindFirstValue("preferred_username") ?? "", context.HttpContext.RequestAborted);
        if (principal is null)
        {
            Refuse(context, log, outcome);
            return;
        }
        log.LogInformation("Sign-in: {Outcome}", outcome);
        context.Principal = principal;
        context.Success();
    }

    /// <summary>The provider said no, or the answer came too late or twice: back to the start, with a word on it.</summary>
    public static Task Fail(RemoteFailureContext context)
    {
        var log = context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DirectorySignIn));
        log.LogWarning("Sign-in failed: {Fault}", context.Failure?.GetType().Name);
        context.HandleResponse();
        context.Response.Redirect("/sign-in?failed=true");
        return Task.CompletedTask;
    }

    static void Refuse(TokenValidatedContext context, ILogger log, string reason)
    {
        log.LogWarning("Sign-in refused: {Reason}", reason);
        context.HandleResponse();
        context.Response.Redirect("/access-denied");
    }
}
