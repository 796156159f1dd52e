namespace ReferralPortal.Domain.Funding;

/// <summary>What happened to a payer's authority.</summary>
public enum AuthorityEntryKind
{
    /// <summary>The payer authorised treatment; the first entry.</summary>
    Authorised,
    /// <summary>The payer authorised more, or for longer.</summary>
    Extended,
    /// <summary>Treatment was given under it; below nothing where that was recorded by mistake and is taken back.</summary>
    Used,
    /// <summary>The payer took it back; nothing more is covered.</summary>
    Withdrawn,
}

/// <summary>One line of an authority's ledger. Lines are added, never changed: a mistake is put right by another line.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="Sessions">Sessions authorised or used; null where the payer counts none.</param>
/// <param name="Pounds">Pounds authorised or used; null where the payer counts none.</param>
/// <param name="ExpiresOn">The last day covered, where the entry sets one; an extension without one leaves it as it was.</param>
public sealed record AuthorityEntry(AuthorityEntryKind Kind, DateTimeOffset At, int? Sessions = null, decimal? Pounds = null, DateOnly? ExpiresOn = null);
