using ReferralPortal.Domain.Invoices;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>A line as it was issued. <paramref name="CreditedBy"/> is the credit note that took it back since.</summary>
public sealed record InvoiceLine(Guid Id, Guid ReferralId, string Reference, string Initials, string? PayerReference, Coded<FeeKind> Kind, DateOnly HappenedOn, decimal Pounds, int? CreditedBy);

/// <summary>An invoice as it was issued. <paramref name="ByHand"/>: nobody of its payer has an account, so nobody was told of it.</summary>
public sealed record Invoice(
    Guid Id, int Number, string Kind, string PayerName, string? PayerAddress, DateOnly? Month, string? Reference, int? Credits, string? Reason, string GroupName, string GroupContact, string VatNote,
    decimal Total, DateTimeOffset IssuedAt, bool ByHand = false)
{
    public IReadOnlyList<InvoiceLine> Lines { get; init; } = [];

    /// <summary>What it is, as a heading.</summary>
    public string Title => Kind switch { "credit" => "Credit note", "statement" => "Statement", _ => "Invoice" };
}

/// <summary>
/// Opens an issued invoice: for the clinic's people who bill, and for its payer's own people. To everybody else there is none, whatever they are on the referrals.
/// </summary>
public sealed class ReadInvoice(PortalDatabase database)
{
    /// <param name="actor">Who asks.</param>
    /// <param name="number">Its number.</param>
    /// <param name="how">As a page or as a file.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<Invoice>> Handle(Actor actor, int number, AuditAction how, CancellationToken ct)
    {
        if (!actor.Bills() && !actor.MayPay()) return Outcome.Missing;
        return await database.View<Outcome<Invoice>>(actor, async unit =>
        {
            await using var sets = await unit.Results($"{One};\n{Lines}", new { number, payer = actor.Bills() ? (Guid?)null : actor.OrganisationId, readers = InvoiceRules.PayingRoles });
            if (await sets.ReadSingleOrDefaultAsync<Invoice>() is not { } invoice) return Outcome.Missing;
            var lines = (await sets.ReadAsync<InvoiceLine>()).ToList();
            unit.Audit(how, subjectId: invoice.Id, detail: new { number });
            return invoice with { Lines = lines };
        }, ct);
    }

    const string One = """
        select i.id, i.number, i.kind, i.payer_name, i.payer_address, i.month, r.reference, credited.number as credits, i.reason, i.group_name, i.group_contact, i.vat_note, i.total, i.issued_at,
               not exists (
                   select from portal_user reader join organisation payer on payer.id = reader.organisation_id
                   where payer.id = i.payer_organisation_id and payer.disabled_at is null and reader.disabled_at is null and reader.roles && @readers) as by_hand
        from invoice i
        left join referral r on r.id = i.referral_id
        left join invoice credited on credited.id = i.credits_id
        where i.number = @number and (@payer::uuid is null or i.payer_organisation_id = @payer)
        """;

    const string Lines = """
        select line.id, line.referral_id, line.reference, line.initials, line.payer_reference, line.kind, line.happened_on, line.pounds,
               (select note.number from invoice_line credit join invoice note on note.id = credit.invoice_id where credit.credits_line_id = line.id) as credited_by
        from invoice i
        join invoice_line line on line.invoice_id = i.id
        where i.number = @number and (@payer::uuid is null or i.payer_organisation_id = @payer)
        order by line.position
        """;
}
