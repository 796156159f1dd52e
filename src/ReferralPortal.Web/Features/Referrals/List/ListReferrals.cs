using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.List;

/// <summary>
/// One referral in a list. <paramref name="DueAt"/> is null when nothing is due; <paramref name="RedFlag"/> is a safety answer that no
/// clinician has cleared, and null also for a reader who does not see safety answers.
/// </summary>
public sealed record ListedReferral(
    Guid Id,
    string Reference,
    string PatientName,
    DateOnly DateOfBirth,
    ReferralState State,
    Priority Priority,
    string ReferringOrganisation,
    string? ClaimReference,
    DateTimeOffset? DueAt,
    DateTimeOffset? PausedAt,
    DateOnly? WaitsUntil,
    RedFlagTier? RedFlag,
    DateTimeOffset SubmittedAt,
    DateTimeOffset StateSince,
    int Version)
{
    /// <summary>Behind this referral the next page begins.</summary>
    public PagePlace Place => new(SubmittedAt, Id);
}

/// <summary>
/// The referrals to which the actor's organisation is a party, a page at a time, newest first. Searching goes through the database's
/// own search function, which carries its own check of the party.
/// </summary>
public sealed class ListReferrals(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 25;

    /// <summary>Counting stops here; more is shown as "500+". Every state is counted beside every page.</summary>
    public const int CountLimit = 500;

    /// <summary>The most that a search finds; it asks for a narrower one beyond.</summary>
    public const int SearchLimit = 200;

    /// <summary>
    /// One page. <paramref name="Next"/> is where the next one begins, null on the last. <paramref name="Counts"/> are referrals by state whatever
    /// the filter, where <see cref="CountLimit"/> + 1 stands for more; <paramref name="Waiting"/> of them wait for the reader. <paramref name="TooShort"/>: too little was typed to search for;
    /// <paramref name="CutOff"/>: the search found more than it looks through.
    /// </summary>
    public sealed record Page(IReadOnlyList<ListedReferral> Rows, PagePlace? Next, IReadOnlyDictionary<ReferralState, int> Counts, bool TooShort = false, bool CutOff = false, int Waiting = 0)
    {
        public static readonly Page Empty = new([], null, new Dictionary<ReferralState, int>());

        /// <summary>All of them, as far as they were counted.</summary>
        public int Total => Counts.Values.Sum();
    }

    /// <summary>One page of the list. It is audited, a search without the words that were typed.</summary>
    public async Task<Page> Handle(Actor actor, ReferralFilter filter, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Page.Empty;

        var terms = filter.IsSearch ? SearchTerms.Of(filter.Search) : [];
        var tooShort = filter.IsSearch && terms.Length == 0;

        return await database.View(actor, async unit =>
        {
            var asked = Asked(actor, filter, PageSize + 1);
            await using var sets = await unit.Results(Counts + CountWaiting + Rows(filter), asked);
            var counts = (await sets.ReadAsync<StateCount>()).ToDictionary(count => count.State.Value, count => count.Referrals);
            var waiting = await sets.ReadSingleAsync<int>();
            var found = (await sets.ReadAsync<Row>()).ToList();

            if (filter.IsSearch) unit.Audit(AuditAction.SearchReferrals, detail: new { found = found.Count });
            else unit.Audit(AuditAction.ListReferrals);

            var rows = found.Take(PageSize).Select(row => row.ForReader(actor)).ToList();
            var next = found.Count > PageSize ? rows[^1].Place : (PagePlace?)null;
            return new Page(rows, next, counts, tooShort, CutOff: filter.IsSearch && found.Any(row => row.SearchHits >= SearchLimit), waiting);
        }, ct);
    }

    /// <summary>
    /// At most <paramref name="most"/> of the list's rows behind its place, for a file. Each stretch is audited, with how many rows it gave out.
    /// </summary>
    public async Task<IReadOnlyList<ListedReferral>> Stretch(Actor actor, ReferralFilter filter, int most, CancellationToken ct)
    {
        if (!actor.ReadsReferrals() || filter.IsSearch && SearchTerms.Of(filter.Search).Length == 0) return [];

        return await database.View(actor, async unit =>
        {
            var rows = await unit.Many<Row>(Rows(filter), Asked(actor, filter, most));
            unit.Audit(AuditAction.ExportReferrals, detail: new { rows = rows.Count });
            return rows.ConvertAll(row => row.ForReader(actor));
        }, ct);
    }

    static object Asked(Actor actor, ReferralFilter filter, int rows) => new
    {
        organisationId = actor.OrganisationId,
        person = actor.UserId,
        refers = actor.MayRefer,
        states = (filter.States.Count > 0 ? filter.States : ReferralFilter.AllStates).Select(state => EnumText.Of(state)).ToArray(),
        allStates = ReferralFilter.AllStates.Select(state => EnumText.Of(state)).ToArray(),
        priority = filter.Priority is { } priority ? EnumText.Of(priority) : null,
        afterAt = filter.After?.SubmittedAt,
        afterId = filter.After?.Id,
        terms = filter.IsSearch ? SearchTerms.Of(filter.Search) : [],
        searchLimit = SearchLimit,
        countLimit = CountLimit + 1,
        rows,
    };

    /// <summary>Reads some referrals again, after a notice that they changed: for rows that are on the screen, by their ids.</summary>
    public async Task<IReadOnlyList<ListedReferral>> Again(Actor actor, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (!actor.ReadsReferrals() || ids.Count == 0) return [];

        return await database.View(actor, async unit =>
        {
            var rows = await unit.Many<Row>(ById, new { organisationId = actor.OrganisationId, ids = ids.ToArray() });
            if (rows.Count > 0) unit.Audit(AuditAction.ListReferrals, detail: new { refreshed = rows.Count });
            return rows.ConvertAll(row => row.ForReader(actor));
        }, ct);
    }

    sealed record StateCount(Coded<ReferralState> State, int Referrals);

    sealed record Row(
        Guid Id, string Reference, string GivenName, string FamilyName, DateOnly DateOfBirth, Coded<ReferralState> State, Coded<Priority> Priority,
        string ReferringOrganisation, string? ClaimReference, DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt, DateOnly? ClockWaitsUntil, Coded<RedFlagTier>? RedFlag,
        DateTimeOffset SubmittedAt, DateTimeOffset StateSince, int Version, string[] MyRoles, int SearchHits)
    {
        public ListedReferral ForReader(Actor actor)
        {
            var sight = PartySight.Of(MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind);
            return new ListedReferral(
                Id, Reference, $"{GivenName} {FamilyName}", DateOfBirth, State, Priority, ReferringOrganisation,
                sight.HasFlag(Sight.Claim) ? ClaimReference : null,
                DueAt, ClockPausedAt, ClockWaitsUntil,
                sight.HasFlag(Sight.Safety) ? RedFlag?.Value : null,
                SubmittedAt, StateSince, Version);
        }
    }

    static string Rows(ReferralFilter filter) => (filter, filter.IsSearch) switch
    {
        (_, true) => Found + Columns + Order(filter),
        ({ Waiting: true }, _) => ByTurn(filter) + Columns + Order(filter),
        _ => ByState(filter) + Columns + Order(filter),
    };

    const string Counts = """
        select wanted.state, (
            select count(*) from (
                select distinct party.submitted_at, party.referral_id from referral_party party
                where party.organisation_id = @organisationId and party.state = wanted.state
                limit @countLimit) counted)::int as referrals
        from unnest(@allStates) wanted (state);

        """;

    const string CountWaiting = $"""
        select count(*)::int from (select distinct waiting.referral_id from ({WaitingSql.Rows}) waiting limit @countLimit) counted;

        """;

    static string ByTurn(ReferralFilter filter)
    {
        var (beyond, order) = filter.OldestFirst ? (">", "asc") : ("<", "desc");
        var place = filter.After is null ? "" : $"and (waiting.submitted_at, waiting.referral_id) {beyond} (@afterAt, @afterId)";
        return $"""
            with page as (
                select distinct waiting.referral_id, waiting.submitted_at, 0 as search_hits
                from ({WaitingSql.Rows}) waiting
                join referral wanted on wanted.id = waiting.referral_id and wanted.state = any (@states) and (@priority::text is null or wanted.priority = @priority)
                where true {place}
                order by waiting.submitted_at {order}, waiting.referral_id {order}
                limit @rows)

            """;
    }

    // Each state is one range of the index, already in order, and gives no more rows than a page has; an organisation that is a party
    // twice over has two entries side by side, which `distinct` folds into one as they come.
    static string ByState(ReferralFilter filter)
    {
        var (beyond, order) = filter.OldestFirst ? (">", "asc") : ("<", "desc");
        var place = filter.After is null ? "" : $"and (party.submitted_at, party.referral_id) {beyond} (@afterAt, @afterId)";
        var priority = filter.Priority is null ? "" : "and exists (select from referral wanted where wanted.id = party.referral_id and wanted.priority = @priority)";
        return $"""
            with page as (
                select mine.referral_id, mine.submitted_at, 0 as search_hits
                from unnest(@states) wanted (state)
                cross join lateral (
                    select distinct party.submitted_at, party.referral_id
                    from referral_party party
                    where party.organisation_id = @organisationId and party.state = wanted.state
                        {place}
                        {priority}
                    order by party.submitted_at {order}, party.referral_id {order}
                    limit @rows) mine
                order by mine.submitted_at {order}, mine.referral_id {order}
                limit @rows)

            """;
    }

    // The function is given nothing but the terms: it asks the database itself who is searching.
    const string Found = """
        with hit as materialized (
            select found.referral_id, found.submitted_at, count(*) over ()::int as search_hits
            from portal.search_referrals(@terms, @searchLimit) found),
        page as (
            select hit.* from hit)

        """;

    const string Columns = """
        select referral.id, referral.reference, patient.given_name, patient.family_name, patient.date_of_birth, referral.state, referral.priority,
               sender.name as referring_organisation, referral.claim_reference, referral.due_at, referral.clock_paused_at, referral.clock_waits_until,
               case when referral.red_flag_cleared_at is null then referral.red_flag_tier end as red_flag,
               referral.submitted_at, referral.state_since, referral.version, mine.my_roles, page.search_hits
        from page
        join referral on referral.id = page.referral_id
        join patient on patient.id = referral.patient_id
        join organisation sender on sender.id = referral.referring_organisation_id
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = referral.id and party.organisation_id = @organisationId) mine
        where mine.my_roles is not null

        """;

    static string Order(ReferralFilter filter)
    {
        var (beyond, order) = filter.OldestFirst ? (">", "asc") : ("<", "desc");
        var place = filter.IsSearch && filter.After is not null ? $"and (referral.submitted_at, referral.id) {beyond} (@afterAt, @afterId)" : "";
        var narrowed = filter.IsSearch ? "and referral.state = any (@states) and (@priority::text is null or referral.priority = @priority)" : "";
        return $"""
            {narrowed} {place}
            order by referral.submitted_at {order}, referral.id {order}
            limit @rows
            """;
    }

    const string ById = """
        with page as (select id as referral_id, 0 as search_hits from unnest(@ids) wanted (id))

        """ + Columns;
}
