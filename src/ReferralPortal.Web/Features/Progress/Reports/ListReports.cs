using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A referral's reports as the clinic works on them.</summary>
/// <param name="Reports">Every version, the latest first.</param>
/// <param name="MayBegin">The kinds that the reader may begin now.</param>
public sealed record ReportList(IReadOnlyList<ListedReport> Reports, IReadOnlyList<ReportKind> MayBegin)
{
    /// <summary>What is most likely to be written next: what was promised, then what the record lacks.</summary>
    public ReportKind? Suggested => MayBegin.Count == 0 ? null
        : MayBegin.Contains(ReportKind.InitialAssessment) && Reports.All(report => report.Kind.Value != ReportKind.InitialAssessment) ? ReportKind.InitialAssessment
        : MayBegin.Contains(ReportKind.Progress) ? ReportKind.Progress : MayBegin[0];
}

/// <summary>One version of a report.</summary>
public sealed record ListedReport(
    Guid Id, Coded<ReportKind> Kind, int Number, string State, Guid AuthorId, string Author, DateTimeOffset UpdatedAt, DateTimeOffset? SignedAt, DateTimeOffset? ReleasedAt,
    DateTimeOffset? ReleaseDueAt, string? AmendmentReason, int OpenQueries, DateTimeOffset? PatientAnsweredAt, bool PatientCorrected)
{
    public IReadOnlyList<ReportReader> Readers { get; init; } = [];

    /// <summary>Signed, and not with its readers yet.</summary>
    public bool IsWithPatient => State == "signed" && ReleasedAt is null;
}

/// <summary>Somebody outside the clinic who has opened a report, and when first.</summary>
public sealed record ReportReader(Guid ReportId, string Name, string Organisation, DateTimeOffset FirstReadAt);

/// <summary>Lists the reports of one referral with their versions and readers. Clinic eyes only.</summary>
public sealed class ListReports(PortalDatabase database)
{
    public async Task<Outcome<ReportList>> Handle(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.IsClinic) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            await using var sets = await unit.Results(Everything, new { referralId, actor.OrganisationId });
            if (await sets.ReadFirstOrDefaultAsync<Head>() is not { } referral) return (Outcome<ReportList>)Outcome.Missing;
            var reports = (await sets.ReadAsync<ListedReport>()).ToList();
            var readers = (await sets.ReadAsync<ReportReader>()).ToLookup(reader => reader.ReportId);
            unit.Audit(AuditAction.ViewReferral, referralId);
            return new ReportList([.. reports.Select(report => report with { Readers = [.. readers[report.Id]] })],
                ReportRules.MayBegin(referral.State, [.. actor.CapacitiesOn(referral.ReferringOrganisationId)]));
        }, ct);
    }

    sealed record Head(Coded<ReferralState> State, Guid ReferringOrganisationId);

    const string Everything = """
        select r.state, r.referring_organisation_id from referral r where r.id = @referralId and @organisationId = any (r.readers);
        select report.id, report.kind, report.number, report.state, report.author_id, coalesce(report.author_name, u.display_name) as author, report.updated_at, report.signed_at,
               report.released_at, report.release_due_at, report.amendment_reason,
               (select count(*)::int from report_query query where query.report_id = report.id and query.state = 'open') as open_queries,
               preview.answered_at as patient_answered_at, preview.correction is not null as patient_corrected
        from report
        join portal_user u on u.id = report.author_id
        left join report_preview preview on preview.report_id = report.id
        where report.referral_id = @referralId and exists (select from referral r where r.id = @referralId and @organisationId = any (r.readers))
        order by coalesce(report.signed_at, report.updated_at) desc, report.id desc;
        select seen.report_id, u.display_name as name, o.name as organisation, seen.first_read_at
        from report_read seen
        join report on report.id = seen.report_id
        join portal_user u on u.id = seen.person_id
        join organisation o on o.id = seen.organisation_id
        where report.referral_id = @referralId and exists (select from referral r where r.id = @referralId and @organisationId = any (r.readers))
        order by seen.first_read_at, u.display_name;
        """;
}
