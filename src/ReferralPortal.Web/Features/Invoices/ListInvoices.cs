using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>An invoice in a list. <paramref name="Kind"/> is <c>monthly</c>, <c>statement</c> or <c>credit</c>.</summary>
public sealed record ListedInvoice(Guid Id, int Number, string Kind, string PayerName, DateOnly? Month, string? Reference, int? Credits, int Lines, decimal Total, DateTimeOffset IssuedAt, string IssuedByName)
{
    /// <summary>What it is of, in a few words.</summary>
    public string Words => Kind switch
    {
        "monthly" => $"{Month!.Value.ToString("MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture)}",
        "credit" => $"Credit of {InvoiceRules.Number(Credits!.Value)}",
        _ => $"Statement of {Reference}",
    };
}

/// <summary>Issued invoices, the newest first: all of them for the clinic's people who bill, one's own organisation's for a payer.</summary>
public sealed class ListInvoices(PortalDatabase database)
{
    public const int PageSize = 25;

    /// <summary>A page; the next one begins below the number <paramref name="Next"/>.</summary>
    public sealed record Page(IReadOnlyList<ListedInvoice> Rows, int? Next);

    /// <param name="actor">Who reads.</param>
    /// <param name="payer">Of one payer only, for the clinic.</param>
    /// <param name="below">Numbers below this one.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<Page>> Handle(Actor actor, Guid? payer, int? below, CancellationToken ct)
    {
        if (!actor.Bills() && !actor.MayPay()) return actor.OrganisationKind == OrganisationKind.ClinicGroup ? InvoiceRules.NotABiller : Outcome.Missing;
        return await database.View<Outcome<Page>>(actor, async unit =>
        {
            var rows = await unit.Many<ListedInvoice>(List, new { payer = actor.Bills() ? payer : actor.OrganisationId, below, rows = PageSize + 1 });
            unit.Audit(AuditAction.ListInvoices);
            return new Page([.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].Number : null);
        }, ct);
    }

    const string Columns = """
        select i.id, i.number, i.kind, i.payer_name, i.month, r.reference, credited.number as credits,
               (select count(*)::int from invoice_line line where line.invoice_id = i.id) as lines, i.total, i.issued_at, i.issued_by_name
        from invoice i
        left join referral r on r.id = i.referral_id
        left join invoice credited on credited.id = i.credits_id
        """;

    const string List = $"""
        {Columns}
        where (@payer::uuid is null or i.payer_organisation_id = @payer) and (@below::int is null or i.number < @below)
        order by i.number desc
        limit @rows
        """;

    internal const string OfMonth = $"""
        {Columns}
        where i.month = @month and (@payerKey::text is null or i.payer_key = @payerKey)
        order by i.number desc
        """;
}
