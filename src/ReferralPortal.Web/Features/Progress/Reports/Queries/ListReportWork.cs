using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports.Queries;

/// <summary>Something about a signed report that waits for its author.</summary>
/// <param name="What"><c>query</c>: a reader asks; <c>correction</c>: the patient says that something is wrong; <c>checking</c>: the patient has it until <paramref name="DueAt"/>.</param>
public sealed record ReportTask(Guid ReportId, string Reference, string GivenName, string FamilyName, Coded<ReportKind> Kind, string What, string? Organisation, DateTimeOffset DueAt, bool Amending);

/// <summary>What waits for a clinician on the reports that they signed; for the clinic's manager also those of authors who have left. The most urgent first.</summary>
public sealed class ListReportWork(PortalDatabase database)
{
    public async Task<IReadOnlyList<ReportTask>> Handle(Actor actor, CancellationToken ct)
    {
        if (!WriteReport.Writes(actor)) return [];
        return await database.View(actor, async unit =>
        {
            var work = await unit.Many<ReportTask>(Work, new { actor.UserId, actor.OrganisationId, manager = actor.Has(Role.ClinicManager) });
            if (work.Count > 0) unit.Audit(AuditAction.ListReferrals);
            return work;
        }, ct);
    }

    const string Work = """
        with mine as (
            select report.id, report.referral_id, report.kind, report.released_at
            from report
            join referral r on r.id = report.referral_id
            join portal_user author on author.id = report.author_id
            where report.state = 'signed' and @organisationId = any (r.readers)
                and (author.id = @userId or (@manager and (author.disabled_at is not null or not 'clinician' = any (author.roles)))))
        select mine.id as report_id, r.reference, p.given_name, p.family_name, mine.kind, waits.what, waits.organisation, waits.due_at, waits.amending
        from mine
        cross join lateral (
            select 'query' as what, o.name as organisation, query.due_at, query.correction_id is not null as amending
            from report_query query join organisation o on o.id = query.organisation_id
            where query.report_id = mine.id and query.state = 'open'
            union all
            select case when preview.correction is null then 'checking' else 'correction' end, null, preview.expires_at,
                   exists (select from report next where next.supersedes_id = mine.id)
            from report_preview preview
            where preview.report_id = mine.id and mine.released_at is null) waits
        join referral r on r.id = mine.referral_id
        join patient p on p.id = r.patient_id
        order by waits.what = 'checking', waits.due_at, mine.id
        limit 100
        """;
}
