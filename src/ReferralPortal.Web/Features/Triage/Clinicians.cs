using ReferralPortal.Web.Features.People;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>A person of the treating clinic to whom patients can be given.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">As it is shown.</param>
/// <param name="JobTitle">If it is known.</param>
/// <param name="Clinics">Where the person works; none while no working week is kept.</param>
public sealed record ListedClinician(Guid Id, string Name, string? JobTitle, Guid[] Clinics)
{
    /// <summary>Whether there will be times to book.</summary>
    public bool WorksAt(Guid clinic) => Clinics.Contains(clinic);
}

/// <summary>The clinic group's clinicians who may use the portal now.</summary>
public static class Clinicians
{
    /// <summary>All of them, by name.</summary>
    public static Task<List<ListedClinician>> WorkingClinicians(this PortalUnit unit) => unit.Many<ListedClinician>(All, new { unit.Actor.OrganisationId });

    /// <summary>Whether an account is one of them.</summary>
    public static Task<bool> IsClinician(this PortalUnit unit, Guid person) => unit.One<bool>(One, new { person, unit.Actor.OrganisationId });

    const string Working = "organisation_id = @organisationId and 'clinician' = any (roles) and disabled_at is null";

    const string All = $"select id, display_name as name, job_title, {Workplaces.Of} as clinics from portal_user where {Working} order by display_name, id";

    const string One = $"select exists (select from portal_user where id = @person and {Working})";
}
