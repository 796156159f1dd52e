using System.Globalization;
using System.Security.Claims;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>What the cookie says of a signed-in person. Everything but the directory's two ids comes from the portal's database.</summary>
public static class PortalClaims
{
    /// <summary>The person's key in <c>portal_user</c>.</summary>
    public const string Person = "portal_user_id";

    /// <summary>The key of the person's organisation.</summary>
    public const string Organisation = "organisation_id";

    /// <summary>One claim a role, as the database writes it (<c>clinic_administrator</c>).</summary>
    public const string Roles = "roles";

    /// <summary>The session's key in <c>portal_session</c>.</summary>
    public const string Session = "session_id";

    /// <summary>When the session began, in seconds since 1970.</summary>
    public const string SignedInAt = "signed_in_at";

    const string Name = "name";

    /// <summary>The signed-in person, or null for anybody else.</summary>
    public static Guid? PersonId(this ClaimsPrincipal user) => Id(user, Person);

    /// <summary>The person's organisation, or null for anybody else.</summary>
    public static Guid? OrganisationId(this ClaimsPrincipal user) => Id(user, Organisation);

    /// <summary>The session, or null for anybody else.</summary>
    public static Guid? SessionId(this ClaimsPrincipal user) => Id(user, Session);

    internal static DateTimeOffset StartOfSession(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirst(SignedInAt)?.Value, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MinValue;

    internal static ClaimsPrincipal Principal(Guid session, Standing standing, DateTimeOffset since)
    {
        var identity = new ClaimsIdentity("portal", Name, Roles);
        identity.AddClaim(new("sub", standing.PersonId.ToString())); // antiforgery tokens are tied to it, and must outlive a change of roles
        identity.AddClaim(new(Session, session.ToString()));
        identity.AddClaim(new(Person, standing.PersonId.ToString()));
        identity.AddClaim(new(Organisation, standing.OrganisationId.ToString()));
        identity.AddClaim(new(Name, standing.DisplayName));
        identity.AddClaim(new(SignedInAt, since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        foreach (var role in standing.Roles) identity.AddClaim(new(Roles, role));
        return new ClaimsPrincipal(identity);
    }

    internal static bool Matches(this ClaimsPrincipal user, Standing standing) =>
        user.PersonId() == standing.PersonId
        && user.OrganisationId() == standing.OrganisationId
        && user.FindAll(Roles).Select(claim => claim.Value).ToHashSet().SetEquals(standing.Roles);

    static Guid? Id(ClaimsPrincipal user, string claim) => user.Identity is { IsAuthenticated: true } && Guid.TryParse(user.FindFirst(claim)?.Value, out var id) ? id : null;
}
