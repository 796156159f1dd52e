namespace ReferralPortal.Domain.Organisations;

/// <summary>What an account may do in the portal. An account may hold several.</summary>
public enum Role
{
    /// <summary>Refers patients for its organisation and follows them.</summary>
    Referrer,
    /// <summary>Looks after its own organisation's people and defaults, and stands in for its referrers.</summary>
    OrganisationAdministrator,
    /// <summary>Answers requests for funding.</summary>
    Funder,
    /// <summary>Triages referrals and books appointments.</summary>
    ClinicAdministrator,
    /// <summary>Assesses, treats and reports.</summary>
    Clinician,
    /// <summary>Runs organisations, users, settings and the catalogue.</summary>
    ClinicManager,
    /// <summary>Reads the audit trail and nothing else.</summary>
    Auditor,
    /// <summary>The portal's own background work; nobody signs in with it.</summary>
    System,
}
