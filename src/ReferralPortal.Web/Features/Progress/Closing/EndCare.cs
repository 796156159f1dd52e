using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>
/// The end of treatment: discharge by a clinician once the discharge report is signed; closing by a clinic administrator once that report was seen and nothing is left
/// to bill, or with a reason; and taking it up again.
/// </summary>
public sealed class EndCare(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The most that may be written as a reason.</summary>
    public const int LongestReason = 1000;

    /// <summary>Discharges the patient. A discharge report of this course of treatment must be signed: one from before the referral was reopened does not count.</summary>
    public Task<Outcome<ReferralState>> Discharge(Actor actor, Guid referralId, int version, CancellationToken ct) =>
        Step(actor, referralId, version, ReferralAction.Discharge, AuditAction.Discharge, new StepRecord(), ct,
            async (unit, referral) => await unit.One<bool>(DischargeReportSigned, new { referralId = referral.Id })
                ? null : Outcome.Refused("Sign the discharge report first."));

    /// <summary>Closes the referral.</summary>
    /// <param name="actor">A clinic administrator.</param>
    /// <param name="referralId">The referral.</param>
    /// <param name="version">The version that the actor has before them.</param>
    /// <param name="nothingOwed">True when nothing is owed, false when the invoice was sent.</param>
    /// <param name="reason">Why it is closed though the discharge report was not returned and acknowledged, or though something was never billed; empty where neither is so.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<ReferralState>> Close(Actor actor, Guid referralId, int version, bool nothingOwed, string reason, CancellationToken ct)
    {
        if (reason.Length > LongestReason) return Outcome.Invalid("CloseReason", $"Use {LongestReason:N0} characters or fewer");
        var why = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        return await Step(actor, referralId, version, ReferralAction.Close, AuditAction.Close, new StepRecord(why, nothingOwed ? "nothing_owed" : "invoice_sent"), ct, async (unit, referral) =>
        {
            var end = await unit.One<End>(HowItEnded, new { referralId = referral.Id });
            var billed = await BilledSoFar.Read(unit, referralId);
            if (!nothingOwed && billed.Unbilled != 0) return Outcome.Refused($"{Formats.Money(billed.Unbilled)} is not billed yet. Issue the statement first.");
            if (why is not null) return null;
            if (end!.ReportId is null) return Outcome.Invalid("CloseReason", "No discharge report was returned to the referrer: say why the referral is closed without it");
            if (!end.Seen) return Outcome.Invalid("CloseReason", "The referrer has not acknowledged the discharge report: wait for it, or say why the referral is closed before");
            return billed.Unbilled != 0 ? Outcome.Invalid("CloseReason", $"{Formats.Money(billed.Unbilled)} was never billed: say why nothing is owed") : null;
        });
    }

    /// <summary>Takes a discharged or closed referral up again: the patient is in treatment, and a new discharge report ends it.</summary>
    public Task<Outcome<ReferralState>> Reopen(Actor actor, Guid referralId, int version, string reason, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(reason) ? Task.FromResult<Outcome<ReferralState>>(Outcome.Invalid("Reason", "Say why the referral is reopened"))
        : reason.Length > LongestReason ? Task.FromResult<Outcome<ReferralState>>(Outcome.Invalid("Reason", $"Use {LongestReason:N0} characters or fewer"))
        : Step(actor, referralId, version, ReferralAction.Reopen, AuditAction.Reopen, new StepRecord(reason.Trim()), ct, async (unit, referral) =>
        {
            await unit.Run("update referral set reopened_at = @at where id = @id", new { referral.Id, at = unit.Now });
            return null;
        });

    async Task<Outcome<ReferralState>> Step(Actor actor, Guid referralId, int version, ReferralAction action, AuditAction audit, StepRecord record, CancellationToken ct,
        Func<PortalUnit, LockedReferral, Task<Failure?>> check)
    {
        var clocks = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(referralId, version, action);
            if (begun.Failure is { } failure) return failure;
            var referral = begun.Value!;
            if (await check(unit, referral) is { } refused) return refused;
            await unit.Record(referral, action, audit, record, clocks.For(referral).After(action, referral.Priority, null, unit.Now));
            unit.Queue(new CareEnded(referralId, action), referralId);
            return Lifecycle.Next(referral.State, action);
        }, ct);
    }

    sealed record End(Guid Id, Guid? ReportId, bool Seen);

    const string DischargeReportSigned = $"select exists (select from report d join referral r on r.id = d.referral_id where r.id = @referralId and {DischargeReportSql.Ends})";

    const string HowItEnded = $"""
        select r.id, ended.id as report_id,
               exists (select from report_acknowledgement seen where seen.report_id = ended.id and seen.organisation_id = r.referring_organisation_id) as seen
        from referral r
        {DischargeReportSql.Lateral}
        where r.id = @referralId
        """;
}

/// <summary>Treatment ended, the referral was closed, or it was taken up again.</summary>
public sealed record CareEnded(Guid ReferralId, ReferralAction Action);
