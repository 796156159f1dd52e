using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>A discharged referral, and what stands between it and its end.</summary>
/// <param name="Reminders">How often the referrer was reminded of the report; beyond <see cref="ReportChases.Reminders"/> somebody is to ring.</param>
/// <param name="Unbilled">Pounds that are not billed yet.</param>
public sealed record ReferralToClose(
    Guid Id, string Reference, string GivenName, string FamilyName, string ReferringOrganisation, DateTimeOffset DischargedAt, DateTimeOffset SubmittedAt,
    Guid? ReportId, DateTimeOffset? SeenAt, string? SeenBy, int Reminders, DateTimeOffset? RemindedAt, decimal Unbilled)
{
    /// <summary>The clinic is to ring the referrer.</summary>
    public bool ToRing => SeenAt is null && Reminders > ReportChases.Reminders;

    /// <summary>Nothing stands in the way.</summary>
    public bool Ready => SeenAt is not null && Unbilled == 0;
}

/// <summary>What the clinic's administrators have to close: every discharged referral, the newest first, with what it still waits for.</summary>
public sealed class ListToClose(PortalDatabase database)
{
    public const int PageSize = 25;

    /// <param name="Rows">The page.</param>
    /// <param name="Next">Where the next one begins.</param>
    /// <param name="Ring">How many the clinic is to ring about, as far as <see cref="ListReferrals.CountLimit"/>.</param>
    /// <param name="Total">How many are discharged, likewise.</param>
    public sealed record Page(IReadOnlyList<ReferralToClose> Rows, PagePlace? Next, int Ring, int Total);

    /// <param name="actor">A clinic administrator.</param>
    /// <param name="ring">Only those whose referrer is to be rung.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<Page>> Handle(Actor actor, bool ring, PagePlace? after, CancellationToken ct)
    {
        if (actor.OrganisationKind != OrganisationKind.ClinicGroup || !actor.Has(Role.ClinicAdministrator)) return Outcome.Missing;
        return await database.View<Outcome<Page>>(actor, async unit =>
        {
            var asked = new { organisationId = actor.OrganisationId, ring, afterAt = after?.SubmittedAt, afterId = after?.Id, rows = PageSize + 1, countLimit = ListReferrals.CountLimit + 1, reminders = ReportChases.Reminders };
            await using var sets = await unit.Results($"{Counts};\n{Rows}", asked);
            var (total, toRing) = await sets.ReadSingleAsync<(int, int)>();
            var rows = (await sets.ReadAsync<ReferralToClose>()).ToList();
            unit.Audit(AuditAction.ListReferrals, detail: new { page = "to_close" });
            var shown = rows.Take(PageSize).ToList();
            return new Page(shown, rows.Count > PageSize ? new(shown[^1].SubmittedAt, shown[^1].Id) : null, toRing, total);
        }, ct);
    }

    const string Mine = "from referral_party mine where mine.organisation_id = @organisationId and mine.role = 'treating_clinic' and mine.state = 'discharged'";

    /// <summary>The referral <c>mine.referral_id</c> waits for a telephone call: reminded to no end.</summary>
    const string IsToRing = $"""
        exists (select from referral r join report d on d.referral_id = r.id and {DischargeReportSql.Ends} join report_chase c on c.report_id = d.id and c.step > @reminders
                where r.id = mine.referral_id
                    and not exists (select from report_acknowledgement seen where seen.report_id = d.id and seen.organisation_id = r.referring_organisation_id))
        """;

    static readonly string Counts = $"""
        select (select count(*) from (select {Mine} limit @countLimit) counted)::int, (select count(*) from (select {Mine} and {IsToRing} limit @countLimit) counted)::int
        """;

    static readonly string Rows = $"""
        with page as (
            select mine.referral_id, mine.submitted_at {Mine}
                and (@afterAt::timestamptz is null or (mine.submitted_at, mine.referral_id) < (@afterAt, @afterId::uuid))
                and (not @ring or {IsToRing})
            order by mine.submitted_at desc, mine.referral_id desc
            limit @rows),
        {ChargeSql.Charges("a.referral_id in (select referral_id from page)", "report.referral_id in (select referral_id from page)")}
        select r.id, r.reference, p.given_name, p.family_name, sender.name as referring_organisation, r.state_since as discharged_at, page.submitted_at,
               ended.id as report_id, seen.acknowledged_at as seen_at, seen.person_name as seen_by, coalesce(chase.step, 0) as reminders, chase.at as reminded_at,
               coalesce((select sum(charge.pounds) from charge where charge.referral_id = r.id), 0) as unbilled
        from page
        join referral r on r.id = page.referral_id
        join patient p on p.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        {DischargeReportSql.Lateral}
        left join lateral (
            select one.acknowledged_at, one.person_name from report_acknowledgement one
            where one.report_id = ended.id and one.organisation_id = r.referring_organisation_id
            order by one.acknowledged_at limit 1) seen on true
        left join lateral (select c.step, c.at from report_chase c where c.report_id = ended.id order by c.step desc limit 1) chase on true
        order by page.submitted_at desc, page.referral_id desc
        """;
}
