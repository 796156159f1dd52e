using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>One patient's treatment as the clinic works on it.</summary>
public sealed record CarePage(CareHeader Header, TreatmentRecord Notes, RecordedCare Record, IReadOnlyList<CareReport> Reports, IReadOnlyList<ReferralAction> MayDo);

public sealed record CareHeader(
    Guid Id, string Reference, Coded<ReferralState> State, int Version, string GivenName, string FamilyName, DateOnly DateOfBirth, string? Condition, string? Symptoms, int? PainNow,
    Coded<WorkStatus>? WorkStatus, string? Occupation, Guid ReferringOrganisationId, string ReferringOrganisation, string? Clinician, string? DueFor, DateTimeOffset? DueAt,
    DateTimeOffset? ClockPausedAt, DateOnly? ClockWaitsUntil, DateTimeOffset? AssessmentBookedFor, string? RedFlagTier, DateTimeOffset? RedFlagClearedAt);

/// <summary>A report of this referral; the clinic sees drafts, and how many people outside have opened a signed one.</summary>
public sealed record CareReport(Guid Id, Coded<ReportKind> Kind, int Number, string State, Guid AuthorId, string Author, DateTimeOffset UpdatedAt, DateTimeOffset? SignedAt, int Readers);

/// <summary>Opens the clinic's own page of a referral: the record, the reports and what may be done next. Clinic eyes only.</summary>
public sealed class OpenCare(PortalDatabase database)
{
    public async Task<Outcome<CarePage>> Handle(Actor actor, string? typed, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician) && !actor.Has(Role.ClinicAdministrator)) return Outcome.Missing;
        if (!Reference.TryParse(typed, out var reference)) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var header = await unit.One<CareHeader>(Head, new { reference = reference.ToString(), organisationId = actor.OrganisationId });
            if (header is null) return (Outcome<CarePage>)Outcome.Missing;
            unit.Audit(AuditAction.ViewReferral, header.Id);
            var notes = await TreatmentRecord.Read(unit, header.Id);
            var record = await RecordedCare.Read(unit, header.Id);
            var reports = await unit.Many<CareReport>(Reports, new { referralId = header.Id });
            return new CarePage(header, notes, record, reports, [.. Lifecycle.AllowedActions(header.State, actor.CapacitiesOn(header.ReferringOrganisationId))]);
        }, ct);
    }

    const string Head = """
        select r.id, r.reference, r.state, r.version, p.given_name, p.family_name, p.date_of_birth, coalesce(c.name, d.presenting_condition) as condition,
               d.symptoms, d.pain_now, d.work_status, d.occupation, r.referring_organisation_id, sender.name as referring_organisation, clinician.display_name as clinician,
               r.due_for, r.due_at, r.clock_paused_at, r.clock_waits_until,
               (select min(a.starts_at) from appointment a where a.referral_id = r.id and a.kind = 'initial_assessment' and a.state = 'booked') as assessment_booked_for,
               r.red_flag_tier, r.red_flag_cleared_at
        from referral r
        join patient p on p.id = r.patient_id
        join referral_detail d on d.referral_id = r.id
        join organisation sender on sender.id = r.referring_organisation_id
        left join condition c on c.slug = r.condition_slug
        left join portal_user clinician on clinician.id = r.clinician_id
        where r.reference = @reference and @organisationId = any (r.readers)
        """;

    const string Reports = """
        select report.id, report.kind, report.number, report.state, report.author_id, u.display_name as author, report.updated_at, report.signed_at,
               (select count(*)::int from report_read seen where seen.report_id = report.id) as readers
        from report join portal_user u on u.id = report.author_id
        where report.referral_id = @referralId
        order by report.created_at desc, report.id
        """;
}
