namespace ReferralPortal.Domain.Funding;

/// <summary>How treatment is given, where a payer authorises one way and not another.</summary>
public enum Modality
{
    /// <summary>At a clinic.</summary>
    InClinic,
    /// <summary>By telephone or video.</summary>
    Remote,
    /// <summary>In the water.</summary>
    Hydrotherapy,
}
