using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>The request that goes out with a signed report.</summary>
public static class ExtensionRequests
{
    /// <summary>
    /// Asks the payer for what the draft request of this report holds, in the unit that signs it: the clock of the answer begins, and the payer is told. A report that
    /// has no draft request (another kind, an amendment of one that was sent) asks nobody; an amendment of one that its readers never had takes its place. Safe to repeat.
    /// </summary>
    /// <param name="unit">The unit that signs.</param>
    /// <param name="referralId">The report's referral, whose row the unit holds locked.</param>
    /// <param name="reportId">The report.</param>
    public static async Task Send(PortalUnit unit, Guid referralId, Guid reportId)
    {
        var today = LondonTime.DateOf(unit.Now);
        if (await unit.One<Asked>(Ask, new { referralId, reportId, unit.Now, today, usual = RehabilitationCode.RequestDays }) is not { } asked) return;

        var (half, lastDay, over) = ExtensionRules.Reminders(today, asked.DueOn);
        unit.Queue(new ExtensionAsked(referralId, asked.Id), referralId);
        foreach (var (step, day) in new[] { (1, half), (2, lastDay), (3, over) })
            unit.Queue(new ExtensionDue(referralId, asked.Id, step), referralId, LondonTime.Instant(day, new TimeOnly(9, 0)));
        unit.Audit(AuditAction.AskForExtension, referralId, asked.Id);
    }

    /// <summary>What the request that is being written says in its report, by part; null while there is none.</summary>
    public static async Task<IReadOnlyDictionary<string, string>?> InReport(PortalUnit unit, Guid referralId) =>
        await ReadExtension.Of(unit, "request.referral_id = @id and request.state = 'draft'", referralId) is [var request] ? ExtensionWords.InReport(request) : null;

    sealed record Asked(Guid Id, DateOnly DueOn);

    const string Ask = """
        with recursive version (id) as (
            select @reportId::uuid
            union
            select report.supersedes_id from version join report on report.id = version.id where report.supersedes_id is not null)
        update extension_request request set
            report_id = @reportId, state = 'waiting', asked_at = @now, version = version + 1,
            due_on = @today::date + coalesce((select terms.answer_days from payer_terms terms where terms.organisation_id = request.payer_organisation_id), @usual)
        where request.report_id in (select id from version) and request.referral_id = @referralId and request.state = 'draft'
        returning request.id, request.due_on
        """;
}
