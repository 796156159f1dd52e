using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Home;

/// <summary>A referral that waits for the reader.</summary>
public sealed record WaitingReferral(Guid Id, string Reference, string GivenName, string FamilyName, Coded<RedFlagTier>? RedFlag, DateTimeOffset Since, bool Acknowledged, int Reminders)
{
    public string PatientName => $"{GivenName} {FamilyName}";
}

/// <summary>An answer to what the reader asked about a report, and where it stands.</summary>
public sealed record AnswerToRead(Guid ReportId, string Reference, string GivenName, string FamilyName, Coded<ReportKind> Kind, DateTimeOffset AnsweredAt)
{
    public string PatientName => $"{GivenName} {FamilyName}";
}

/// <summary>What happened last to one of the reader's referrals.</summary>
public sealed record RecentChange(string Reference, string GivenName, string FamilyName, TimelineEvent Happened)
{
    public string PatientName => $"{GivenName} {FamilyName}";
}

/// <summary>
/// What the home page shows. <paramref name="ToAnswer"/>: the clinic asked the reader's organisation. <paramref name="ToAcknowledge"/>: discharge reports that it has not acknowledged. <paramref name="ToRead"/>: answers that the reader has not seen. <paramref name="Alerts"/>: safety answers
/// that no clinician has cleared, for the clinic. <paramref name="Counts"/> and <paramref name="Overdue"/> end at <see cref="ListReferrals.CountLimit"/> + 1.
/// </summary>
public sealed record HomeView(
    IReadOnlyList<WaitingReferral> ToAnswer, IReadOnlyList<WaitingReferral> Alerts, IReadOnlyDictionary<ReferralState, int> Counts, int Overdue, IReadOnlyList<RecentChange> Changes, IReadOnlyList<WaitingReferral> ToAcknowledge, int Waiting, IReadOnlyList<AnswerToRead> ToRead)
{
    /// <summary>Referrals in these states, as far as they were counted.</summary>
    public int Count(params ReferralState[] states) => states.Sum(state => Counts.GetValueOrDefault(state));
}

/// <summary>Gathers what needs the reader and what changed lately, over the referrals to which the reader's organisation is a party.</summary>
public sealed class ReadHome(PortalDatabase database)
{
    /// <summary>The most that are shown of a thing.</summary>
    public const int Most = 8;

    /// <summary>Null for somebody who reads no referrals.</summary>
    public async Task<HomeView?> Handle(Actor actor, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return null;

        return await database.View(actor, async unit =>
        {
            var triages = actor.IsClinic;
            await using var sets = await unit.Results(string.Join(";\n", ToAnswer, Alerts, Counts, Overdue, triages ? ChangesOfAll : ChangesOfOne, ToAcknowledge, CountWaiting, ToRead), new
            {
                organisationId = actor.OrganisationId,
                person = actor.UserId,
                // An employer does not learn that there is a report in which nothing is for it.
                reportKinds = Enum.GetValues<ReportKind>().Where(kind => actor.OrganisationKind != OrganisationKind.Employer || ReportAudiences.Reads(ReportAudience.Employer, kind)).Select(kind => EnumText.Of(kind)).ToArray(),
                refers = actor.MayRefer,
                triages,
                states = ReferralFilter.AllStates.Select(state => EnumText.Of(state)).ToArray(),
                inHand = InHand,
                most = Most,
                countLimit = ListReferrals.CountLimit + 1,
                now = unit.Now,
            });
            var home = new HomeView(
                [.. await sets.ReadAsync<WaitingReferral>()],
                [.. await sets.ReadAsync<WaitingReferral>()],
                (await sets.ReadAsync<StateCount>()).ToDictionary(count => count.State.Value, count => count.Referrals),
                await sets.ReadSingleAsync<int>(),
                [.. (await sets.ReadAsync<ChangeRow>()).Select(row => row.Change)],
                [.. await sets.ReadAsync<WaitingReferral>()],
                await sets.ReadSingleAsync<int>(),
                [.. await sets.ReadAsync<AnswerToRead>()]);
            unit.Audit(AuditAction.ListReferrals, detail: new { page = "home" });
            return home;
        }, ct);
    }

    /// <summary>Whether a notice is about one of the reader's referrals: asked before all of it is read again.</summary>
    public Task<bool> Concerns(Actor actor, Guid referralId, CancellationToken ct) =>
        !actor.ReadsReferrals() ? Task.FromResult(false) : database.Read(actor, unit => unit.One<bool>(IsParty, new { referralId, organisationId = actor.OrganisationId }), ct);

    const string IsParty = "select exists (select from referral_party mine where mine.referral_id = @referralId and mine.organisation_id = @organisationId)";

    static readonly string[] InHand =
        [.. ReferralFilter.AllStates.Where(state => state is not (ReferralState.Closed or ReferralState.Declined or ReferralState.Withdrawn)).Select(state => EnumText.Of(state))];

    sealed record StateCount(Coded<ReferralState> State, int Referrals);

    sealed record ChangeRow(
        string Reference, string GivenName, string FamilyName, long Sequence, DateTimeOffset At, string ActorName, string Organisation, string Action,
        Coded<ReferralState> ToState, string? ReasonCode, string Detail, string Audience)
    {
        public RecentChange Change => new(Reference, GivenName, FamilyName, new(Sequence, At, ActorName, Organisation, Action, null, ToState, ReasonCode, null, Detail, Audience));
    }

    const string ToAnswer = """
        select referral.id, referral.reference, patient.given_name, patient.family_name, null::text as red_flag, referral.state_since as since, false as acknowledged, 0 as reminders
        from referral_party mine
        join referral on referral.id = mine.referral_id
        join patient on patient.id = referral.patient_id
        where @refers and mine.organisation_id = @organisationId and mine.state = 'information_requested' and mine.role = 'referrer'
        order by mine.submitted_at, mine.referral_id
        limit @most
        """;

    const string ToAcknowledge = $"""
        select referral.id, referral.reference, patient.given_name, patient.family_name, null::text as red_flag, referral.state_since as since, false as acknowledged, 0 as reminders
        from ({WaitingSql.Rows}) waiting
        join referral on referral.id = waiting.referral_id
        join patient on patient.id = referral.patient_id
        where waiting.what = 'acknowledge'
        order by waiting.submitted_at, waiting.referral_id
        limit @most
        """;

    const string CountWaiting = $"select count(*)::int from (select distinct waiting.referral_id from ({WaitingSql.Rows}) waiting limit @countLimit) counted";

    const string ToRead = $"""
        select unseen.report_id, referral.reference, patient.given_name, patient.family_name, report.kind, unseen.answered_at
        from ({UnseenAnswerSql.Rows}) unseen
        join report on report.id = unseen.report_id
        join referral on referral.id = unseen.referral_id
        join patient on patient.id = referral.patient_id
        order by unseen.answered_at, unseen.report_id
        limit @most
        """;

    const string Alerts = """
        select referral.id, referral.reference, patient.given_name, patient.family_name, referral.red_flag_tier as red_flag, coalesce(referral.alert_raised_at, referral.submitted_at) as since,
               referral.alert_acknowledged_at is not null as acknowledged, referral.alert_reminders as reminders
        from referral
        join patient on patient.id = referral.patient_id
        where @triages and referral.red_flag_tier is not null and referral.red_flag_cleared_at is null and referral.state = any (@inHand)
            and exists (select from referral_party mine where mine.referral_id = referral.id and mine.organisation_id = @organisationId)
        order by referral.alert_acknowledged_at is not null, referral.red_flag_tier, referral.alert_reminders desc, referral.submitted_at
        limit @most
        """;

    const string Counts = """
        select wanted.state, (
            select count(*) from (
                select distinct party.submitted_at, party.referral_id from referral_party party
                where party.organisation_id = @organisationId and party.state = wanted.state
                limit @countLimit) counted)::int as referrals
        from unnest(@states) wanted (state)
        """;

    // The condition on states is the partial index's own, word for word.
    const string Overdue = """
        select count(*)::int from (
            select from referral
            where @triages and referral.due_at < @now and referral.clock_paused_at is null
                and referral.state in ('submitted', 'in_triage', 'information_requested', 'accepted')
                and exists (select from referral_party mine where mine.referral_id = referral.id and mine.organisation_id = @organisationId)
            limit @countLimit) overdue
        """;

    // The clinic is a party to every referral, so the latest events are its own: read from the end.
    const string ChangesOfAll = """
        select referral.reference, patient.given_name, patient.family_name, event.sequence, event.at, event.actor_name, organisation.name as organisation,
               event.action, event.to_state, event.reason_code, event.detail::text as detail, event.audience
        from referral_event event
        join referral on referral.id = event.referral_id
        join patient on patient.id = referral.patient_id
        join organisation on organisation.id = event.organisation_id
        where exists (select from referral_party mine where mine.referral_id = event.referral_id and mine.organisation_id = @organisationId)
        order by event.sequence desc
        limit @most
        """;

    // Anybody else's are few among many: from each state's range of its own list, the last event of each of its newest referrals.
    const string ChangesOfOne = """
        with mine as (
            select distinct own.referral_id
            from unnest(@states) wanted (state)
            cross join lateral (
                select party.referral_id from referral_party party
                where party.organisation_id = @organisationId and party.state = wanted.state
                order by party.submitted_at desc, party.referral_id desc
                limit 60) own)
        select referral.reference, patient.given_name, patient.family_name, event.sequence, event.at, event.actor_name, organisation.name as organisation,
               event.action, event.to_state, event.reason_code, event.detail::text as detail, event.audience
        from mine
        cross join lateral (
            select * from referral_event happened
            where happened.referral_id = mine.referral_id and happened.audience = 'everyone' and happened.action not in ('acknowledge_alert', 'clear_red_flag', 'escalate_alert')
                and (happened.action not in ('sign_report', 'amend_report', 'release_report') or happened.detail ->> 'kind' is null or happened.detail ->> 'kind' = any (@reportKinds))
            order by happened.sequence desc limit 1) event
        join referral on referral.id = mine.referral_id
        join patient on patient.id = referral.patient_id
        join organisation on organisation.id = event.organisation_id
        order by event.sequence desc
        limit @most
        """;
}
