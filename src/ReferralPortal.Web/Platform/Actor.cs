using ReferralPortal.Domain.Organisations;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// The signed-in person on whose behalf something is done. What it says is a convenience for the pages;
/// the database looks the person up again at the start of every unit of work and refuses one who has been disabled.
/// </summary>
public sealed record Actor(
    Guid UserId,
    Guid OrganisationId,
    OrganisationKind OrganisationKind,
    string OrganisationName,
    string DisplayName,
    IReadOnlySet<Role> Roles)
{
    /// <summary>The account under which background work runs: a member of the clinic group that nobody can sign in as.</summary>
    public static readonly Guid SystemUserId = new("01900000-0000-7000-8000-000000000001");

    public bool Has(Role role) => Roles.Contains(role);

    /// <summary>Works for the clinic group and may read the referrals that it treats.</summary>
    public bool IsClinic => Has(Role.ClinicAdministrator) || Has(Role.Clinician) || Has(Role.ClinicManager);

    /// <summary>May refer for its organisation: its referrers, and its administrator, who stands in for them.</summary>
    public bool MayRefer => OrganisationKind is not (OrganisationKind.ClinicGroup or OrganisationKind.Funder)
                            && (Has(Role.Referrer) || Has(Role.OrganisationAdministrator));
}
