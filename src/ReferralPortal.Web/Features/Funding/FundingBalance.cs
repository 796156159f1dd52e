using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>An authority of one payer, added up from its ledger.</summary>
/// <param name="Id">Its id, and its first line's.</param>
/// <param name="Given">Who gave it, when and how.</param>
/// <param name="Sum">What it adds up to.</param>
public sealed record PayersAuthority(Guid Id, GivenAuthority Given, Authority Sum)
{
    public bool Stands => Sum.WithdrawnAt is null;

    /// <summary>Whether it pays for what is done on this day in London, as far as its last day goes.</summary>
    public bool Reaches(DateOnly day) => Stands && !(day > Sum.ExpiresOn);
}

/// <summary>How an authority came about.</summary>
/// <param name="Id">The authority.</param>
/// <param name="PayerOrganisationId">The payer, where it uses the portal.</param>
/// <param name="PayerName">The payer's name.</param>
/// <param name="Reference">What to quote to the payer.</param>
/// <param name="Modality">How treatment is given; null for any way.</param>
/// <param name="SessionPrice">What a session takes of an amount, in pounds; null where that was not agreed.</param>
/// <param name="GivenAt">When.</param>
/// <param name="GivenBy">The person at the payer; null where it came with the form.</param>
/// <param name="GivenHow">form, portal, phone, letter, email, link or contract.</param>
/// <param name="DocumentId">The letter, among the referral's documents.</param>
/// <param name="Version">Its version.</param>
public sealed record GivenAuthority(
    Guid Id, Guid? PayerOrganisationId, string PayerName, string? Reference, Coded<Modality>? Modality, decimal? SessionPrice, DateTimeOffset GivenAt, string? GivenBy, string GivenHow, Guid? DocumentId, int Version);

/// <summary>A line of a referral's ledger, as it is stored.</summary>
public sealed record LedgerLine(
    Guid? AuthorityId, Coded<AuthorityEntryKind> Kind, int? Sessions, decimal? Pounds, Coded<Modality>? Modality, DateOnly? ExpiresOn, DateTimeOffset? AppointmentAt, string? Words, DateTimeOffset At, string By)
{
    internal AuthorityEntry Entry => new(Kind, At, Sessions, Pounds, ExpiresOn);
}

/// <summary>
/// What is authorised for a referral, and what is used and booked of it, added up from the ledger: nothing of it is kept anywhere else. What was withdrawn
/// counts no more. Sessions and pounds are two limits, each null where no payer set one.
/// </summary>
/// <param name="Authorities">Every authority, the oldest first.</param>
/// <param name="Lines">The ledger, the oldest line first.</param>
/// <param name="Bookings">When the appointments are that stand and have not taken place, the next first.</param>
public sealed record FundingBalance(IReadOnlyList<PayersAuthority> Authorities, IReadOnlyList<LedgerLine> Lines, IReadOnlyList<DateTimeOffset> Bookings)
{
    /// <summary>Appointments that stand and have not taken place.</summary>
    public int Booked => Bookings.Count;

    /// <summary>Those of them that nothing pays for: after the last day that is covered, or more than are left.</summary>
    public IReadOnlyList<DateTimeOffset> BookedBeyond => [.. Bookings.Where((at, place) => Covered(place + 1, LondonTime.DateOf(at)) != Cover.Covered)];

    /// <summary>Sessions authorised in all; null where no authority that stands counts sessions.</summary>
    public int? SessionsAuthorised => Standing.Any(one => one.Sum.SessionsAuthorised is not null) ? Standing.Sum(one => one.Sum.SessionsAuthorised) : null;

    /// <summary>Sessions that took place or were charged, under whichever authority, and under none.</summary>
    public int SessionsUsed => Lines.Where(line => line.Kind == AuthorityEntryKind.Used).Sum(line => line.Sessions ?? 0);

    /// <summary>Those of them that no authority covered.</summary>
    public int SessionsUncovered => Lines.Where(line => line.Kind == AuthorityEntryKind.Used && line.AuthorityId is null).Sum(line => line.Sessions ?? 0);

    /// <summary>Sessions left, which may be below nothing; null without a limit. Nothing once all is withdrawn.</summary>
    public int? SessionsLeft => Withdrawn ? 0 : Standing.Count > 0 && Standing.All(one => one.Sum.SessionsAuthorised is not null) ? Standing.Sum(one => one.Sum.SessionsLeft) : null;

    /// <summary>Pounds authorised in all; null where no authority that stands counts them.</summary>
    public decimal? PoundsAuthorised => Standing.Any(one => one.Sum.PoundsAuthorised is not null) ? Standing.Sum(one => one.Sum.PoundsAuthorised) : null;

    /// <summary>Pounds used of what stands.</summary>
    public decimal PoundsUsed => Standing.Sum(one => one.Sum.PoundsUsed);

    /// <summary>Pounds left; null without a limit. Nothing once all is withdrawn.</summary>
    public decimal? PoundsLeft => Withdrawn ? 0 : Standing.Count > 0 && Standing.All(one => one.Sum.PoundsAuthorised is not null) ? Standing.Sum(one => one.Sum.PoundsLeft) : null;

    /// <summary>The last day that is covered; null without an end, and without an authority that stands.</summary>
    public DateOnly? ExpiresOn => Standing.Any(one => one.Sum.ExpiresOn is null) ? null : Standing.Max(one => one.Sum.ExpiresOn);

    /// <summary>There was an authority, and none stands.</summary>
    public bool Withdrawn => Authorities.Count > 0 && Standing.Count == 0;

    /// <summary>Sessions that can still be booked; null without a limit.</summary>
    public int? ToBook => SessionsLeft - Booked;

    /// <summary>Whether so many more than are booked are paid for, the last of them on this day. Where nothing was ever authorised, nothing stands in the way.</summary>
    public Cover Covers(int more, DateOnly last) => Covered(Booked + more, last);

    // So many that have not taken place, the last of them on this day.
    Cover Covered(int sessions, DateOnly last)
    {
        if (Authorities.Count == 0) return Cover.Covered;
        if (Withdrawn) return Cover.Withdrawn;
        var usable = Standing.Where(one => one.Reaches(last)).ToList();
        if (usable.Count == 0) return Cover.Expired;
        if (usable.All(one => one.Sum.SessionsAuthorised is not null) && sessions > usable.Sum(one => one.Sum.SessionsLeft)) return Cover.TooFewSessions;
        if (usable.Any(one => one.Sum.PoundsAuthorised is null)) return Cover.Covered;
        // Without an agreed price only an amount that is used up is known to be too little.
        var price = usable.Max(one => one.Given.SessionPrice);
        return usable.Sum(one => one.Sum.PoundsLeft) is var left && (price is null ? left <= 0 : sessions * price > left) ? Cover.TooLittleMoney : Cover.Covered;
    }

    /// <summary>Why this is more than is paid for, in a sentence; null when it is paid for.</summary>
    public string? Beyond(int more, DateOnly last) => Covers(more, last) switch
    {
        Cover.Covered => null,
        Cover.Withdrawn => "The payer has withdrawn its authority: nothing of this is paid for.",
        Cover.Expired => $"The authority ends on {Formats.Date(ExpiresOn!.Value)}, before {(more == 1 ? "this" : "the last of these")}.",
        Cover.TooLittleMoney => $"Of the amount that is authorised {Formats.Money(Math.Max(0, PoundsLeft ?? 0))} is left, which does not pay for this.",
        _ => $"This is {Math.Min(more, Booked + more - Math.Max(0, Standing.Where(one => one.Reaches(last)).Sum(one => one.Sum.SessionsLeft ?? 0)))} more than is authorised.",
    };

    /// <summary>
    /// The same for a booking that is moved: whether anything pays for it at its new time, as the one after those that come before it. How many are booked stays as it is, so that
    /// nothing is said of others, further on, that are not paid for.
    /// </summary>
    public string? BeyondMoved(DateTimeOffset from, DateTimeOffset to)
    {
        var others = Bookings.ToList();
        others.Remove(from);
        return (this with { Bookings = [.. others.Where(at => at < to)] }).Beyond(1, LondonTime.DateOf(to));
    }

    /// <summary>The ways of treatment that are authorised on this day; null where any is, and where no authority reaches it.</summary>
    public IReadOnlyList<Modality>? Ways(DateOnly day) => WaysOf(Standing.Where(one => one.Reaches(day)));

    IReadOnlyList<Modality>? WaysOf(IEnumerable<PayersAuthority> authorities)
    {
        var ids = authorities.Select(one => (Guid?)one.Id).ToList();
        // What only moves the last day authorises no way of its own.
        var ways = Lines.Where(line => ids.Contains(line.AuthorityId) && (line.Kind == AuthorityEntryKind.Authorised || line.Kind == AuthorityEntryKind.Extended && (line.Sessions ?? line.Pounds) > 0))
            .Select(line => line.Modality?.Value).Distinct().ToList();
        return ways.Count == 0 || ways.Contains(null) ? null : [.. ways.OfType<Modality>().Order()];
    }

    /// <summary>How it stands, in a sentence or two.</summary>
    public string Words => this switch
    {
        { Authorities.Count: 0 } => "No authority is recorded for this referral.",
        { Withdrawn: true } => "The payer has withdrawn its authority.",
        { SessionsLeft: null } => Sentences("The payer has set no number of sessions."),
        _ => Sentences($"{Math.Max(0, ToBook ?? 0)} of {SessionsAuthorised} authorised sessions can still be booked: {SessionsAuthorised - SessionsLeft} used, {Booked} booked."),
    };

    string Sentences(string first) => string.Join(' ', new[] { first, Until, FundingWords.Only(WaysOf(Standing)) }.Where(one => one.Length > 0));

    string Until => ExpiresOn is { } day ? $"The authority ends on {Formats.Date(day)}." : "";

    IReadOnlyList<PayersAuthority> Standing => [.. Authorities.Where(one => one.Stands)];

    /// <summary>Reads it. That the unit's person may see the referral's funding is for the caller to check; row-level security gives another organisation nothing.</summary>
    public static async Task<FundingBalance> Read(PortalUnit unit, Guid referralId)
    {
        await using var sets = await unit.Results(Rows, new { referralId });
        var given = (await sets.ReadAsync<GivenAuthority>()).ToList();
        var lines = (await sets.ReadAsync<LedgerLine>()).ToList();
        var booked = (await sets.ReadAsync<DateTimeOffset>()).ToList();
        return new FundingBalance([.. given.Select(one => new PayersAuthority(one.Id, one, Authority.From(lines.Where(line => line.AuthorityId == one.Id).Select(line => line.Entry))))], lines, booked);
    }

    const string Rows = """
        select id, payer_organisation_id, payer_name, reference, modality, session_price, given_at, given_by, given_how, document_id, version
        from funding_authority where referral_id = @referralId order by given_at, id;

        select line.authority_id, line.kind, line.sessions, line.pounds, line.modality, line.expires_on, appointment.starts_at as appointment_at, line.words, line.at,
               coalesce(person.display_name || ', ' || organisation.name, organisation.name) as by
        from authority_entry line
        join organisation on organisation.id = line.by_organisation_id
        left join portal_user person on person.id = line.by_id
        left join appointment on appointment.id = line.appointment_id
        where line.referral_id = @referralId
        order by line.sequence;

        select starts_at from appointment where referral_id = @referralId and state = 'booked' order by starts_at, id;
        """;
}
