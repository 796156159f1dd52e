using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>Everything that was recorded with measures on one referral, for the clinic's own people.</summary>
public sealed record MeasuresPage(MeasuresHead Head, IReadOnlyList<RecordedScore> Scores, IReadOnlyList<RaisedAlert> Alerts, IReadOnlyList<SentQuestionnaire> Sent)
{
    /// <summary>The scores of a measure that stand, the first one first.</summary>
    public IReadOnlyList<RecordedScore> Of(string measure) => [.. Scores.Where(score => score.MeasureKey == measure && score.Stands)];

    /// <summary>What the patient called the activities last time.</summary>
    public IReadOnlyList<string> NamesOf(string measure) => Of(measure).LastOrDefault(score => score.Names.Length > 0)?.Names ?? [];
}

/// <summary>Whose, and how the patient is reached.</summary>
public sealed record MeasuresHead(Guid Id, string Reference, Coded<ReferralState> State, string GivenName, string FamilyName, DateTimeOffset SubmittedAt, string PreferredContact, bool HasEmail, bool HasPhone)
{
    /// <summary>Scores are taken now.</summary>
    public bool IsOpen => new MeasureEntry.Treated(Id, State, SubmittedAt, Guid.Empty).TakesScores;
}

/// <summary>One entry, standing or replaced. Null answers: only the score was entered.</summary>
public sealed record RecordedScore
{
    public required Guid Id { get; init; }
    public required string MeasureKey { get; init; }
    public required DateTimeOffset TakenAt { get; init; }
    public decimal? Value { get; init; }
    public int? Answered { get; init; }
    public required string RuleVersion { get; init; }
    public required bool FromPatient { get; init; }
    public required string RecordedBy { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    /// <summary>JSON: one answer an item.</summary>
    public string? Answers { get; init; }
    public string[] Names { get; init; } = [];
    /// <summary>Why it took another one's place.</summary>
    public string? Reason { get; init; }
    public Guid? SupersedesId { get; init; }
    /// <summary>Says only that the one before does not stand.</summary>
    public required bool StruckOut { get; init; }
    public required bool Superseded { get; init; }

    /// <summary>Neither replaced nor struck out.</summary>
    public bool Stands => !StruckOut && !Superseded;

    /// <summary>The answers, one an item.</summary>
    public IReadOnlyList<int?> Given => Answers is null ? [] : PortalJson.Read<List<int?>>(Answers);
}

/// <summary>An alert about an answer; open until a clinician has put a name and words to it.</summary>
public sealed record RaisedAlert(Guid Id, Coded<MeasureAlert> Kind, string MeasureKey, bool FromPatient, DateTimeOffset RaisedAt, int Reminders, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, string? Words);

/// <summary>A questionnaire that was sent, and how far the patient is with it.</summary>
public sealed record SentQuestionnaire
{
    public required Guid Id { get; init; }
    public string[] Measures { get; init; } = [];
    public required string Channel { get; init; }
    public required string SentBy { get; init; }
    public required DateTimeOffset SentAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? OpenedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    /// <summary>Of its measures, so many are answered.</summary>
    public required int Done { get; init; }
    /// <summary>The last of its mails could not be sent.</summary>
    public required bool Undelivered { get; init; }

    /// <summary>The patient can answer it now.</summary>
    public bool IsOpen(DateTimeOffset now) => AnsweredAt is null && RevokedAt is null && ExpiresAt > now;
}

/// <summary>Reads the measures of one referral. Clinic eyes only: the answers are here.</summary>
public sealed class ReadMeasures(PortalDatabase database)
{
    public async Task<Outcome<MeasuresPage>> Handle(Actor actor, string? typed, CancellationToken ct)
    {
        if (!actor.TreatsReferrals() || !Reference.TryParse(typed, out var reference)) return Outcome.Missing;

        return await database.View<Outcome<MeasuresPage>>(actor, async unit =>
        {
            MeasuresPage? page = null;
            await using (var sets = await unit.Results(Everything, new { reference = reference.ToString(), actor.OrganisationId }))
            {
                if ((await sets.ReadAsync<MeasuresHead>()).FirstOrDefault() is { } head)
                    page = new MeasuresPage(head, [.. await sets.ReadAsync<RecordedScore>()], [.. await sets.ReadAsync<RaisedAlert>()], [.. await sets.ReadAsync<SentQuestionnaire>()]);
            }
            if (page is null) return Outcome.Missing;
            unit.Audit(AuditAction.ViewMeasures, page.Head.Id);
            return page;
        }, ct);
    }

    const string Ours = """
        referral r on r.reference = @reference and portal.is_clinic()
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        """;

    const string Everything = $"""
        select r.id, r.reference, r.state, p.given_name, p.family_name, r.submitted_at, p.preferred_contact, p.email is not null as has_email, p.phone is not null as has_phone
        from patient p join {Ours} and r.patient_id = p.id;

        select entry.id, entry.measure_key, entry.taken_at, entry.score as value, entry.answered, entry.rule_version, entry.source = 'patient' as from_patient,
               person.display_name as recorded_by, entry.created_at as recorded_at, behind.answers::text as answers, coalesce(behind.names, array[]::text[]) as names,
               entry.reason, entry.supersedes_id, entry.struck_out,
               exists (select from outcome_entry later where later.supersedes_id = entry.id) as superseded
        from outcome_entry entry
        join {Ours} and r.id = entry.referral_id
        join portal_user person on person.id = entry.recorded_by
        left join outcome_answer behind on behind.entry_id = entry.id
        order by entry.taken_at, entry.id;

        select alert.id, alert.kind, entry.measure_key, entry.source = 'patient' as from_patient, alert.raised_at, alert.reminders,
               alert.acknowledged_at, person.display_name as acknowledged_by, alert.words
        from measure_alert alert
        join {Ours} and r.id = alert.referral_id
        join outcome_entry entry on entry.id = alert.entry_id
        left join portal_user person on person.id = alert.acknowledged_by
        order by alert.acknowledged_at desc nulls first, alert.raised_at desc;

        select q.id, q.measures, q.channel, person.display_name as sent_by, q.created_at as sent_at, q.expires_at, q.opened_at, q.answered_at, q.revoked_at,
               (select count(*)::int from outcome_entry entry where entry.questionnaire_id = q.id and entry.supersedes_id is null) as done,
               portal.questionnaire_undelivered(q.id) as undelivered
        from questionnaire q
        join {Ours} and r.id = q.referral_id
        join portal_user person on person.id = q.sent_by
        order by q.created_at desc, q.id desc;
        """;
}
