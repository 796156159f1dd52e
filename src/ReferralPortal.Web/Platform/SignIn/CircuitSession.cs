using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>
/// Asks at an interval whether the person in front of an open page may still be there. When not, the page's person becomes nobody
/// and <c>SessionWatch</c> leads away; a person whose roles changed comes straight back with the new ones.
/// </summary>
sealed class CircuitSession(ILoggerFactory logging, PortalSessions sessions, SignedInActivity activity, SignInOptions options) : RevalidatingServerAuthenticationStateProvider(logging)
{
    protected override TimeSpan RevalidationInterval => options.Revalidate;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken ct)
    {
        if (state.User.SessionId() is not { } session || activity.Unused(session) >= options.Idle) return false;
        var verdict = await sessions.Check(state.User, fresh: true, ct);
        return verdict is { Stands: true, Changed: null };
    }
}
