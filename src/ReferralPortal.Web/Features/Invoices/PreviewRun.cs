using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>What one payer would be billed for.</summary>
public sealed record PayerToBill(string PayerKey, string PayerName, bool UsesPortal, IReadOnlyList<Charge> Charges)
{
    public decimal Total => Charges.Sum(charge => charge.Pounds);
    public int Referrals => Charges.Select(charge => charge.ReferralId).Distinct().Count();
}

/// <summary>What the run of a month would bill, payer by payer, and what it has billed already.</summary>
public sealed record MonthlyRun(DateOnly Month, IReadOnlyList<PayerToBill> ToBill, IReadOnlyList<ListedInvoice> Issued, bool HasPrices)
{
    /// <summary>What is left to bill.</summary>
    public decimal Total => ToBill.Sum(payer => payer.Total);
}

/// <summary>
/// Shows what a monthly run would bill before anything is written: everything that took place up to the end of the month and was never billed. Nothing of it is stored.
/// </summary>
public sealed class PreviewRun(PortalDatabase database)
{
    /// <param name="actor">Who bills.</param>
    /// <param name="month">The month's first day.</param>
    /// <param name="payerKey">One payer only.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<MonthlyRun>> Handle(Actor actor, DateOnly month, string? payerKey, CancellationToken ct)
    {
        if (!actor.Bills()) return actor.OrganisationKind == OrganisationKind.ClinicGroup ? InvoiceRules.NotABiller : Outcome.Missing;
        return await database.View<Outcome<MonthlyRun>>(actor, async unit =>
        {
            var issued = await unit.Many<ListedInvoice>(ListInvoices.OfMonth, new { month, payerKey });
            var charges = await unit.Charges(month, payerKey, null);
            var hasPrices = await unit.One<bool>("select exists (select from fee_schedule)");
            unit.Audit(AuditAction.PreviewInvoices, detail: new { month = month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), lines = charges.Count });
            return new MonthlyRun(month,
                [.. charges.GroupBy(charge => charge.PayerKey).Select(of => new PayerToBill(of.Key, of.First().PayerName, of.First().PayerId is not null, [.. of])).OrderBy(payer => payer.PayerName, StringComparer.OrdinalIgnoreCase)],
                issued, hasPrices);
        }, ct);
    }
}
