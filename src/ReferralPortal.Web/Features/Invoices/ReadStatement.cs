using ReferralPortal.Domain.Invoices;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>A line of a referral that was billed or credited, and on which invoice.</summary>
public sealed record BilledLine(Guid Id, int Number, Coded<FeeKind> Kind, DateOnly HappenedOn, decimal Pounds, bool IsCredit);

/// <summary>Everything that a referral costs: what was billed to the reader's organisation, and for the clinic what is not billed yet.</summary>
/// <param name="Id">The referral.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="PayerName">Who pays what is not billed yet; null where nothing is left, or for a payer.</param>
/// <param name="Billed">Lines of issued invoices, credits among them.</param>
/// <param name="ToBill">What is not billed; empty for a payer.</param>
/// <param name="MayIssue">The reader may bill it.</param>
public sealed record ReferralStatement(Guid Id, string Reference, string? PayerName, IReadOnlyList<BilledLine> Billed, IReadOnlyList<Charge> ToBill, bool MayIssue)
{
    public decimal BilledTotal => Billed.Sum(line => line.Pounds);
    public decimal ToBillTotal => ToBill.Sum(charge => charge.Pounds);
}

/// <summary>Reads the statement of a referral, for the clinic's people who bill and for its payer. For a party that does not pay there is none.</summary>
public sealed class ReadStatement(PortalDatabase database)
{
    public async Task<Outcome<ReferralStatement>> Handle(Actor actor, string? typed, CancellationToken ct)
    {
        if ((!actor.Bills() && !actor.MayPay()) || !Reference.TryParse(typed, out var reference)) return Outcome.Missing;
        return await database.View<Outcome<ReferralStatement>>(actor, async unit =>
        {
            if (await unit.One<Row>(One, new { reference = reference.ToString(), organisationId = actor.OrganisationId }) is not { } row) return Outcome.Missing;
            var billed = await unit.Many<BilledLine>(Lines, new { row.Id, payer = actor.Bills() ? (Guid?)null : actor.OrganisationId });
            if (!actor.Bills() && billed.Count == 0) return Outcome.Missing;
            var charges = actor.Bills() ? await unit.Charges(null, null, row.Id) : [];
            unit.Audit(AuditAction.ViewStatement, row.Id);
            return new ReferralStatement(row.Id, row.Reference, charges.FirstOrDefault()?.PayerName, billed, charges, actor.Bills());
        }, ct);
    }

    sealed record Row(Guid Id, string Reference);

    const string One = "select r.id, r.reference from referral r where r.reference = @reference and @organisationId = any (r.readers)";

    const string Lines = """
        select line.id, i.number, line.kind, line.happened_on, line.pounds, line.credits_line_id is not null as is_credit
        from invoice_line line
        join invoice i on i.id = line.invoice_id
        where line.referral_id = @id and (@payer::uuid is null or i.payer_organisation_id = @payer)
        order by i.number, line.position
        """;
}
