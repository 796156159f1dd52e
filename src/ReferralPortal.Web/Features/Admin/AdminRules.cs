using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Admin;

/// <summary>What the use cases of the settings have in common.</summary>
public static class AdminRules
{
    /// <summary>Who opens the pages of the settings. For their <c>[Authorize]</c>.</summary>
    public const string Roles = "clinic_manager";

    /// <summary>Decides for the clinic group; a role of that name at any other organisation is worth nothing.</summary>
    public static bool ManagesClinic(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager);

    /// <summary>For whoever does not: at the clinic group that it is not for them, anywhere else that there is no such thing.</summary>
    public static Failure NotForYou(this Actor actor) =>
        actor.OrganisationKind == OrganisationKind.ClinicGroup ? Outcome.Refused("Your role does not allow this: a clinic manager changes settings.") : Outcome.Missing;

    /// <summary>Why a change of one version found no row: somebody changed it first, or there is none.</summary>
    public static async Task<Failure> ChangedBySomebody(this PortalUnit unit, Guid subject, bool exists, string what) =>
        !exists ? Outcome.Missing
        : await unit.One<LastChange>("select name, at from portal.last_change(@subject)", new { subject }) is { } last ? Outcome.Conflict(last.Name ?? "Somebody", what, last.At)
        : Outcome.Conflict("Somebody", what, unit.Now);

    /// <summary>Typed text as it is stored: trimmed, null when nothing is left.</summary>
    public static string? Text(string? typed) => TypedText.Storable(typed)?.Trim() is { Length: > 0 } words ? words : null;

    sealed record LastChange(string? Name, DateTimeOffset At);
}
