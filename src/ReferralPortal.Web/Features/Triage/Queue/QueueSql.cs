using System.Globalization;
using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.List;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>The queue's questions as SQL over <c>referral r</c>. What a person chose goes in as parameters; only what is written here becomes text.</summary>
static class QueueSql
{
    /// <summary>The most that a search finds; it asks for a narrower one beyond.</summary>
    internal const int SearchLimit = 500;

    // In the queue, and of that undecided or unbooked: written out as the partial indexes have it, so that the planner can use them.
    const string InQueue = "r.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked')";
    const string Unbooked = "r.state in ('submitted', 'in_triage', 'information_requested', 'accepted')";

    // The reader's own party and role, whatever row-level security says besides.
    const string Readable = $"@organisationId = any (r.readers) and {OfTheClinic}";

    // Enough where nothing but a number comes of it: the clinic group is a party to whatever is in the queue.
    const string OfTheClinic = "portal.is_clinic() and @organisationId = portal.clinic_group()";

    // An emergency is never routine work.
    const string Routine = "(r.red_flag_tier is distinct from 'emergency' or r.red_flag_cleared_at is not null)";

    const string Standing = "r.red_flag_tier is not null and r.red_flag_cleared_at is null";

    /// <summary>
    /// Goes before the queue's statements in their unit. Whatever is asked, the plan is the same walk along one of the partial indexes; planning it anew for every
    /// value of a date, as the server does by itself, takes ten times as long as carrying it out.
    /// </summary>
    internal const string PlannedOnce = "set local plan_cache_mode = force_generic_plan;\n";

    static string Tab(QueueTab tab) => tab switch
    {
        QueueTab.Alerts => $"{Unbooked} and {Standing}",
        QueueTab.New => $"r.state = 'submitted' and {Routine}",
        QueueTab.Mine => $"{Unbooked} and r.triage_owner_id = @me and {Routine}",
        QueueTab.InTriage => $"r.state = 'in_triage' and {Routine}",
        QueueTab.Waiting => $"r.state = 'information_requested' and {Routine}",
        QueueTab.ToBook => $"r.state = 'accepted' and {Routine}",
        QueueTab.ToRebook => "r.state = 'appointment_booked' and r.due_at is not null",
        QueueTab.Booked => "r.state = 'appointment_booked' and r.due_at is null",
        QueueTab.Overdue => $"{InQueue} and r.due_at < @now and r.clock_paused_at is null",
        _ => InQueue,
    };

    /// <summary>What every statement here asks for: who reads, and when.</summary>
    internal static DynamicParameters Asked(Platform.PortalUnit unit) =>
        new(new { organisationId = unit.Actor.OrganisationId, me = unit.Actor.UserId, now = unit.Now });

    /// <summary>Whether a referral is one of those that the filter asks for; adds the filter's parameters, their names made different by <paramref name="suffix"/>.</summary>
    internal static string Condition(QueueFilter filter, DynamicParameters asked, DateTimeOffset now, string suffix = "")
    {
        List<string> conditions = [Tab(filter.Tab)];
        void Narrow(string condition, object value, string name)
        {
            conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, $"@{name}{suffix}"));
            asked.Add(name + suffix, value);
        }

        if (filter.Organisation is { } sender) Narrow("r.referring_organisation_id = {0}", sender, "sender");
        if (filter.Clinic is { } clinic) Narrow("r.clinic_id = {0}", clinic, "clinic");
        if (filter.Priority is { } priority) Narrow("r.priority = {0}", EnumText.Of(priority), "priority");
        if (filter.RedFlag) conditions.Add(Standing);
        if (filter.Due is { } due) Narrow("r.due_at < {0} and r.clock_paused_at is null", Until(due, now), "dueBefore");
        if (filter.IsSearch) Narrow($"r.id in (select found.referral_id from portal.search_queue({{0}}, {SearchLimit}) found)", SearchTerms.Of(filter.Search), "terms");
        return string.Join(" and ", conditions);
    }

    static DateTimeOffset Until(QueueDue due, DateTimeOffset now) =>
        LondonTime.Instant(LondonTime.DateOf(now).AddDays(due switch { QueueDue.Today => 1, QueueDue.Tomorrow => 2, _ => 8 }), TimeOnly.MinValue);

    /// <summary>
    /// How many stand under each tab, and in each of the views, in one reading of the queue's own index, whose order is that of the states: what the tabs of a
    /// state have in common is counted once.
    /// </summary>
    internal static string Counts(IReadOnlyList<QueueFilter> views, DynamicParameters asked, DateTimeOffset now)
    {
        var kept = views.Select((view, place) => $",\n           count(*) filter (where {Condition(view, asked, now, $"_{place}")}) as view_{place}");
        var sums = views.Select((_, place) => $",\n       {Sum($"view_{place}")} as view_{place}");
        return $"""
            with counted as (
                select r.state,
                       count(*) as every,
                       count(*) filter (where {Routine}) as routine,
                       count(*) filter (where {Standing}) as flagged,
                       count(*) filter (where r.triage_owner_id = @me and {Routine}) as mine,
                       count(*) filter (where r.due_at < @now and r.clock_paused_at is null) as overdue,
                       count(*) filter (where r.due_at is null) as undated{string.Concat(kept)}
                from referral r
                where {InQueue} and {OfTheClinic}
                group by r.state)
            select {Sum("flagged", "state <> 'appointment_booked'")} as alerts,
                   {Sum("routine", "state = 'submitted'")} as "new",
                   {Sum("mine", "state <> 'appointment_booked'")} as mine,
                   {Sum("routine", "state = 'in_triage'")} as in_triage,
                   {Sum("routine", "state = 'information_requested'")} as waiting,
                   {Sum("routine", "state = 'accepted'")} as to_book,
                   {Sum("every - undated", "state = 'appointment_booked'")} as to_rebook,
                   {Sum("undated", "state = 'appointment_booked'")} as booked,
                   {Sum("overdue")} as overdue,
                   {Sum("every")} as all_open{string.Concat(sums)}
            from counted
            """;

        static string Sum(string what, string? where = null) => $"coalesce(sum({what}){(where is null ? "" : $" filter (where {where})")}, 0)::int";
    }

    /// <summary>At most so many rows of the filter, behind its place, in its order.</summary>
    internal static string Rows(QueueFilter filter, int most, DynamicParameters asked, DateTimeOffset now)
    {
        var narrowed = $"{Condition(filter, asked, now)} and {Readable}";
        asked.Add("afterAt", filter.After?.At);
        asked.Add("afterId", filter.After?.Id);
        asked.Add("afterUrgent", filter.After?.Group == EnumText.Of(Priority.Urgent));
        asked.Add("afterSender", Guid.TryParse(filter.After?.Group, out var sender) ? sender : null);
        return filter.Sort switch
        {
            QueueSort.Received => Sorted("r.submitted_at, r.id", "@afterAt, @afterId"),
            QueueSort.Priority => Sorted($"r.priority <> 'urgent', {DueLast}, r.id", "not @afterUrgent, coalesce(@afterAt::timestamptz, 'infinity'), @afterId::uuid"),
            QueueSort.Organisation => Sorted($"sender.name, sender.id, {DueLast}, r.id", "(select name from organisation where id = @afterSender::uuid), @afterSender::uuid, coalesce(@afterAt::timestamptz, 'infinity'), @afterId::uuid"),
            // What a search found is few, and found once.
            _ when filter.IsSearch => Sorted($"{DueLast}, r.id", "coalesce(@afterAt::timestamptz, 'infinity'), @afterId::uuid"),
            _ => ByDue(narrowed, filter.After, most),
        };

        string Sorted(string key, string after) => $"""
            with page as (
                select r.id as referral_id from referral r
                join organisation sender on sender.id = r.referring_organisation_id
                where {narrowed}
                    {(filter.After is null ? "" : $"and ({key}) > ({after})")}
                order by {key}
                limit {most})
            {Columns("true")}
            order by {key}
            """;
    }

    const string DueLast = "coalesce(r.due_at, 'infinity')";

    // Two ranges of the same index, each in its order: nothing is sorted but the two pages, and the second is read only where the first ends.
    static string ByDue(string narrowed, QueuePlace? after, int most) => $"""
        with due as (
            select r.id as referral_id, r.due_at from referral r
            where {narrowed} and r.due_at is not null
                {(after switch { null => "", { At: null } => "and false", _ => "and (r.due_at, r.id) > (@afterAt, @afterId)" })}
            order by r.due_at, r.id
            limit {most}),
        -- Nothing is due of these; they stand last, so that they are not lost.
        undated as (
            select r.id as referral_id, r.due_at from referral r
            where {narrowed} and r.due_at is null and (select count(*) from due) < {most}
                {(after is { At: null } ? "and r.id > @afterId" : "")}
            order by r.id
            limit {most}),
        page as (
            select * from (select * from due union all select * from undated) merged
            order by due_at, referral_id
            limit {most})
        {Columns("true")}
        order by r.due_at, r.id
        """;

    /// <summary>Some referrals as they stand now, wherever they belong, and whether the filter asks for them.</summary>
    internal static string Again(QueueFilter filter, IReadOnlyCollection<Guid> ids, DynamicParameters asked, DateTimeOffset now)
    {
        asked.Add("ids", ids.ToArray());
        return $"with page as (select id as referral_id from unnest(@ids) wanted (id))\n{Columns(Condition(filter, asked, now))}";
    }

    static string Columns(string belongs) => $"""
        select r.id, r.reference, patient.given_name, patient.family_name, patient.date_of_birth, r.state, r.priority,
               r.referring_organisation_id, sender.name as referring_organisation,
               coalesce(condition.name, detail.presenting_condition) as condition, r.triage_owner_id as claimed_by_id, owner.display_name as claimed_by,
               clinic.name as clinic, booked.starts_at as appointment_at,
               case when r.red_flag_cleared_at is null then r.red_flag_tier end as red_flag, r.alert_acknowledged_at, r.alert_reminders,
               r.due_at, r.clock_paused_at, r.clock_waits_until, r.escalation_level, r.submitted_at, r.version, ({belongs}) as belongs
        from page
        join referral r on r.id = page.referral_id
        join patient on patient.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        join referral_detail detail on detail.referral_id = r.id
        left join condition on condition.slug = r.condition_slug
        left join portal_user owner on owner.id = r.triage_owner_id
        left join clinic on clinic.id = r.clinic_id
        left join lateral (
            select min(appointment.starts_at) as starts_at from appointment
            where appointment.referral_id = r.id and appointment.state = 'booked' and appointment.starts_at > @now) booked on true
        where {Readable}
        """;

    internal const string Senders = $"""
        select sender.id, sender.name, sender.kind
        from (select distinct r.referring_organisation_id as id from referral r where {InQueue} and {Readable}) open
        join organisation sender on sender.id = open.id
        order by sender.name, sender.id
        """;

    /// <summary>Alerts by their own small index, then the rest in the order of the queue: neither sorts what is open.</summary>
    internal const string Next = $"""
        select coalesce(
            (select r.reference from referral r
             where {Unbooked} and {Readable} and {ForMe} and {Standing}
             order by r.due_at, r.id limit 1),
            (select r.reference from referral r
             where {Unbooked} and {Readable} and {ForMe}
             order by r.due_at, r.id limit 1))
        """;

    const string ForMe = "r.state in ('submitted', 'in_triage') and r.id <> @after and (r.triage_owner_id is null or r.triage_owner_id = @me)";
}
