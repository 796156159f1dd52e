using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>
/// Releases a signed report: from that one instant on all of its readers have it, and all of them are told in one transaction, so that neither side has it before the other.
/// With the signature; or, where the patient checks the facts first, when the patient's time is over or when its author says so.
/// </summary>
public sealed class ReleaseReport(PortalDatabase database) : IMessageHandler<ReportWindowEnds>
{
    /// <summary>Releases a report before the patient's time is over, or although the patient has left a correction. Its author may, or the manager for an author who has left.</summary>
    public async Task<Outcome<DateTimeOffset>> Handle(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!WriteReport.Writes(actor)) return Outcome.Missing;
        return await database.Write<DateTimeOffset>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(WriteReport.ReferralOf, new { reportId, organisationId = actor.OrganisationId });
            if (referral is null || await unit.One<Waiting>(OneWaiting, new { reportId }) is not { } report) return Outcome.Missing;
            if (!ReportRules.MayAnswerFor(report.AuthorId == actor.UserId && actor.Has(Role.Clinician), actor.Has(Role.ClinicManager), report.AuthorHasLeft)) return Outcome.Refused("Only its author releases a report.");
            if (report.ReleasedAt is { } at) return at;
            if (report.State == "superseded" || report.BeingAmended) return Outcome.Refused("This report is being amended: sign the amendment, or discard it first.");
            await Release(unit, referral, report.Report, ("release_report", AuditAction.ReleaseReport));
            return unit.Now;
        }, ct);
    }

    /// <summary>The patient's time is over. What the patient has corrected waits for the author, who amends the report or releases it as it is.</summary>
    public async Task Handle(Actor portal, ReportWindowEnds message, CancellationToken ct) => await database.Write<int>(portal, async unit =>
    {
        var referral = await unit.One<LockedReferral>(WriteReport.ReferralOf, new { message.ReportId, organisationId = portal.OrganisationId });
        if (referral is null || await unit.One<Waiting>(OneWaiting, new { message.ReportId }) is not { State: "signed", ReleasedAt: null, BeingAmended: false, Corrected: false } report) return 0;
        if (report.ReleaseDueAt > unit.Now) return 0;
        await Release(unit, referral, report.Report, ("release_report", AuditAction.ReleaseReport));
        return 0;
    }, ct);

    /// <summary>
    /// Everything that follows when a report's readers get it, in the unit that holds the referral's row locked: the version before it is superseded, what was asked about that is
    /// corrected, the promise is kept and its clock stops, and the readers are told. What a report asks of a reader is asked here.
    /// </summary>
    internal static async Task Release(PortalUnit unit, LockedReferral referral, SignedReport report, (string What, AuditAction Audit) step)
    {
        await unit.Run(Stamp, new { report.Id, at = unit.Now });
        var readers = report.Supersedes is { } before ? await Supersede(unit, referral.Id, before, report.Id) : [];
        await unit.Note(referral, step.What, step.Audit, report.Id, new { kind = EnumText.Of(report.Kind), reportId = report.Id },
            ReportRules.Of(report.Kind).Keeps is { } kept && referral.DueFor == EnumText.Of(kept) ? LifecycleStep.Clock.Stopped : null);
        if (report.Supersedes is null) unit.Queue(new ReportSigned(referral.Id, report.Id, report.Kind), referral.Id);
        else unit.Queue(new ReportAmended(referral.Id, report.Id, readers, report.Kind), referral.Id);
        await ReferralPortal.Web.Features.Funding.ExtensionRequests.Send(unit, referral.Id, report.Id);
    }

    /// <summary>The patient gets a link and time to check the facts; until then no party sees that there is a report.</summary>
    internal static async Task AskThePatient(PortalUnit unit, LockedReferral referral, SignedReport report, DateTimeOffset until)
    {
        await unit.Run(Offer, new { id = Guid.CreateVersion7(unit.Now), reportId = report.Id, referralId = referral.Id, until, at = unit.Now });
        // A version that nobody has is replaced at once; one that has readers is theirs until the new one is.
        if (report.Supersedes is { } before) await unit.Run(ReplaceUnreleased, new { before });
        await unit.Note(referral, report.Supersedes is null ? "sign_report" : "amend_report", report.Supersedes is null ? AuditAction.SignReport : AuditAction.AmendReport, report.Id,
            new { kind = EnumText.Of(report.Kind), reportId = report.Id, patientChecksUntil = until }, clinicOnly: true);
        unit.Queue(new ReportPreviewOffered(referral.Id, report.Id), referral.Id);
        unit.Queue(new ReportWindowEnds(referral.Id, report.Id), referral.Id, until);
    }

    static async Task<IReadOnlyList<Guid>> Supersede(PortalUnit unit, Guid referralId, Guid before, Guid by)
    {
        // All of them: the version before may itself never have had readers, and the one before that still has.
        var earlier = (await unit.Many<Guid>(EarlierVersions, new { before })).ToArray();
        await unit.Run(Replace, new { earlier });
        foreach (var query in await unit.Many<Corrected>(CorrectQueries, new { by, earlier, at = unit.Now, me = unit.Actor.UserId, myName = unit.Actor.DisplayName }))
            unit.Queue(new ReportQueryAnswered(referralId, query.Id, query.AskedBy), referralId);
        return await unit.Many<Guid>("select distinct person_id from report_read where report_id = any (@earlier)", new { earlier });
    }

    sealed record Corrected(Guid Id, Guid AskedBy);

    sealed record Waiting(Guid Id, Coded<ReportKind> Kind, Guid? SupersedesId, string State, Guid AuthorId, bool AuthorHasLeft, DateTimeOffset? ReleasedAt, DateTimeOffset? ReleaseDueAt, bool BeingAmended, bool Corrected)
    {
        internal SignedReport Report => new(Id, Kind, SupersedesId);
    }

    const string OneWaiting = """
        select report.id, report.kind, report.supersedes_id, report.state, report.author_id, author.disabled_at is not null or not 'clinician' = any (author.roles) as author_has_left,
               report.released_at, report.release_due_at, exists (select from report next where next.supersedes_id = report.id) as being_amended,
               exists (select from report_preview preview where preview.report_id = report.id and preview.correction is not null) as corrected
        from report join portal_user author on author.id = report.author_id
        where report.id = @reportId and report.state <> 'draft'
        """;

    const string Stamp = "update report set released_at = @at, version = version + 1, updated_at = @at where id = @id and released_at is null";

    const string EarlierVersions = """
        with recursive earlier (id) as (
            select @before::uuid
            union
            select report.supersedes_id from earlier join report on report.id = earlier.id where report.supersedes_id is not null)
        select id from earlier
        """;

    const string Replace = "update report set state = 'superseded', version = version + 1 where id = any (@earlier) and state = 'signed'";

    const string ReplaceUnreleased = "update report set state = 'superseded', version = version + 1 where id = @before and state = 'signed' and released_at is null";

    const string CorrectQueries = """
        update report_query set state = 'corrected', correction_id = @by, answered_at = @at, answered_by = @me, answered_by_name = @myName, version = version + 1
        where (correction_id = @by or correction_id = any (@earlier)) and state = 'open'
        returning id, asked_by
        """;

    const string Offer = """
        insert into report_preview (id, report_id, referral_id, expires_at, created_at) values (@id, @reportId, @referralId, @until, @at)
        """;
}

/// <summary>A report was released: its readers are told.</summary>
public sealed record ReportSigned(Guid ReferralId, Guid ReportId, ReportKind? Kind = null);

/// <summary>An amended report was released: everybody outside who is told of reports is told, and whoever has read the version before (<paramref name="Readers"/>).</summary>
public sealed record ReportAmended(Guid ReferralId, Guid ReportId, IReadOnlyList<Guid> Readers, ReportKind? Kind = null);

/// <summary>A signed report waits for the patient: a link to it is sent.</summary>
public sealed record ReportPreviewOffered(Guid ReferralId, Guid ReportId);

/// <summary>The patient's time to check a report is over.</summary>
public sealed record ReportWindowEnds(Guid ReferralId, Guid ReportId);
