using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>Somebody outside the clinic has seen the discharge report.</summary>
public sealed record Acknowledgement(Guid PersonId, string PersonName, Guid OrganisationId, string OrganisationName, DateTimeOffset At);

/// <summary>Who has seen a discharge report, as far as this reader may know, and whether the reader is asked to say so.</summary>
public sealed record ReportSeen(Guid ReferralId, IReadOnlyList<Acknowledgement> Seen, bool MayAcknowledge);

/// <summary>
/// A reader's own word that the discharge report was seen: what closes the loop. Anybody outside the clinic who may read it says so, each once; it stands on the
/// timeline. Opening a report is kept by <see cref="ReadReport"/> and is no acknowledgement.
/// </summary>
public sealed class AcknowledgeReport(PortalDatabase database)
{
    /// <summary>What stands on the report's page; missing where the report is no discharge report, or not for this reader.</summary>
    public async Task<Outcome<ReportSeen>> Read(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;
        return await database.Read<Outcome<ReportSeen>>(actor, async unit =>
        {
            await using var sets = await unit.Results($"{One};\n{Acknowledgements}", Asked(actor, reportId));
            if (await sets.ReadSingleOrDefaultAsync<Row>() is not { } row || row.Kind != ReportKind.Discharge || !row.IsFor(actor)) return Outcome.Missing;
            var seen = (await sets.ReadAsync<Acknowledgement>()).ToList();
            return new ReportSeen(row.ReferralId, seen, row.State == "signed" && !actor.IsClinic && seen.All(one => one.PersonId != actor.UserId));
        }, ct);
    }

    /// <summary>The discharge report of a referral that nobody of the actor's organisation has acknowledged yet; null where none waits, or none for this reader.</summary>
    public async Task<Guid?> Waiting(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.ReadsReferrals() || actor.IsClinic) return null;
        return await database.Read(actor, async unit =>
            await unit.One<Guid?>(WaitingSql, new { referralId, organisationId = actor.OrganisationId }) is { } reportId
            && await unit.One<Row>(One, Asked(actor, reportId)) is { } row && row.IsFor(actor) ? reportId : (Guid?)null, ct);
    }

    /// <summary>Says that the actor has seen it. Sent twice it is said once.</summary>
    public async Task<Outcome<DateTimeOffset>> Handle(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;
        if (actor.IsClinic) return Outcome.Refused("The clinic wrote this report: its readers acknowledge it.");

        return await database.Write<DateTimeOffset>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(ReferralOf, Asked(actor, reportId));
            var row = referral is null ? null : await unit.One<Row>(One, Asked(actor, reportId));
            if (referral is null || row is null || !row.IsFor(actor)) return Outcome.Missing;
            if (row.Kind != ReportKind.Discharge) return Outcome.Refused("Only a discharge report is acknowledged.");
            if (row.State != "signed") return Outcome.Refused("This report has been amended since. Open the amended one and acknowledge that.");
            if (await unit.One<DateTimeOffset?>(Mine, new { reportId, personId = actor.UserId }) is { } before) return before;

            await unit.Run(Insert, new
            {
                id = Guid.CreateVersion7(unit.Now), reportId, referralId = referral.Id, personId = actor.UserId, personName = actor.DisplayName,
                actor.OrganisationId, actor.OrganisationName, at = unit.Now,
            });
            await unit.Note(referral, "acknowledge_report", AuditAction.AcknowledgeReport, reportId, new { kind = row.Kind.Text, reportId });
            return unit.Now;
        }, ct);
    }

    static object Asked(Actor actor, Guid reportId) => new { reportId, organisationId = actor.OrganisationId, everybody = actor.IsClinic };

    sealed record Row(Guid ReferralId, Coded<ReportKind> Kind, string State, string[] MyRoles)
    {
        internal bool IsFor(Actor actor) =>
            actor.OrganisationKind == OrganisationKind.Employer || PartySight.Of(MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind).HasFlag(Sight.Reports);
    }

    const string One = """
        select r.id as referral_id, report.kind, report.state, mine.my_roles
        from report
        join referral r on r.id = report.referral_id
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = r.id and party.organisation_id = @organisationId) mine
        where report.id = @reportId and report.state in ('signed', 'superseded') and (@everybody or report.released_at is not null) and mine.my_roles is not null
        """;

    const string WaitingSql = $"""
        select ended.id from referral r
        {DischargeReportSql.Lateral}
        where r.id = @referralId and @organisationId = any (r.readers) and {DischargeReportSql.UnseenByReader}
        """;

    const string ReferralOf = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = (select referral_id from report where id = @reportId) and @organisationId = any (r.readers)
        for update
        """;

    /// <summary>Those of the report <c>@reportId</c>: all for the clinic, its own people's for anybody else.</summary>
    internal const string Acknowledgements = """
        select person_id, person_name, organisation_id, organisation_name, acknowledged_at as at
        from report_acknowledgement
        where report_id = @reportId and (@everybody or organisation_id = @organisationId)
        order by acknowledged_at, id
        """;

    const string Mine = "select acknowledged_at from report_acknowledgement where report_id = @reportId and person_id = @personId";

    const string Insert = """
        insert into report_acknowledgement (id, report_id, referral_id, person_id, person_name, organisation_id, organisation_name, acknowledged_at)
        values (@id, @reportId, @referralId, @personId, @personName, @organisationId, @organisationName, @at)
        """;
}
