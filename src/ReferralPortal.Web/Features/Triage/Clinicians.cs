using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>A person of the treating clinic to whom patients can be given.</summary>
public sealed record ListedClinician(Guid Id, string Name, string? JobTitle);

/// <summary>The clinic group's clinicians who may use the portal now.</summary>
public static class Clinicians
{
    /// <summary>All of them, by name.</summary>
    public static Task<List<ListedClinician>> WorkingClinicians(this PortalUnit unit) => unit.Many<ListedClinician>(All, new { unit.Actor.OrganisationId });

    /// <summary>Whether an account is one of them.</summary>
    public static Task<bool> IsClinician(this PortalUnit unit, Guid person) => unit.One<bool>(One, new { person, unit.Actor.OrganisationId });

    const string Working = "organisation_id = @organisationId and 'clinician' = any (roles) and disabled_at is null";

    const string All = $"select id, display_name as name, job_title from portal_user where {Working} order by display_name, id";

    const string One = $"select exists (select from portal_user where id = @person and {Working})";
}
