using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>
/// Begins the amendment of a signed report: a draft of its next version with the same words, and the reason. The version before stays as it was signed, and stands until the new one is
/// released. By its author, or by the clinic's manager where the author has left, and the new version then says so.
/// </summary>
public sealed class AmendReport(PortalDatabase database)
{
    /// <param name="actor">The author.</param>
    /// <param name="key">The new version's id, made by the page: a repeat opens the same draft.</param>
    /// <param name="reportId">The version that stands.</param>
    /// <param name="reason">Why; its readers see it.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<Guid>> Start(Actor actor, Guid key, Guid reportId, string reason, CancellationToken ct)
    {
        if (!WriteReport.Writes(actor)) return Outcome.Missing;
        if (string.IsNullOrWhiteSpace(reason) || reason.Trim().Length > 1000) return Outcome.Invalid("AmendmentReason", "Say in up to 1,000 characters why the report is amended; its readers see it");
        return await database.Write<Guid>(actor, unit => Begin(unit, key, reportId, reason.Trim()), ct);
    }

    /// <summary>The same within a unit of the caller's.</summary>
    internal static async Task<Outcome<Guid>> Begin(PortalUnit unit, Guid key, Guid reportId, string reason)
    {
        var actor = unit.Actor;
        // The referral's row is the lock: of two who begin at once, the second finds the draft of the first.
        var referral = await unit.One<LockedReferral>(WriteReport.ReferralOf, new { reportId, organisationId = actor.OrganisationId });
        if (referral is null || await unit.One<Amended>(One, new { reportId }) is not { } report) return Outcome.Missing;
        var isAuthor = report.AuthorId == actor.UserId && actor.Has(Role.Clinician);
        if (!ReportRules.MayAnswerFor(isAuthor, actor.Has(Role.ClinicManager), report.AuthorHasLeft)) return Outcome.Refused($"Only {report.AuthorName} amends this report.");
        if (report.SuccessorId is { } successor)
            return report.SuccessorState == "draft" && report.SuccessorAuthorId == actor.UserId ? successor
                : report.SuccessorState == "draft" ? Outcome.Conflict(report.SuccessorAuthor!, "began to amend this report", report.SuccessorAt!.Value)
                : Outcome.Refused("A later version of this report is signed. Amend that one.");

        await unit.Run(Insert, new { key, reportId, authorId = actor.UserId, reason, left = isAuthor ? null : report.AuthorName, at = unit.Now });
        unit.Audit(AuditAction.BeginAmendment, referral.Id, key, new { amends = reportId });
        return key;
    }

    sealed record Amended(Guid AuthorId, string AuthorName, bool AuthorHasLeft, Guid? SuccessorId, string? SuccessorState, Guid? SuccessorAuthorId, string? SuccessorAuthor, DateTimeOffset? SuccessorAt);

    const string One = """
        select report.author_id, report.author_name, author.disabled_at is not null or not 'clinician' = any (author.roles) as author_has_left,
               next.id as successor_id, next.state as successor_state, next.author_id as successor_author_id, writer.display_name as successor_author, next.created_at as successor_at
        from report
        join portal_user author on author.id = report.author_id
        left join report next on next.supersedes_id = report.id
        left join portal_user writer on writer.id = next.author_id
        where report.id = @reportId and report.state <> 'draft'
        """;

    const string Insert = """
        insert into report (id, referral_id, kind, number, state, content, author_id, supersedes_id, amendment_reason, author_left, created_at, updated_at)
        select @key, referral_id, kind, number + 1, 'draft', content, @authorId, id, @reason, @left, @at, @at from report where id = @reportId
        on conflict (id) do nothing
        """;
}
