namespace ReferralPortal.Domain.Progress;

/// <summary>Which way a score goes when the patient gets better.</summary>
public enum Direction
{
    /// <summary>A lower score is better.</summary>
    Lower,
    /// <summary>A higher score is better.</summary>
    Higher,
    /// <summary>There is no single score to compare.</summary>
    None,
}
