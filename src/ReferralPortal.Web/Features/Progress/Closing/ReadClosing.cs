using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>How the end of a referral stands, for the clinic.</summary>
/// <param name="Id">The referral.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="State">Its state.</param>
/// <param name="Version">Its version, for the steps.</param>
/// <param name="ReferringOrganisationId">Whose acknowledgement counts.</param>
/// <param name="ReferringOrganisation">Its name.</param>
/// <param name="ReportId">The signed discharge report of this course of treatment; null where there is none.</param>
/// <param name="SignedAt">When it was signed.</param>
/// <param name="Opened">How many people outside have opened it.</param>
/// <param name="Reminders">How often the referrer was reminded; one more than <see cref="ReportChases.Reminders"/> once the clinic is to ring.</param>
/// <param name="RemindedAt">When that was last.</param>
public sealed record ClosingHead(
    Guid Id, string Reference, Coded<ReferralState> State, int Version, Guid ReferringOrganisationId, string ReferringOrganisation,
    Guid? ReportId, DateTimeOffset? SignedAt, int Opened, int Reminders, DateTimeOffset? RemindedAt);

/// <summary>The same with who has seen the report, what is billed, and what the reader may do.</summary>
public sealed record ClosingView(ClosingHead Head, IReadOnlyList<Acknowledgement> Seen, BilledSoFar Billed, IReadOnlyList<ReferralAction> MayDo)
{
    /// <summary>Somebody of the organisation that sent the referral has acknowledged the report.</summary>
    public Acknowledgement? SeenByReferrer => Seen.FirstOrDefault(one => one.OrganisationId == Head.ReferringOrganisationId);

    /// <summary>Closing it needs a reason.</summary>
    public bool NeedsReason(bool nothingOwed) => SeenByReferrer is null || (nothingOwed && Billed.Unbilled != 0);
}

/// <summary>Reads how the end of a referral stands. For the clinic's administrators and clinicians.</summary>
public sealed class ReadClosing(PortalDatabase database)
{
    public async Task<Outcome<ClosingView>> Handle(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (actor.OrganisationKind != OrganisationKind.ClinicGroup || (!actor.Has(Role.Clinician) && !actor.Has(Role.ClinicAdministrator))) return Outcome.Missing;
        return await database.Read<Outcome<ClosingView>>(actor, async unit =>
        {
            if (await unit.One<ClosingHead>(Head, new { referralId, organisationId = actor.OrganisationId }) is not { } head) return Outcome.Missing;
            var seen = head.ReportId is { } reportId ? await unit.Many<Acknowledgement>(AcknowledgeReport.Acknowledgements, new { reportId, organisationId = actor.OrganisationId, everybody = true }) : [];
            return new ClosingView(head, seen, await BilledSoFar.Read(unit, referralId), [.. Lifecycle.AllowedActions(head.State, actor.CapacitiesOn(head.ReferringOrganisationId))]);
        }, ct);
    }

    const string Head = $"""
        select r.id, r.reference, r.state, r.version, r.referring_organisation_id, sender.name as referring_organisation, ended.id as report_id, ended.signed_at,
               (select count(*)::int from report_read opened where opened.report_id = ended.id) as opened,
               coalesce(chase.step, 0) as reminders, chase.at as reminded_at
        from referral r
        join organisation sender on sender.id = r.referring_organisation_id
        {DischargeReportSql.Lateral}
        left join lateral (select c.step, c.at from report_chase c where c.report_id = ended.id order by c.step desc limit 1) chase on true
        where r.id = @referralId and @organisationId = any (r.readers)
        """;
}
