using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Portfolio;

/// <summary>A patient in the portfolio.</summary>
public sealed record PortfolioRow(
    Guid Id, string Reference, string GivenName, string FamilyName, Coded<ReferralState> State, string ReferringOrganisation, DateTimeOffset SubmittedAt,
    int? SessionsAuthorised, int SessionsUsed, int Missed, DateTimeOffset? LastMissedAt, DateTimeOffset? NextAppointment, DateTimeOffset? LastSeen,
    string? MeasureKey, decimal? Baseline, int? BaselineAnswered, decimal? Latest, int Scores, bool Improving, string? Stuck, bool ToAnswer, Guid? ToAcknowledge, Guid? ToRead)
{
    public string PatientName => $"{GivenName} {FamilyName}";
    public PagePlace Place => new(SubmittedAt, Id);

    /// <summary>How the score that decides stands against the first one, in words; null without a score.</summary>
    public string? ScoreWords
    {
        get
        {
            if (MeasureKey is null || OutcomeMeasures.Find(MeasureKey) is not { } measure || Baseline is not { } first || Latest is not { } latest) return null;
            return Scores < 2 ? $"{measure.ShortName} {Formats.Score(first)}, no second score yet" : $"{measure.ShortName} {Formats.Score(first)} → {Formats.Score(latest)}: " + measure.Compare(first, latest, BaselineAnswered) switch
            {
                ChangeKind.Better => "better by a change that matters",
                ChangeKind.Worse => "worse by a change that matters",
                ChangeKind.NotMeaningful => "no change that matters yet",
                _ => "recorded, not compared",
            };
        }
    }

    /// <summary>Why the patient is stuck, in words.</summary>
    public string? StuckWords => Stuck switch
    {
        "worse" => "Worse than at the start",
        "no_change" => $"No better after {CourseRules.WeeksWithoutChange} weeks",
        "not_seen" => LastSeen is { } seen ? $"Not seen since {Formats.Date(seen)}, nothing booked" : "Not seen, nothing booked",
        _ => null,
    };

    /// <summary>For whom it waits now, and for what: the reader's own turn leads to where it is done.</summary>
    public (string Who, string What, string? Address) WaitsFor => State.Value switch
    {
        ReferralState.InformationRequested when ToAnswer => ("You", "answer the clinic", $"/referrals/{Reference}/answer"),
        _ when ToAcknowledge is { } report => ("You", "acknowledge the discharge report", $"/reports/{report}"),
        _ when ToRead is { } answered => ("You", "read the answer to your question", $"/reports/{answered}"),
        ReferralState.InformationRequested => (ReferringOrganisation, "answers the clinic", null),
        ReferralState.Submitted or ReferralState.InTriage => ("The clinic", "decides on it", null),
        ReferralState.Accepted => ("The clinic", "books the first appointment", null),
        ReferralState.Discharged => ("The clinic", "closes it", null),
        _ when NextAppointment is not null => ("The patient", "comes to the appointment", null),
        _ => ("The clinic", "books the next appointment", null),
    };
}

/// <summary>
/// The patients whom an organisation has in hand, each with how treatment goes: who improves, who is stuck, who missed appointments, and what waits for the reader.
/// For case managers, and for firms whose clients are treated. An employer is told who comes and who does not, and nothing of scores.
/// </summary>
public sealed class ReadPortfolio(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 25;

    /// <summary>Who opens the page. For its <c>[Authorize]</c>.</summary>
    public const string Roles = "referrer,organisation_administrator";

    /// <param name="Rows">The page.</param>
    /// <param name="Next">Where the next one begins.</param>
    /// <param name="Counts">How many there are in each view.</param>
    public sealed record Page(IReadOnlyList<PortfolioRow> Rows, PagePlace? Next, IReadOnlyDictionary<PortfolioView, int> Counts);

    /// <summary>Has a portfolio: an organisation that refers.</summary>
    public static bool IsFor(Actor actor) => actor.MayRefer;

    /// <summary>Reads scores, and so learns who improves.</summary>
    public static bool SeesScores(Actor actor) => actor.OrganisationKind != OrganisationKind.Employer;

    /// <summary>One page, in one round trip. It is audited.</summary>
    public async Task<Outcome<Page>> Handle(Actor actor, PortfolioFilter filter, CancellationToken ct)
    {
        if (!IsFor(actor)) return Outcome.Missing;
        return await database.View<Outcome<Page>>(actor, async unit =>
        {
            var found = await unit.Many<Row>(Sql(filter), Asked(actor, filter, unit.Now));
            unit.Audit(AuditAction.ViewPortfolio, detail: new { view = EnumText.Of(filter.View) });
            var rows = found.Where(row => row.Id is not null).Select(row => row.Patient).ToList();
            var shown = rows.Take(PageSize).ToList();
            return new Page(shown, rows.Count > PageSize ? shown[^1].Place : null, found[0].Counts);
        }, ct);
    }

    internal static object Asked(Actor actor, PortfolioFilter filter, DateTimeOffset now) => new
    {
        organisationId = actor.OrganisationId,
        person = actor.UserId,
        refers = actor.MayRefer,
        own = filter.Own,
        seesScores = SeesScores(actor),
        states = InHand,
        measures = CourseRules.MeasureKeys,
        signs = CourseRules.Signs,
        points = CourseRules.Points,
        oneActivity = CourseRules.OneActivity,
        shares = CourseRules.Shares,
        now,
        changeBy = now.AddDays(-7 * CourseRules.WeeksWithoutChange),
        seenBy = now.AddDays(-7 * CourseRules.WeeksUnseen),
        afterAt = filter.After?.SubmittedAt,
        afterId = filter.After?.Id,
        rows = PageSize + 1,
    };

    static readonly string[] InHand = [.. ReferralFilter.AllStates.Where(state => state is not (ReferralState.Closed or ReferralState.Declined or ReferralState.Withdrawn)).Select(state => EnumText.Of(state))];

    /// <summary>The counts, and beside them a row of the page: one without an id where the page is empty.</summary>
    sealed record Row(
        int Everybody, int Getting, int Standing, int Missing, int Waits, Guid? Id, string? Reference, string? GivenName, string? FamilyName, Coded<ReferralState>? State, string? ReferringOrganisation,
        DateTimeOffset? SubmittedAt, int? SessionsAuthorised, int? Used, int? Missed, DateTimeOffset? LastMissed, DateTimeOffset? NextAt, DateTimeOffset? LastSeen, string? MeasureKey, decimal? Baseline,
        int? BaselineAnswered, decimal? Latest, int? Scores, bool? Improving, string? Stuck, bool? ToAnswer, Guid? ToAcknowledge, Guid? ToRead)
    {
        internal Dictionary<PortfolioView, int> Counts => new()
        {
            [PortfolioView.All] = Everybody, [PortfolioView.Improving] = Getting, [PortfolioView.Stuck] = Standing, [PortfolioView.Missed] = Missing, [PortfolioView.Waiting] = Waits,
        };

        internal PortfolioRow Patient => new(
            Id!.Value, Reference!, GivenName!, FamilyName!, State!.Value, ReferringOrganisation!, SubmittedAt!.Value, SessionsAuthorised, Used ?? 0, Missed ?? 0, LastMissed, NextAt, LastSeen,
            MeasureKey, Baseline, BaselineAnswered, Latest, Scores ?? 0, Improving is true, Stuck, ToAnswer is true, ToAcknowledge, ToRead);
    }

    const string Waits = "judged.to_answer or judged.to_acknowledge is not null or judged.to_read is not null";

    // Every patient in hand is judged once, for the counts and for the page alike; what the page shows beside that is read for its own rows alone.
    internal static string Sql(PortfolioFilter filter)
    {
        var (beyond, order) = filter.OldestFirst ? (">", "asc") : ("<", "desc");
        var view = filter.View switch
        {
            PortfolioView.Improving => "and judged.improving",
            PortfolioView.Stuck => "and judged.stuck is not null",
            PortfolioView.Missed => "and judged.missed > 0",
            PortfolioView.Waiting => $"and ({Waits})",
            _ => "",
        };
        var place = filter.After is null ? "" : $"and (judged.submitted_at, judged.referral_id) {beyond} (@afterAt, @afterId)";
        return $"""
            with {CourseRules.Rule},
            mine as (
                select found.referral_id, found.submitted_at
                from unnest(@states) wanted (state)
                cross join lateral (
                    select distinct party.submitted_at, party.referral_id from referral_party party
                    where party.organisation_id = @organisationId and party.state = wanted.state) found),
            judged as materialized (
                select mine.referral_id, mine.submitted_at, visits.used, visits.missed, visits.last_missed, visits.next_at, visits.last_seen,
                       score.measure_key, score.baseline, score.baseline_answered, score.latest, score.scores,
                       coalesce(score.better and not coalesce(score.worse, false), false) as improving,
                       case when r.state <> 'in_treatment' then null
                            when score.worse then 'worse'
                            when score.compared_since < @changeBy and not coalesce(score.better, false) then 'no_change'
                            when coalesce(visits.last_seen, r.state_since) < @seenBy and visits.next_at is null then 'not_seen' end as stuck,
                       @refers and r.state = 'information_requested' and r.referring_organisation_id = @organisationId as to_answer,
                       case when r.state = 'discharged' and {DischargeReportSql.UnseenByReader} then ended.id end as to_acknowledge,
                       (select unseen.report_id from ({UnseenAnswerSql.Rows}) unseen where unseen.referral_id = mine.referral_id order by unseen.answered_at limit 1) as to_read
                from mine
                join referral r on r.id = mine.referral_id and @organisationId = any (r.readers) and (not @own or r.referrer_id = @person)
                {CourseRules.Score}
                cross join lateral (
                    select (count(*) filter (where a.state = 'attended'))::int as used, (count(*) filter (where a.state = 'did_not_attend'))::int as missed,
                           max(a.starts_at) filter (where a.state = 'did_not_attend') as last_missed, min(a.starts_at) filter (where a.state = 'booked' and a.starts_at >= @now) as next_at,
                           max(a.starts_at) filter (where a.state = 'attended') as last_seen
                    from appointment a where a.referral_id = mine.referral_id) visits
                {DischargeReportSql.Lateral.Replace("where d.referral_id = r.id", "where d.referral_id = r.id and r.state = 'discharged'", StringComparison.Ordinal)}),
            counted as (
                select count(*)::int as everybody, (count(*) filter (where improving))::int as getting, (count(*) filter (where stuck is not null))::int as standing,
                       (count(*) filter (where missed > 0))::int as missing, (count(*) filter (where {Waits}))::int as waits
                from judged),
            page as (
                select judged.* from judged
                where true {view} {place}
                order by judged.submitted_at {order}, judged.referral_id {order}
                limit @rows)
            select counted.*, r.id, r.reference, p.given_name, p.family_name, r.state, sender.name as referring_organisation, page.submitted_at,
                   (select sum(balance.sessions)::int from authority_balance balance where balance.referral_id = r.id and balance.withdrawn_at is null) as sessions_authorised,
                   page.used, page.missed, page.last_missed, page.next_at, page.last_seen, page.measure_key, page.baseline, page.baseline_answered, page.latest, page.scores,
                   page.improving, page.stuck, page.to_answer, page.to_acknowledge, page.to_read
            from counted
            left join (page
                join referral r on r.id = page.referral_id
                join patient p on p.id = r.patient_id
                join organisation sender on sender.id = r.referring_organisation_id) on true
            order by page.submitted_at {order}, page.referral_id {order}
            """;
    }
}
