using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>
/// The end of treatment: discharge by a clinician once the discharge report is signed, closing by a clinic administrator, and taking it up again.
/// </summary>
public sealed class EndCare(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>Discharges the patient. A discharge report must be signed.</summary>
    public Task<Outcome<ReferralState>> Discharge(Actor actor, Guid referralId, int version, CancellationToken ct) =>
        Step(actor, referralId, version, ReferralAction.Discharge, AuditAction.Discharge, new StepRecord(), ct,
            async (unit, referral) => await unit.One<bool>(DischargeReportSigned, new { referralId = referral.Id })
                ? null : Outcome.Refused("Sign the discharge report first."));

    /// <summary>Closes the referral.</summary>
    /// <param name="actor">A clinic administrator.</param>
    /// <param name="referralId">The referral.</param>
    /// <param name="version">The version that the actor has before them.</param>
    /// <param name="nothingOwed">True when nothing is owed, false when the invoice was sent.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public Task<Outcome<ReferralState>> Close(Actor actor, Guid referralId, int version, bool nothingOwed, CancellationToken ct) =>
        Step(actor, referralId, version, ReferralAction.Close, AuditAction.Close, new StepRecord(ReasonCode: nothingOwed ? "nothing_owed" : "invoice_sent"), ct);

    /// <summary>Takes a discharged or closed referral up again.</summary>
    public Task<Outcome<ReferralState>> Reopen(Actor actor, Guid referralId, int version, string reason, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(reason)
            ? Task.FromResult<Outcome<ReferralState>>(Outcome.Invalid("Reason", "Say why the referral is reopened"))
            : Step(actor, referralId, version, ReferralAction.Reopen, AuditAction.Reopen, new StepRecord(reason.Trim()), ct);

    async Task<Outcome<ReferralState>> Step(Actor actor, Guid referralId, int version, ReferralAction action, AuditAction audit, StepRecord record, CancellationToken ct,
        Func<PortalUnit, LockedReferral, Task<Failure?>>? check = null)
    {
        var clocks = new ReferralClock(await catalogue.Get(ct));
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(referralId, version, action);
            if (begun.Failure is { } failure) return failure;
            var referral = begun.Value!;
            if (check is not null && await check(unit, referral) is { } refused) return refused;
            await unit.Record(referral, action, audit, record, clocks.For(referral).After(action, referral.Priority, null, unit.Now));
            unit.Queue(new CareEnded(referralId, action), referralId);
            return Lifecycle.Next(referral.State, action);
        }, ct);
    }

    const string DischargeReportSigned = "select exists (select from report where referral_id = @referralId and kind = 'discharge' and state = 'signed')";
}

/// <summary>Treatment ended, the referral was closed, or it was taken up again.</summary>
public sealed record CareEnded(Guid ReferralId, ReferralAction Action);
