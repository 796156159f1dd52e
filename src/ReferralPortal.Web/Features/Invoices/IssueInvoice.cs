using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Invoices;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>
/// Writes an invoice: of everything that one payer has not been billed for up to the end of a month, or of everything of one referral. Issuing is one at a time for the
/// whole portal, so that numbers have no gaps and nothing is billed twice; the second of two people is told what the first one did.
/// </summary>
public sealed class IssueInvoice(PortalDatabase database)
{
    /// <summary>The most lines of one invoice.</summary>
    public const int MostLines = 5000;

    /// <param name="Key">The invoice's id, made when the page opened: a repeat finds the same invoice.</param>
    /// <param name="Month">Its first day, for a monthly invoice.</param>
    /// <param name="PayerKey">Whose, for a monthly invoice.</param>
    /// <param name="Referral">Which, for a statement.</param>
    /// <param name="Lines">How many lines the person saw.</param>
    /// <param name="Total">What they came to.</param>
    public sealed record Command(Guid Key, DateOnly? Month, string? PayerKey, Guid? Referral, int Lines, decimal Total);

    /// <summary>Returns the invoice's number.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Bills()) return actor.OrganisationKind == Domain.Organisations.OrganisationKind.ClinicGroup ? InvoiceRules.NotABiller : Outcome.Missing;
        if ((command.Month is null) == (command.Referral is null) || (command.Month is null) != (command.PayerKey is null)) return Outcome.Missing;

        return await database.Write<int>(actor, async unit =>
        {
            await unit.Many<object>(OneAtATime);
            if (await unit.One<int?>("select number from invoice where id = @key", command) is { } before) return before;

            var charges = await unit.Charges(command.Month, command.PayerKey, command.Referral);
            if (charges.Count == 0)
                return await unit.One<Last>(LastOfThese, command) is { } last ? Outcome.Conflict(last.IssuedByName, $"issued {InvoiceRules.Number(last.Number)}", last.IssuedAt) : Outcome.Refused("There is nothing to bill.");
            if (charges.Count != command.Lines || charges.Sum(charge => charge.Pounds) != command.Total)
                return Outcome.Refused($"What is to be billed has changed since this page was opened: it is now {PlainText.Count(charges.Count, "line", "lines")}, {Formats.Money(charges.Sum(charge => charge.Pounds))}. Look at it, then issue it.");
            if (charges.Count > MostLines) return Outcome.Refused($"This is more than {MostLines:N0} lines: bill an earlier month first.");
            if (charges.Select(charge => charge.PayerKey).Distinct().Count() > 1) return Outcome.Refused("This referral has more than one payer.");

            var number = await unit.Issue(command.Key, command.Month is null ? "statement" : "monthly", charges[0], charges.Sum(charge => charge.Pounds), command.Month, command.Referral, null, null);
            await unit.Run(Lines, LineArrays(command.Key, charges, unit.Now));
            unit.Audit(AuditAction.IssueInvoice, command.Referral, command.Key, new { number, lines = charges.Count });
            return number;
        }, ct);
    }

    static object LineArrays(Guid invoice, IReadOnlyList<Charge> charges, DateTimeOffset now) => new
    {
        invoice,
        ids = charges.Select(_ => Guid.CreateVersion7(now)).ToArray(),
        positions = Enumerable.Range(1, charges.Count).ToArray(),
        referrals = charges.Select(charge => charge.ReferralId).ToArray(),
        references = charges.Select(charge => charge.Reference).ToArray(),
        initials = charges.Select(charge => charge.Initials).ToArray(),
        payerReferences = charges.Select(charge => charge.PayerReference).ToArray(),
        sources = charges.Select(charge => charge.SourceId).ToArray(),
        rounds = charges.Select(charge => charge.Round).ToArray(),
        kinds = charges.Select(charge => charge.Kind.Text).ToArray(),
        days = charges.Select(charge => charge.HappenedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).ToArray(),
        amounts = charges.Select(charge => charge.Pounds).ToArray(),
        credits = charges.Select(charge => charge.CreditsLineId).ToArray(),
    };

    sealed record Last(int Number, string IssuedByName, DateTimeOffset IssuedAt);

    internal const string OneAtATime = "select pg_advisory_xact_lock(hashtextextended('invoice', 0))";

    const string LastOfThese = """
        select number, issued_by_name, issued_at from invoice
        where (month = @month and payer_key = @payerKey) or referral_id = @referral
        order by number desc limit 1
        """;

    const string Lines = """
        insert into invoice_line (id, invoice_id, position, referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on, pounds, credits_line_id, bill_again)
        select id, @invoice, position, referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on::date, pounds, credits, credits is not null
        from unnest(@ids, @positions, @referrals, @references, @initials, @payerReferences, @sources, @rounds, @kinds, @days, @amounts, @credits)
            row (id, position, referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on, pounds, credits)
        """;
}

/// <summary>What the use cases of invoices have in common.</summary>
static class InvoiceUnit
{
    /// <summary>What is not billed: of a payer up to the end of a month, of one referral, or of everybody up to the end of a month.</summary>
    internal static async Task<List<Charge>> Charges(this PortalUnit unit, DateOnly? month, string? payerKey, Guid? referral)
    {
        if (referral is { } referralId) return await unit.Many<Charge>(OfReferral, new { referralId, organisationId = unit.Actor.OrganisationId });
        if (await unit.One<DateOnly?>(ChargeSql.Since) is not { } since) return [];
        var (from, until) = (LondonTime.Instant(since, TimeOnly.MinValue), LondonTime.Instant(month!.Value.AddMonths(1), TimeOnly.MinValue));
        return await unit.Many<Charge>(OfMonth, new { since = from, until, payerKey, organisationId = unit.Actor.OrganisationId });
    }

    /// <summary>
    /// Writes an invoice's head under the next number, and has its payer told. The caller writes its lines in the same unit, and holds <see cref="IssueInvoice.OneAtATime"/>.
    /// </summary>
    internal static async Task<int> Issue(this PortalUnit unit, Guid id, string kind, Charge payer, decimal total, DateOnly? month, Guid? referral, Guid? credits, string? reason)
    {
        unit.Queue(new InvoiceIssued(id));
        return await unit.One<int>(Head, new
        {
            id, kind, payer.PayerKey, payer.PayerId, payer.PayerName, payer.PayerAddress, payer.VatNote, total, month, referral, credits, reason,
            at = unit.Now, by = unit.Actor.UserId, byName = unit.Actor.DisplayName,
        });
    }

    const string Order = "order by reference, happened_on, kind, source_id";

    static readonly string OfReferral = $"with {ChargeSql.OfReferral} select {ChargeSql.Columns} from charge {Order}";

    static readonly string OfMonth = $"with {ChargeSql.OfMonth} select {ChargeSql.Columns} from charge where @payerKey::text is null or payer_key = @payerKey {Order}";

    const string Head = """
        with next as (update invoice_counter set last = last + 1 returning last)
        insert into invoice (id, number, kind, payer_key, payer_organisation_id, payer_name, payer_address, month, referral_id, credits_id, reason,
                             group_name, group_contact, vat_note, total, issued_at, issued_by, issued_by_name)
        select @id, next.last, @kind, @payerKey, @payerId, @payerName, nullif(@payerAddress, ''), @month, @referral, @credits, @reason,
               settings.name, settings.phone || ' · ' || settings.email, @vatNote, @total, @at, @by, @byName
        from next cross join clinic_group_settings settings
        returning number
        """;
}

/// <summary>An invoice or a credit note was issued: whoever pays is told, where it uses the portal.</summary>
public sealed record InvoiceIssued(Guid InvoiceId);
