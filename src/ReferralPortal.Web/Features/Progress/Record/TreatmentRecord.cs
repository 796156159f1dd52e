using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The clinical record of one referral as the clinic's people read it: every version of every note, and who is still writing one. Clinic eyes only.</summary>
/// <param name="Assessments">The signed one first, then the versions before it.</param>
/// <param name="Visits">Appointments, the latest first.</param>
/// <param name="Sessions">Notes of sessions, earlier versions too, the latest first.</param>
/// <param name="Drafts">Notes that are being written; what stands in them is their author's alone.</param>
/// <param name="Goals">In the order in which they were agreed.</param>
/// <param name="Reviews">How goals were judged, the latest first.</param>
/// <param name="Work">The patient's work, the latest first.</param>
public sealed record TreatmentRecord(
    IReadOnlyList<TreatmentRecord.Assessment> Assessments, IReadOnlyList<TreatmentRecord.Visit> Visits, IReadOnlyList<TreatmentRecord.Session> Sessions,
    IReadOnlyList<TreatmentRecord.Draft> Drafts, IReadOnlyList<TreatmentRecord.Goal> Goals, IReadOnlyList<TreatmentRecord.Review> Reviews, IReadOnlyList<TreatmentRecord.WorkEntry> Work)
{
    public sealed record Assessment(
        Guid Id, string State, DateTimeOffset AssessedAt, string Subjective, string Objective, string Regions, string Analysis, string Plan, int? SessionsPlanned, Coded<WorkStatus>? WorkStatus,
        int? PrognosisWeeks, string AuthorName, string AuthorHcpc, DateTimeOffset SignedAt, string? AmendmentReason);

    public sealed record Visit(Guid Id, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Clinic, Guid ClinicianId, string Clinician, string State, string? AttendanceCode);

    public sealed record Session
    {
        public Guid Id { get; init; }
        public Guid? AppointmentId { get; init; }
        public string State { get; init; } = "";
        public DateTimeOffset HeldAt { get; init; }
        public string[] Treatments { get; init; } = [];
        public string Response { get; init; } = "";
        public Coded<WorkStatus>? WorkStatus { get; init; }
        public Coded<Concern> Concern { get; init; }
        public string? ConcernWords { get; init; }
        public string AuthorName { get; init; } = "";
        public string AuthorHcpc { get; init; } = "";
        public DateTimeOffset SignedAt { get; init; }
        public string? AmendmentReason { get; init; }
    }

    /// <param name="AppointmentId">Of a session; null for an assessment.</param>
    /// <param name="Amends">It is to take the place of a signed note.</param>
    public sealed record Draft(Guid Id, Guid? AppointmentId, Guid AuthorId, string Author, DateTimeOffset UpdatedAt, bool Amends);

    public sealed record Goal(Guid Id, int Version, string Words, DateOnly? TargetDate, Coded<GoalOutcome> Outcome);
    public sealed record Review(Guid GoalId, Coded<GoalOutcome> Outcome, string? Words, DateTimeOffset ReviewedAt, string Reviewer);
    public sealed record WorkEntry(Coded<WorkStatus> Status, DateOnly FromDate, string? Note, string RecordedBy, DateTimeOffset RecordedAt);

    /// <summary>The assessment as it is signed now; null while there is none.</summary>
    public Assessment? Assessed => Assessments.FirstOrDefault(assessment => assessment.State == "signed");

    /// <summary>A clinician's own unfinished assessment.</summary>
    public Draft? OwnAssessment(Guid clinician) => Drafts.FirstOrDefault(draft => draft.AppointmentId is null && draft.AuthorId == clinician);

    /// <summary>A clinician's own unfinished note of an appointment.</summary>
    public Draft? OwnSession(Guid clinician, Guid appointment) => Drafts.FirstOrDefault(draft => draft.AppointmentId == appointment && draft.AuthorId == clinician);

    /// <summary>The signed note of an appointment.</summary>
    public Session? NoteOf(Guid appointment) => Sessions.FirstOrDefault(session => session.AppointmentId == appointment && session.State == "signed");

    internal static async Task<TreatmentRecord> Read(PortalUnit unit, Guid referralId)
    {
        await using var sets = await unit.Results(Everything, new { referralId });
        return new TreatmentRecord(
            [.. await sets.ReadAsync<Assessment>()], [.. await sets.ReadAsync<Visit>()], [.. await sets.ReadAsync<Session>()], [.. await sets.ReadAsync<Draft>()],
            [.. await sets.ReadAsync<Goal>()], [.. await sets.ReadAsync<Review>()], [.. await sets.ReadAsync<WorkEntry>()]);
    }

    const string Everything = """
        select id, state, assessed_at, subjective, objective, regions::text as regions, analysis, plan, sessions_planned, work_status, prognosis_weeks, author_name, author_hcpc, signed_at, amendment_reason
        from assessment where referral_id = @referralId and state <> 'draft' order by signed_at desc, id;
        select a.id, a.kind, a.starts_at, a.ends_at, clinic.name as clinic, a.clinician_id, u.display_name as clinician, a.state, a.attendance_code
        from appointment a join clinic on clinic.id = a.clinic_id join portal_user u on u.id = a.clinician_id
        where a.referral_id = @referralId and a.state <> 'held' order by a.starts_at desc, a.id;
        select id, appointment_id, state, held_at, treatments, response, work_status, concern, concern_words, author_name, author_hcpc, signed_at, amendment_reason
        from treatment_session where referral_id = @referralId and state <> 'draft' order by held_at desc, signed_at desc, id;
        select note.id, note.appointment_id, note.author_id, u.display_name as author, note.updated_at, note.amends
        from (select id, null::uuid as appointment_id, clinician_id as author_id, updated_at, supersedes_id is not null as amends from assessment where referral_id = @referralId and state = 'draft'
              union all
              select id, appointment_id, clinician_id, updated_at, supersedes_id is not null from treatment_session where referral_id = @referralId and state = 'draft') note
        join portal_user u on u.id = note.author_id order by note.updated_at desc;
        select id, version, words, target_date, outcome from goal where referral_id = @referralId order by created_at, id;
        select review.goal_id, review.outcome, review.words, review.reviewed_at, u.display_name as reviewer
        from goal_review review join portal_user u on u.id = review.reviewed_by where review.referral_id = @referralId order by review.reviewed_at desc, review.id desc;
        select entry.status, entry.from_date, entry.note, u.display_name as recorded_by, entry.recorded_at
        from work_status_entry entry join portal_user u on u.id = entry.recorded_by
        where entry.referral_id = @referralId order by entry.from_date desc, entry.recorded_at desc, entry.id desc;
        """;
}
