using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>
/// Opens a signed report for a party, once it is released, or for the clinic; never a draft. What a reader sees of it is <see cref="ReportAudiences"/>' say. The first reading
/// by each person outside the clinic is kept, so that the author knows that it arrived.
/// </summary>
public sealed class ReadReport(PortalDatabase database)
{
    public async Task<Outcome<ReportCopy>> Handle(Actor actor, Guid reportId, AuditAction how, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var roles = await unit.One<string[]>(MyRoles, new { reportId, organisationId = actor.OrganisationId, clinic = actor.IsClinic });
            if (roles is null or []) return (Outcome<ReportCopy>)Outcome.Missing;

            var held = roles.Select(role => Domain.EnumText.Parse<PartyRole>(role)).ToList();
            if (!PartySight.Of(held, actor.OrganisationKind).HasFlag(Sight.Reports) || ReportAudiences.Of(held, actor.OrganisationKind) is not { } audience) return Outcome.Missing;
            var report = (await unit.One<StoredReport>(Signed, new { reportId }))!;
            if (report.For(audience) is not { } copy) return Outcome.Missing;

            unit.Audit(how, report.ReferralId, report.Id);
            if (actor.IsClinic) return copy with { Desk = await Desk(unit, report) };
            await unit.Run(FirstReading, new { reportId, personId = actor.UserId, organisationId = actor.OrganisationId, at = unit.Now });
            return copy;
        }, ct);
    }

    static async Task<ReportDesk> Desk(PortalUnit unit, StoredReport report)
    {
        var isAuthor = report.AuthorId == unit.Actor.UserId && unit.Actor.Has(Role.Clinician);
        var amendment = await unit.One<Amendment>(BeingAmended, new { report.Id });
        return new ReportDesk(
            ReportRules.MayAnswerFor(isAuthor, unit.Actor.Has(Role.ClinicManager), report.AuthorHasLeft),
            amendment?.Id, amendment?.AuthorId == unit.Actor.UserId,
            await unit.One<PatientCheck>(Check, new { report.Id }));
    }

    sealed record Amendment(Guid Id, Guid AuthorId);

    const string MyRoles = """
        select array_agg(party.role)
        from report join referral_party party on party.referral_id = report.referral_id
        where report.id = @reportId and party.organisation_id = @organisationId and report.state in ('signed', 'superseded') and (@clinic or report.released_at is not null)
        having count(*) > 0
        """;

    // The version that stands now is found along the chain of amendments, as far as they are released.
    const string Signed = $"""
        select {StoredReport.Columns},
               (with recursive later as (
                    select next.id, next.state, next.released_at from report next where next.supersedes_id = report.id
                    union all
                    select next.id, next.state, next.released_at from report next join later on next.supersedes_id = later.id)
                select later.id from later where later.state = 'signed' and later.released_at is not null limit 1) as current_id
        from {StoredReport.Tables}
        where report.id = @reportId
        """;

    const string BeingAmended = "select id, author_id from report where supersedes_id = @id and state = 'draft'";

    const string Check = "select expires_at, opened_at, answered_at, correction from report_preview where report_id = @id";

    const string FirstReading = """
        insert into report_read (report_id, person_id, organisation_id, first_read_at)
        values (@reportId, @personId, @organisationId, @at) on conflict do nothing
        """;
}
