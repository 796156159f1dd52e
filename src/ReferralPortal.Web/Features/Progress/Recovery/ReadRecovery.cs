using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Recovery;

/// <summary>How one patient gets on, as one reader may see it. A part that the reader may not see is empty and was not read; <see cref="Sight"/> tells the two apart.</summary>
public sealed record RecoveryView(RecoveryHead Head, Sight Sight, bool WholeStory, IReadOnlyList<RecoveryScore> Scores, IReadOnlyList<Attendance> Attendances, IReadOnlyList<WorkEntry> Work, IReadOnlyList<RecoveryGoal> Goals)
{
    /// <summary>Sessions that are authorised and used; null where the reader does not see funding.</summary>
    public SessionBalance? Balance { get; init; }

    /// <summary>The next appointment that stands.</summary>
    public Attendance? Next(DateTimeOffset now) => Attendances.Where(one => one.State == "booked" && one.StartsAt > now).MinBy(one => one.StartsAt);

    /// <summary>How many appointments are in a state.</summary>
    public int Count(string state) => Attendances.Count(one => one.State == state);
}

/// <summary>Whose recovery it is. <paramref name="ExpectedBy"/> is null where nothing is known of it or the reader does not see it.</summary>
public sealed record RecoveryHead(
    Guid Id, string Reference, Coded<ReferralState> State, string GivenName, string FamilyName, DateOnly DateOfBirth, string ReferringOrganisation, string? OurReference, string? Clinic, string? Clinician,
    string? DueFor, DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt, DateTimeOffset StateSince, DateOnly? ExpectedBy, string MyRoles);

/// <summary>Sessions authorised (null where no payer set a number), used, and left.</summary>
public sealed record SessionBalance(int? Authorised, int Used, int? Left);

/// <summary>
/// A score that stands; null where too little was answered to score. <paramref name="Answers"/> (JSON, one an item) are read of a measure without a score, by the clinic alone: no party reads answers.
/// </summary>
public sealed record RecoveryScore(string MeasureKey, DateTimeOffset TakenAt, decimal? Value, int? Answered, string? Answers = null)
{
    /// <summary>The answers, one an item; none where the reader does not see them.</summary>
    public IReadOnlyList<int?> Given => Answers is null ? [] : PortalJson.Read<List<int?>>(Answers);
}

/// <summary>An appointment as it was kept or is to be kept.</summary>
public sealed record Attendance(DateTimeOffset StartsAt, string Kind, string State, string Clinic);

/// <summary>The patient's work from a day on, and what the patient can and cannot do there.</summary>
public sealed record WorkEntry(DateOnly From, Coded<WorkStatus> Status, string? Note);

/// <summary>A goal in the patient's words, as it was last judged.</summary>
public sealed record RecoveryGoal(string Words, DateOnly? TargetDate, string Outcome);

/// <summary>
/// Reads how one patient gets on, in one round trip and the payer's ledger: each part asks for itself whether one of the reader's roles on the referral sees it. An employer sees attendance and work,
/// and nothing of what the treatment is for.
/// </summary>
public sealed class ReadRecovery(PortalDatabase database)
{
    /// <param name="actor">Who reads.</param>
    /// <param name="typed">The reference as it was typed.</param>
    /// <param name="how">What goes into the audit trail; null where the page around it has written down already that the referral was opened.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<RecoveryView>> Handle(Actor actor, string? typed, AuditAction? how, CancellationToken ct)
    {
        if (!actor.ReadsReferrals() || !Reference.TryParse(typed, out var reference)) return Outcome.Missing;
        var employer = actor.OrganisationKind == OrganisationKind.Employer;
        string[] Sees(Sight part) => [.. Enum.GetValues<PartyRole>().Where(role => PartySight.Of(role, actor.OrganisationKind).HasFlag(part)).Select(role => EnumText.Of(role))];

        return await database.View<Outcome<RecoveryView>>(actor, async unit =>
        {
            RecoveryHead? head;
            RecoveryView view;
            await using (var sets = await unit.Results(Everything, new
            {
                reference = reference.ToString(),
                actor.OrganisationId,
                any = Enum.GetValues<PartyRole>().Where(role => PartySight.Of(role, actor.OrganisationKind) != Sight.None).Select(role => EnumText.Of(role)).ToArray(),
                scores = Sees(Sight.Scores),
                attendances = Sees(Sight.Appointments),
                work = Sees(Sight.WorkStatus),
                goals = Sees(Sight.Goals),
                unscored = MeasureWords.Unscored,
            }))
            {
                head = (await sets.ReadAsync<RecoveryHead>()).FirstOrDefault();
                if (head is null) return Outcome.Missing;
                var sight = PartySight.Of(head.MyRoles.Split(',').Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind);
                view = new RecoveryView(sight.HasFlag(Sight.Safety) ? head : head with { DueFor = head.DueFor == "red_flag_review" ? "triage" : head.DueFor }, sight, !employer,
                    [.. await sets.ReadAsync<RecoveryScore>()], [.. await sets.ReadAsync<Attendance>()], [.. await sets.ReadAsync<WorkEntry>()], [.. await sets.ReadAsync<RecoveryGoal>()]);
            }
            if (!employer && view.Sight.HasFlag(Sight.Funding))
            {
                var balance = await FundingBalance.Read(unit, head.Id);
                view = view with { Balance = new SessionBalance(balance.SessionsAuthorised, balance.SessionsUsed, balance.SessionsLeft) };
            }
            if (how is { } audited) unit.Audit(audited, head.Id);
            return view;
        }, ct);
    }

    // The one predicate: the reader's organisation is on this referral in a role that sees the part.
    static string Mine(string roles) => $"""
        referral r on r.reference = @reference
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = any (@{roles}))
        """;

    static readonly string Everything = $"""
        select r.id, r.reference, r.state, p.given_name, p.family_name, p.date_of_birth, sender.name as referring_organisation, r.our_reference, clinic.name as clinic, clinician.display_name as clinician,
               r.due_for, r.due_at, r.clock_paused_at, r.state_since,
               case when mine.my_roles && @scores then portal.expected_recovery(r.id) end as expected_by,
               array_to_string(mine.my_roles, ',') as my_roles
        from referral r
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party where party.referral_id = r.id and party.organisation_id = @organisationId and party.role = any (@any)) mine
        join patient p on p.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        left join clinic on clinic.id = r.clinic_id
        left join portal_user clinician on clinician.id = r.clinician_id
        where r.reference = @reference and mine.my_roles is not null;

        select score.measure_key, score.taken_at, score.score as value, score.answered, behind.answers::text as answers
        from outcome_score score join {Mine("scores")} and r.id = score.referral_id
        left join outcome_answer behind on behind.entry_id = score.id and score.measure_key = any (@unscored) and portal.is_clinic()
        order by score.taken_at, score.id;

        select a.starts_at, a.kind, a.state, clinic.name as clinic
        from appointment a join {Mine("attendances")} and r.id = a.referral_id
        join clinic on clinic.id = a.clinic_id
        where a.state <> 'held'
        order by a.starts_at, a.id;

        select day as "from", status, note
        from (
            select (r.submitted_at at time zone 'Europe/London')::date as day, d.work_status as status, null as note, r.submitted_at as at
            from referral_detail d join {Mine("work")} and r.id = d.referral_id where d.work_status is not null
            union all
            select entry.from_date, entry.status, entry.note, entry.recorded_at from work_status_entry entry join {Mine("work")} and r.id = entry.referral_id) told
        order by day, at;

        select goal.words, goal.target_date, goal.outcome
        from goal join {Mine("goals")} and r.id = goal.referral_id
        order by goal.created_at, goal.id;
        """;
}
