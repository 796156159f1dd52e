using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>A safety question as it was worded when it was put, and its answer. The words are null when that wording is not known here any more.</summary>
public sealed record SafetyAnswer(string Key, Coded<RedFlagAnswer> Answer, string? Wording, string? Tier, string? Topic, string? Question);

/// <summary>Everything on which triage decides, on one page.</summary>
public sealed record TriageCase(ReferralView Referral, IReadOnlyList<SafetyAnswer> Answers, TriageAssignment Assignment, IReadOnlyList<ListedClinician> Clinicians)
{
    public ReferralHeader Header => Referral.Header;

    /// <summary>The reader's own last decision, while it can be taken back.</summary>
    public UndoableDecision? Undoable { get; init; }
}

/// <summary>Who has the referral, by id.</summary>
public sealed record TriageAssignment(Guid? TriageOwnerId, Guid? ClinicId, Guid? ClinicianId);

/// <summary>
/// Opens a referral for triage. It is the referral as the referral page reads it (and audits it), for the treating clinic's people, with the safety
/// answers in the words in which they were asked.
/// </summary>
public sealed class OpenTriage(PortalDatabase database, ViewReferral referrals)
{
    /// <param name="actor">Who reads.</param>
    /// <param name="typed">The reference as it was typed.</param>
    /// <param name="ct">Ends the reading when the page goes away.</param>
    public async Task<Outcome<TriageCase>> Handle(Actor actor, string? typed, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        var opened = await referrals.Handle(actor, typed, ct);
        if (opened.Value is not { } referral) return opened.Failure!;

        return await database.Read(actor, async unit =>
        {
            var asked = new { referralId = referral.Header.Id, actor.OrganisationId };
            var assignment = await unit.One<TriageAssignment>(Assigned, asked);
            if (assignment is null) return (Outcome<TriageCase>)Outcome.Missing;
            return new TriageCase(referral, await unit.Many<SafetyAnswer>(Answers, asked), assignment, await unit.WorkingClinicians()) { Undoable = await unit.UndoableDecision(referral.Header.Id) };
        }, ct);
    }

    const string Readable = """
        portal.is_clinic() and exists (
            select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        """;

    const string Assigned = $"select r.triage_owner_id, r.clinic_id, r.clinician_id from referral r where r.id = @referralId and {Readable}";

    // Every question of the wording that was used, because one that was left out was not asked, and "not asked" must be seen; then answers to wordings not known here.
    const string Answers = $"""
        with given as materialized (
            select answer.key, answer.answer, answer.wording
            from referral r
            join referral_detail detail on detail.referral_id = r.id
            cross join jsonb_to_recordset(detail.red_flag_answers) as answer (key text, answer text, wording text)
            where r.id = @referralId and {Readable}),
        question as (
            select * from red_flag_question q
            where q.wording_version in (select wording from given) or (q.current and not exists (select from given)))
        select coalesce(question.key, given.key) as key, coalesce(given.answer, 'not_asked') as answer, coalesce(question.wording_version, given.wording) as wording,
               question.tier, question.topic, question.question
        from question
        full join given on given.key = question.key and given.wording = question.wording_version
        order by array_position(array['yes', 'not_asked', 'no'], coalesce(given.answer, 'not_asked')), question.tier, question.position, 1
        """;
}
