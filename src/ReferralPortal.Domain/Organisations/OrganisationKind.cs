namespace ReferralPortal.Domain.Organisations;

/// <summary>What an organisation is to the clinic group; it decides which parts its referral form has.</summary>
public enum OrganisationKind
{
    /// <summary>A firm that acts for injured clients.</summary>
    Solicitor,
    /// <summary>Plans and oversees a client's rehabilitation.</summary>
    CaseManager,
    /// <summary>A rehabilitation agency that refers for somebody else.</summary>
    Intermediary,
    /// <summary>A practice, hospital or other health body.</summary>
    HealthOrganisation,
    /// <summary>An employer or its occupational-health service.</summary>
    Employer,
    /// <summary>An insurer or compensator that pays.</summary>
    Funder,
    /// <summary>The clinic group that runs the portal; there is one.</summary>
    ClinicGroup,
}
