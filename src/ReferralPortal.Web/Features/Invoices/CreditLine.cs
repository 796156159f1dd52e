using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>
/// Takes a line of an issued invoice back by a credit note of its own number: what was issued stays as it is. The same may then be billed anew, at the price and to the payer that
/// hold by then, or never again.
/// </summary>
public sealed class CreditLine(PortalDatabase database)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestReason = 1000;

    /// <param name="Line">Which line.</param>
    /// <param name="Reason">Why; the payer reads it.</param>
    /// <param name="BillAgain">It is to be billed anew with the next statement or run; required.</param>
    public sealed record Command(Guid Line, string Reason, bool? BillAgain);

    /// <summary>Returns the credit note's number. A line that was credited already keeps its first credit.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Bills()) return actor.OrganisationKind == Domain.Organisations.OrganisationKind.ClinicGroup ? InvoiceRules.NotABiller : Outcome.Missing;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<int>(actor, async unit =>
        {
            await unit.Many<object>(IssueInvoice.OneAtATime);
            if (await unit.One<Row>(One, command) is not { } row) return Outcome.Missing;
            if (row.IsCredit) return Outcome.Refused("A credit cannot be credited.");
            if (row.CreditedBy is { } credit) return credit;

            var id = Guid.CreateVersion7(unit.Now);
            var reason = TypedText.Storable(command.Reason)!.Trim();
            var payer = new Charge(default, "", "", null, default, 0, default, default, 0, row.VatNote, row.PayerKey, row.PayerOrganisationId, row.PayerName, row.PayerAddress);
            var number = await unit.Issue(id, "credit", payer, -row.Pounds, null, null, row.InvoiceId, reason);
            await unit.Run(TakeBack, new { id = Guid.CreateVersion7(unit.Now), invoice = id, command.Line, command.BillAgain });
            unit.Audit(AuditAction.CreditInvoice, row.ReferralId, id, new { number });
            return number;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(command.Reason)) errors["CreditReason"] = "Say why it is taken back";
        else if (command.Reason.Length > LongestReason) errors["CreditReason"] = $"Use {LongestReason:N0} characters or fewer";
        if (command.BillAgain is null) errors["BillAgain"] = "Choose whether it is billed again";
        return errors;
    }

    sealed record Row(Guid InvoiceId, Guid ReferralId, decimal Pounds, bool IsCredit, int? CreditedBy, string PayerKey, Guid? PayerOrganisationId, string PayerName, string? PayerAddress, string VatNote);

    const string One = """
        select i.id as invoice_id, line.referral_id, line.pounds, line.credits_line_id is not null as is_credit,
               (select note.number from invoice_line credit join invoice note on note.id = credit.invoice_id where credit.credits_line_id = line.id) as credited_by,
               i.payer_key, i.payer_organisation_id, i.payer_name, i.payer_address, i.vat_note
        from invoice_line line join invoice i on i.id = line.invoice_id
        where line.id = @line
        """;

    const string TakeBack = """
        insert into invoice_line (id, invoice_id, position, referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on, pounds, credits_line_id, bill_again)
        select @id, @invoice, 1, referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on, -pounds, id, @billAgain
        from invoice_line where id = @line
        """;
}
