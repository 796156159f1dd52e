using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals;

/// <summary>
/// Who reads referrals at all: everybody whom a role brings to them. An auditor reads the audit trail and nothing else, so an account
/// with that role alone is nobody here. The database says the same by itself (<c>portal.reader()</c>).
/// </summary>
public static class ReferralReaders
{
    static readonly Role[] Readers = [Role.Referrer, Role.OrganisationAdministrator, Role.Funder, Role.ClinicAdministrator, Role.Clinician, Role.ClinicManager];

    /// <summary>The same roles for the pages' <c>[Authorize]</c>.</summary>
    public const string Roles = "referrer,organisation_administrator,funder,clinic_administrator,clinician,clinic_manager";

    /// <summary>Whether the person may read referrals to which its organisation is a party.</summary>
    public static bool ReadsReferrals(this Actor actor) => Readers.Any(actor.Has);
}
