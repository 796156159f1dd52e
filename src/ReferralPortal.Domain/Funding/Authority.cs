namespace ReferralPortal.Domain.Funding;

/// <summary>Whether an authority pays for what is planned, and if not, why.</summary>
public enum Cover
{
    /// <summary>It pays.</summary>
    Covered,
    /// <summary>The payer took it back.</summary>
    Withdrawn,
    /// <summary>The day lies after its last day.</summary>
    Expired,
    /// <summary>Fewer sessions are left.</summary>
    TooFewSessions,
    /// <summary>Less money is left.</summary>
    TooLittleMoney,
}

/// <summary>
/// What a payer has authorised and what is left of it, added up from its ledger. Sessions and pounds are two limits, each null where the payer sets none;
/// both hold where both are set. More may be used than was authorised: the balance is then below nothing, and shown so.
/// </summary>
/// <param name="SessionsAuthorised">Sessions authorised in all.</param>
/// <param name="PoundsAuthorised">Pounds authorised in all.</param>
/// <param name="SessionsUsed">Sessions used.</param>
/// <param name="PoundsUsed">Pounds used.</param>
/// <param name="ExpiresOn">The last day covered; null without an end.</param>
/// <param name="WithdrawnAt">When the payer took it back; null while it stands.</param>
public sealed record Authority(int? SessionsAuthorised, decimal? PoundsAuthorised, int SessionsUsed, decimal PoundsUsed, DateOnly? ExpiresOn, DateTimeOffset? WithdrawnAt)
{
    /// <summary>Sessions left; null without a limit; nothing once withdrawn.</summary>
    public int? SessionsLeft => Left(SessionsAuthorised - SessionsUsed);

    /// <summary>Pounds left; null without a limit; nothing once withdrawn.</summary>
    public decimal? PoundsLeft => Left(PoundsAuthorised - PoundsUsed);

    /// <summary>Adds up a ledger, in the order of its lines.</summary>
    /// <exception cref="ArgumentException">The ledger does not begin with an authority, adds to a withdrawn one, or counts below nothing.</exception>
    public static Authority From(IEnumerable<AuthorityEntry> ledger)
    {
        Authority? authority = null;
        foreach (var entry in ledger)
        {
            if (entry.Kind != AuthorityEntryKind.Used && (entry.Sessions < 0 || entry.Pounds < 0)) throw new ArgumentException("Only a use is taken back by a line below nothing.", nameof(ledger));
            authority = entry.Kind switch
            {
                AuthorityEntryKind.Authorised when authority is null => new Authority(entry.Sessions, entry.Pounds, 0, 0, entry.ExpiresOn, null),
                AuthorityEntryKind.Extended when authority is { WithdrawnAt: null } => authority.Extend(entry),
                AuthorityEntryKind.Used when authority is not null => authority with
                {
                    SessionsUsed = authority.SessionsUsed + (entry.Sessions ?? 0),
                    PoundsUsed = authority.PoundsUsed + (entry.Pounds ?? 0),
                },
                AuthorityEntryKind.Withdrawn when authority is not null => authority with { WithdrawnAt = authority.WithdrawnAt ?? entry.At },
                _ => throw new ArgumentException($"'{entry.Kind}' has no place here in the ledger.", nameof(ledger)),
            };
            if (authority.SessionsUsed < 0 || authority.PoundsUsed < 0) throw new ArgumentException("More was taken back than was used.", nameof(ledger));
        }
        return authority ?? throw new ArgumentException("The ledger is empty.", nameof(ledger));
    }

    /// <summary>Whether it pays for this on a day in London. A limit that the payer has not set does not stand in the way.</summary>
    /// <param name="sessions">Sessions planned.</param>
    /// <param name="pounds">Their price.</param>
    /// <param name="on">The day of the last of them.</param>
    public Cover Covers(int sessions, decimal pounds, DateOnly on) =>
        WithdrawnAt is not null ? Cover.Withdrawn
        : on > ExpiresOn ? Cover.Expired
        : sessions > SessionsLeft ? Cover.TooFewSessions
        : pounds > PoundsLeft ? Cover.TooLittleMoney
        : Cover.Covered;

    Authority Extend(AuthorityEntry entry) => this with
    {
        // A limit that an extension is the first to set counts from what had been used by then.
        SessionsAuthorised = entry.Sessions is { } sessions ? (SessionsAuthorised ?? SessionsUsed) + sessions : SessionsAuthorised,
        PoundsAuthorised = entry.Pounds is { } pounds ? (PoundsAuthorised ?? PoundsUsed) + pounds : PoundsAuthorised,
        ExpiresOn = entry.ExpiresOn ?? ExpiresOn,
    };

    int? Left(int? balance) => WithdrawnAt is null ? balance : Math.Min(balance ?? 0, 0);

    decimal? Left(decimal? balance) => WithdrawnAt is null ? balance : Math.Min(balance ?? 0, 0);
}
