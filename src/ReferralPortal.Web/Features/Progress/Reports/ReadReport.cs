using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A signed report as one reader sees it.</summary>
public sealed record SignedReportPage(
    Guid Id, string Reference, string GivenName, string FamilyName, DateOnly DateOfBirth, string? ClaimReference, string? OurReference, DateOnly? IncidentDate,
    ReportKind Kind, int Number, bool Superseded, IReadOnlyList<ReportSection> Sections, string AuthorName, string AuthorHcpc, DateTimeOffset SignedAt, string ContentHash,
    string ReferringOrganisation, bool PartOnly);

/// <summary>
/// Opens a signed report for a party or the clinic; never a draft. What an employer reads is fitness for work only. The first reading by
/// each person outside the clinic is kept, so that the author knows that it arrived.
/// </summary>
public sealed class ReadReport(PortalDatabase database)
{
    public async Task<Outcome<SignedReportPage>> Handle(Actor actor, Guid reportId, AuditAction how, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var row = await unit.One<Row>(Signed, new { reportId, organisationId = actor.OrganisationId });
            if (row is null) return (Outcome<SignedReportPage>)Outcome.Missing;

            var employer = actor.OrganisationKind == OrganisationKind.Employer;
            var sight = PartySight.Of(row.MyRoles.Select(role => Domain.EnumText.Parse<PartyRole>(role)), actor.OrganisationKind);
            if (!sight.HasFlag(Sight.Reports) && !employer) return Outcome.Missing;

            unit.Audit(how, row.ReferralId, row.Id);
            if (!actor.IsClinic) await unit.Run(FirstReading, new { reportId, personId = actor.UserId, organisationId = actor.OrganisationId, at = unit.Now });

            var written = PortalJson.Read<List<ReportSection>>(row.Content);
            var shown = ReportContent.For(actor.OrganisationKind, row.Kind, written);
            return new SignedReportPage(row.Id, row.Reference, row.GivenName, row.FamilyName, row.DateOfBirth, employer ? null : row.ClaimReference, row.OurReference, row.IncidentDate,
                row.Kind, row.Number, row.State == "superseded", shown, row.AuthorName, row.AuthorHcpc, row.SignedAt, row.ContentHash, row.ReferringOrganisation, shown.Count < written.Count);
        }, ct);
    }

    sealed record Row(
        Guid Id, Guid ReferralId, string Reference, string GivenName, string FamilyName, DateOnly DateOfBirth, string? ClaimReference, string? OurReference, DateOnly? IncidentDate,
        Coded<ReportKind> Kind, int Number, string State, string Content, string AuthorName, string AuthorHcpc, DateTimeOffset SignedAt, string ContentHash,
        string ReferringOrganisation, string[] MyRoles);

    const string Signed = """
        select report.id, r.id as referral_id, r.reference, p.given_name, p.family_name, p.date_of_birth, r.claim_reference, r.our_reference, r.incident_date,
               report.kind, report.number, report.state, report.content::text as content, report.author_name, report.author_hcpc, report.signed_at, report.content_hash,
               sender.name as referring_organisation, mine.my_roles
        from report
        join referral r on r.id = report.referral_id
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = r.id and party.organisation_id = @organisationId) mine
        join patient p on p.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        where report.id = @reportId and report.state in ('signed', 'superseded') and mine.my_roles is not null
        """;

    const string FirstReading = """
        insert into report_read (report_id, person_id, organisation_id, first_read_at)
        values (@reportId, @personId, @organisationId, @at) on conflict do nothing
        """;
}
