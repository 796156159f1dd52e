using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>One referral in the triage queue. <paramref name="ClaimedBy"/> is the clinic administrator who has it.</summary>
public sealed record QueuedReferral(
    Guid Id,
    string Reference,
    string GivenName,
    string FamilyName,
    Coded<ReferralState> State,
    Coded<Priority> Priority,
    string ReferringOrganisation,
    string? Condition,
    Guid? ClaimedById,
    string? ClaimedBy,
    Coded<RedFlagTier>? RedFlag,
    DateTimeOffset? AlertAcknowledgedAt,
    int AlertReminders,
    DateTimeOffset? DueAt,
    DateTimeOffset? ClockPausedAt,
    DateTimeOffset SubmittedAt,
    int Version)
{
    public string PatientName => $"{GivenName} {FamilyName}";

    /// <summary>Behind this referral the next page begins.</summary>
    public QueuePlace Place(QueueFilter filter) => new(filter.ByReceived ? SubmittedAt : DueAt, Id);

    /// <summary>Whether it belongs under a tab of somebody's queue now: for rows that were read again after a notice.</summary>
    public bool BelongsTo(QueueTab tab, Guid reader, DateTimeOffset now)
    {
        var routine = RedFlag?.Value != RedFlagTier.Emergency;
        return tab switch
        {
            QueueTab.Alerts => State.Value.IsInQueue() && RedFlag is not null,
            QueueTab.New => routine && State == ReferralState.Submitted,
            QueueTab.InTriage => routine && State == ReferralState.InTriage,
            QueueTab.Mine => routine && State.Value.IsInQueue() && ClaimedById == reader,
            QueueTab.Waiting => routine && State == ReferralState.InformationRequested,
            QueueTab.ToBook => routine && State == ReferralState.Accepted,
            QueueTab.ToRebook => State == ReferralState.AppointmentBooked && DueAt is not null,
            QueueTab.Overdue => State.Value.IsInQueue() && ClockPausedAt is null && DueAt < now,
            _ => State.Value.IsInQueue(),
        };
    }
}

/// <summary>
/// The clinic's work before the first appointment, a page at a time: what is due first stands first. For the treating clinic's people.
/// </summary>
public sealed class ListQueue(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 25;

    /// <summary>Counting stops here; more is shown as "1,000+".</summary>
    public const int CountLimit = 1000;

    /// <summary>
    /// One page. <paramref name="Next"/> is where the next one begins, null on the last. <paramref name="Counts"/> are those of the tabs whatever
    /// else is filtered, where <see cref="CountLimit"/> + 1 stands for more. <paramref name="TooShort"/>: too little was typed to search for.
    /// </summary>
    public sealed record Page(IReadOnlyList<QueuedReferral> Rows, QueuePlace? Next, IReadOnlyDictionary<QueueTab, int> Counts, DateTimeOffset ReadAt, bool TooShort = false);

    /// <summary>One page of the queue, and the counts of all its tabs.</summary>
    public async Task<Outcome<Page>> Handle(Actor actor, QueueFilter filter, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Refused("The triage queue is for the clinic's own people.");

        var terms = filter.IsSearch ? SearchTerms.Of(filter.Search) : [];
        return await database.View(actor, async unit =>
        {
            await using var sets = await unit.Results(Counts + ";\n" + Rows(filter), Asked(unit, filter, terms));
            var counts = (await sets.ReadSingleAsync<TabCounts>()).ByTab;
            var found = (await sets.ReadAsync<QueuedReferral>()).ToList();
            unit.Audit(filter.IsSearch ? AuditAction.SearchReferrals : AuditAction.ListReferrals, detail: new { list = "triage" });

            var rows = found.Take(PageSize).ToList();
            var next = found.Count > PageSize ? rows[^1].Place(filter) : (QueuePlace?)null;
            return Outcome.Done(new Page(rows, next, counts, unit.Now, TooShort: filter.IsSearch && terms.Length == 0));
        }, ct);
    }

    /// <summary>What a page that is open needs after a notice: the counts, and its own rows as they stand now, wherever they belong.</summary>
    public sealed record Refreshed(IReadOnlyList<QueuedReferral> Rows, IReadOnlyDictionary<QueueTab, int> Counts, DateTimeOffset ReadAt);

    /// <summary>Reads the counts and some rows again.</summary>
    public async Task<Outcome<Refreshed>> Again(Actor actor, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Refused("The triage queue is for the clinic's own people.");

        return await database.View(actor, async unit =>
        {
            await using var sets = await unit.Results(
                Counts + ";\nwith page as (select id as referral_id from unnest(@ids) wanted (id))\n" + Columns,
                new { organisationId = actor.OrganisationId, me = actor.UserId, now = unit.Now, countLimit = CountLimit + 1, ids = ids.ToArray() });
            var counts = (await sets.ReadSingleAsync<TabCounts>()).ByTab;
            var rows = (await sets.ReadAsync<QueuedReferral>()).ToList();
            if (rows.Count > 0) unit.Audit(AuditAction.ListReferrals, detail: new { list = "triage", refreshed = rows.Count });
            return Outcome.Done(new Refreshed(rows, counts, unit.Now));
        }, ct);
    }

    /// <summary>What the reader should take next: the first alert, else the first due that nobody else has claimed. Null when the queue is done.</summary>
    public async Task<string?> Next(Actor actor, Guid after, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return null;
        return await database.Read(actor, unit => unit.One<string>(NextOne, new { organisationId = actor.OrganisationId, me = actor.UserId, after }), ct);
    }

    static object Asked(PortalUnit unit, QueueFilter filter, string[] terms) => new
    {
        organisationId = unit.Actor.OrganisationId,
        me = unit.Actor.UserId,
        now = unit.Now,
        countLimit = CountLimit + 1,
        sender = filter.Organisation,
        priority = filter.Priority is { } priority ? Domain.EnumText.Of(priority) : null,
        terms,
        searchLimit = ListReferrals.SearchLimit,
        afterAt = filter.After?.At,
        afterId = filter.After?.Id,
        rows = PageSize + 1,
    };

    sealed record TabCounts(int Alerts, int Fresh, int InTriage, int Mine, int Waiting, int ToBook, int ToRebook, int Overdue, int AllOpen)
    {
        public IReadOnlyDictionary<QueueTab, int> ByTab => new Dictionary<QueueTab, int>
        {
            [QueueTab.Alerts] = Alerts, [QueueTab.New] = Fresh, [QueueTab.InTriage] = InTriage, [QueueTab.Mine] = Mine, [QueueTab.Waiting] = Waiting,
            [QueueTab.ToBook] = ToBook, [QueueTab.ToRebook] = ToRebook, [QueueTab.Overdue] = Overdue, [QueueTab.AllOpen] = AllOpen,
        };
    }

    // Open in triage: written out as the partial indexes of the queue have it, so that the planner can use them.
    const string Open = "r.state in ('submitted', 'in_triage', 'information_requested', 'accepted')";

    // The reader's own party and role, whatever row-level security says besides.
    const string Readable = "@organisationId = any (r.readers) and portal.is_clinic() and @organisationId = portal.clinic_group()";

    // An emergency is never routine work.
    const string Routine = "(r.red_flag_tier is distinct from 'emergency' or r.red_flag_cleared_at is not null)";

    static string Where(QueueTab tab) => tab switch
    {
        QueueTab.Alerts => $"{Open} and r.red_flag_tier is not null and r.red_flag_cleared_at is null",
        QueueTab.New => $"{Open} and r.state = 'submitted' and {Routine}",
        QueueTab.InTriage => $"{Open} and r.state = 'in_triage' and {Routine}",
        QueueTab.Mine => $"{Open} and r.triage_owner_id = @me and {Routine}",
        QueueTab.Waiting => $"{Open} and r.state = 'information_requested' and {Routine}",
        QueueTab.ToBook => $"{Open} and r.state = 'accepted' and {Routine}",
        QueueTab.ToRebook => "r.state = 'appointment_booked' and r.due_at is not null",
        QueueTab.Overdue => $"{Open} and r.due_at < @now and r.clock_paused_at is null",
        _ => Open,
    };

    static string Capped(QueueTab tab, string name) =>
        $"(select count(*) from (select from referral r where {Where(tab)} and {Readable} limit @countLimit) counted)::int as {name}";

    // All tabs in one statement; each looks at no more rows than it may count.
    static readonly string Counts = $"""
        select {Capped(QueueTab.Alerts, "alerts")},
               {Capped(QueueTab.New, "fresh")},
               {Capped(QueueTab.InTriage, "in_triage")},
               {Capped(QueueTab.Mine, "mine")},
               {Capped(QueueTab.Waiting, "waiting")},
               {Capped(QueueTab.ToBook, "to_book")},
               {Capped(QueueTab.ToRebook, "to_rebook")},
               {Capped(QueueTab.Overdue, "overdue")},
               {Capped(QueueTab.AllOpen, "all_open")}
        """;

    static string Rows(QueueFilter filter)
    {
        var narrowed = $"""
            {Where(filter.Tab)} and {Readable}
                    {(filter.Organisation is null ? "" : "and r.referring_organisation_id = @sender")}
                    {(filter.Priority is null ? "" : "and r.priority = @priority")}
                    {(filter.IsSearch ? "and r.id in (select found.referral_id from portal.search_referrals(@terms, @searchLimit) found)" : "")}
            """;
        return filter.ByReceived ? $"""
            with page as (
                select r.id as referral_id from referral r
                where {narrowed}
                    {(filter.After is null ? "" : "and (r.submitted_at, r.id) > (@afterAt, @afterId)")}
                order by r.submitted_at, r.id
                limit @rows)
            {Columns}
            order by r.submitted_at, r.id
            """ : $"""
            with due as (
                select r.id as referral_id, r.due_at from referral r
                where {narrowed} and r.due_at is not null
                    {(filter.After switch { null => "", { At: null } => "and false", _ => "and (r.due_at, r.id) > (@afterAt, @afterId)" })}
                order by r.due_at, r.id
                limit @rows),
            -- Nothing is due of these; they stand last, so that they are not lost.
            undated as (
                select r.id as referral_id, r.due_at from referral r
                where {narrowed} and r.due_at is null
                    {(filter.After is { At: null } ? "and r.id > @afterId" : "")}
                order by r.id
                limit @rows),
            page as (
                select * from (select * from due union all select * from undated) merged
                order by due_at, referral_id
                limit @rows)
            {Columns}
            order by r.due_at, r.id
            """;
    }

    const string Columns = $"""
        select r.id, r.reference, patient.given_name, patient.family_name, r.state, r.priority, sender.name as referring_organisation,
               coalesce(condition.name, detail.presenting_condition) as condition, r.triage_owner_id as claimed_by_id, owner.display_name as claimed_by,
               case when r.red_flag_cleared_at is null then r.red_flag_tier end as red_flag, r.alert_acknowledged_at, r.alert_reminders,
               r.due_at, r.clock_paused_at, r.submitted_at, r.version
        from page
        join referral r on r.id = page.referral_id
        join patient on patient.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        join referral_detail detail on detail.referral_id = r.id
        left join condition on condition.slug = r.condition_slug
        left join portal_user owner on owner.id = r.triage_owner_id
        where {Readable}
        """;

    // Alerts by their own small index, then the rest in the order of the queue: neither sorts what is open.
    const string NextOne = $"""
        select coalesce(
            (select r.reference from referral r
             where {Open} and {Readable} and {ForMe} and r.red_flag_tier is not null and r.red_flag_cleared_at is null
             order by r.due_at, r.id limit 1),
            (select r.reference from referral r
             where {Open} and {Readable} and {ForMe}
             order by r.due_at, r.id limit 1))
        """;

    const string ForMe = "r.state in ('submitted', 'in_triage') and r.id <> @after and (r.triage_owner_id is null or r.triage_owner_id = @me)";
}
