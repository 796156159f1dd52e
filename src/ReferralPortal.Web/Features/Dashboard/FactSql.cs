using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>
/// What happened, as rows: <c>fact (measure, at, referral_id, organisation_id, clinic_id, code, hours)</c>. Everything that the dashboard shows is counted
/// from these, so that a figure and the list behind it cannot disagree. What a person chose goes in as parameters.
/// </summary>
static class FactSql
{
    const string Who = "r.id as referral_id, r.referring_organisation_id as organisation_id, r.clinic_id";

    /// <summary>The step that shows that somebody at the clinic has begun; also when it was undone a moment later.</summary>
    static readonly string[] BeginsTriage = ["start_triage", "assign", "ask_for_information", "accept", "decline"];

    static readonly string Beginnings = $"array[{string.Join(", ", BeginsTriage.Select(action => $"'{action}'"))}]";

    static string SinceSubmission(string at) => $"(extract(epoch from {at} - r.submitted_at) / 3600)::float8";

    /// <summary>The common table expression, without its <c>with</c>, of some measures within <c>@from</c> and <c>@until</c>.</summary>
    internal static string Facts(DashboardFilter filter, params IReadOnlyCollection<Measure> measures)
    {
        // The reader's own organisation, whatever row-level security says besides.
        var narrowed = "@organisationId = any (r.readers)"
            + (filter.Organisation is null ? "" : " and r.referring_organisation_id = @sender")
            + (filter.Clinic is not null ? " and r.clinic_id = @clinic" : filter.NoClinic ? " and r.clinic_id is null" : "");
        Measure[] steps = [.. measures.Where(measure => measure is Measure.Accepted or Measure.Declined or Measure.Withdrawn or Measure.Triaged)];
        var parts = measures.Except(steps).SelectMany(measure => Of(measure, narrowed));
        return $"fact as (\n{string.Join("\nunion all\n", steps.Length == 0 ? parts : parts.Prepend(Steps(steps, narrowed)))})";
    }

    static IEnumerable<string> Of(Measure measure, string narrowed) => measure switch
    {
        Measure.Received => [$"""
            select 'received' as measure, mine.submitted_at as at, {Who}, null::text as code, null::float8 as hours
            from referral_party mine
            join referral r on r.id = mine.referral_id
            where mine.organisation_id = @organisationId and mine.role = 'treating_clinic' and mine.submitted_at >= @from and mine.submitted_at < @until and {narrowed}
            """],
        Measure.Contacted => [$"""
            select 'contacted' as measure, reached.at, {Who}, null::text as code, {SinceSubmission("reached.at")} as hours
            from patient_contact reached
            join referral r on r.id = reached.referral_id
            where reached.outcome in ('spoke', 'asked_to_wait') and reached.at >= @from and reached.at < @until and {narrowed}
                and not exists (
                    select from patient_contact earlier
                    where earlier.referral_id = reached.referral_id and earlier.outcome in ('spoke', 'asked_to_wait') and (earlier.at, earlier.id) < (reached.at, reached.id))
            """],
        Measure.Seen => [$"""
            select 'seen' as measure, seen.starts_at as at, {Who}, null::text as code, {SinceSubmission("seen.starts_at")} as hours
            from appointment seen
            join referral r on r.id = seen.referral_id
            where seen.kind = 'initial_assessment' and seen.state = 'attended' and seen.starts_at >= @from and seen.starts_at < @until and {narrowed}
                and not exists (
                    select from appointment earlier
                    where earlier.referral_id = seen.referral_id and earlier.kind = 'initial_assessment' and earlier.state = 'attended' and (earlier.starts_at, earlier.id) < (seen.starts_at, seen.id))
            """],
        // Those that ended late, and those that run and are late already. One that stood still when it was due is not late.
        _ => [$"""
            select 'missed' as measure, ended.due_at as at, {Who}, ended.target as code, null::float8 as hours
            -- The view cannot be asked by time: it is asked, one by one (hence the offset), for the referrals of which something ended that was due then.
            from (select distinct touched.referral_id from clock_history touched where touched.due_at >= @from and touched.due_at < @until) touched
            cross join lateral (select e.due_at, e.ended_at, e.target from ended_promise e where e.referral_id = touched.referral_id offset 0) ended
            join referral r on r.id = touched.referral_id
            where ended.due_at >= @from and ended.due_at < @until and ended.ended_at > ended.due_at and {narrowed}
            """, $"""
            select 'missed' as measure, r.due_at as at, {Who}, r.due_for as code, null::float8 as hours
            from referral r
            where r.due_at >= @from and r.due_at < @until and r.due_at < coalesce(r.clock_paused_at, @now) and {narrowed}
            """],
    };

    // One reading of the events for all that a step says: a decision, and whether it is the first of its referral.
    static string Steps(IReadOnlyCollection<Measure> measures, string narrowed) => $"""
        select kind.measure, step.at, {Who}, kind.code, kind.hours
        from referral_event step
        join referral r on r.id = step.referral_id
        cross join lateral (
            {string.Join("\nunion all\n", measures.Select(Kind))}) kind (measure, code, hours)
        where step.action in ({string.Join(", ", measures.SelectMany(Actions).Distinct().Select(action => $"'{action}'"))}) and step.at >= @from and step.at < @until and {narrowed}
        """;

    static string[] Actions(Measure measure) => measure switch { Measure.Accepted => ["accept"], Measure.Declined => ["decline"], Measure.Withdrawn => ["withdraw"], _ => BeginsTriage };

    static string Kind(Measure measure) => measure == Measure.Triaged
        ? $"""
            select 'triaged', null::text, {SinceSubmission("step.at")}
            where step.action = any ({Beginnings})
                and not exists (select from referral_event earlier where earlier.referral_id = step.referral_id and earlier.sequence < step.sequence and earlier.action = any ({Beginnings}))
            """
        : $"""
            select '{EnumText.Of(measure)}', {(measure == Measure.Accepted ? "null::text" : "coalesce(step.reason_code, 'other')")}, null::float8
            where step.action = '{Actions(measure)[0]}' and step.audience = 'everyone'
            """;

    /// <summary>What the facts ask for.</summary>
    internal static DynamicParameters Asked(PortalUnit unit, DashboardFilter filter, (DateTimeOffset From, DateTimeOffset Until) period) => new(new
    {
        organisationId = unit.Actor.OrganisationId,
        from = period.From,
        until = period.Until,
        now = unit.Now,
        sender = filter.Organisation,
        clinic = filter.Clinic,
    });

    /// <summary>Goes before: compiling so long a statement takes longer than running it. Gives a row of its own.</summary>
    internal const string Plainly = "select set_config('jit', 'off', true)";

    /// <summary>Counts and waits of the facts: of each measure altogether, and by reason or target, organisation, clinic and week.</summary>
    internal const string Count = """
        select measure,
               case when grouping(code) = 0 then 'code' when grouping(organisation_id) = 0 then 'organisation' when grouping(clinic_id) = 0 then 'clinic' when grouping(week) = 0 then 'week' else 'total' end as slice,
               coalesce(code, organisation_id::text, clinic_id::text, week::text, 'none') as key,
               count(*)::int as count,
               percentile_cont(0.5) within group (order by hours) as median,
               percentile_cont(0.9) within group (order by hours) as ninetieth
        from (select fact.*, date_trunc('week', at at time zone 'Europe/London')::date as week from fact) dated
        group by grouping sets ((measure), (measure, code), (measure, organisation_id), (measure, clinic_id), (measure, week))
        """;
}
