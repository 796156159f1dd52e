using ReferralPortal.Domain.Invoices;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>Something that can be billed and is not; or, below nothing, a line that is to be taken back because the appointment was recorded otherwise since.</summary>
public sealed record Charge(
    Guid ReferralId, string Reference, string Initials, string? PayerReference, Guid SourceId, int Round, Coded<FeeKind> Kind, DateOnly HappenedOn, decimal Pounds, string VatNote,
    string PayerKey, Guid? PayerId, string PayerName, string? PayerAddress, Guid? CreditsLineId = null);

/// <summary>What a referral has been billed for, less what was credited, and what is not billed yet. Public for other features.</summary>
public sealed record BilledSoFar(decimal Billed, decimal Unbilled)
{
    /// <summary>Within a unit of somebody at the clinic.</summary>
    public static async Task<BilledSoFar> Read(PortalUnit unit, Guid referralId) =>
        (await unit.One<BilledSoFar>(Both, new { referralId, organisationId = unit.Actor.OrganisationId }))!;

    static readonly string Both = $"""
        with {ChargeSql.OfReferral}
        select coalesce((select sum(line.pounds) from invoice_line line where line.referral_id = @referralId), 0) as billed, coalesce((select sum(charge.pounds) from charge), 0) as unbilled
        """;
}
