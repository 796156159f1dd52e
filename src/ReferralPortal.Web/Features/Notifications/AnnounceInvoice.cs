using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>
/// Tells a payer's people that an invoice or a credit note is ready: those who look after its money, and where it has none of them whoever reads its invoices. A payer
/// without an account is told by nobody; the invoice's page says so. As with <see cref="Announce{TMessage}"/> a second run adds nothing.
/// </summary>
public sealed class AnnounceInvoice(TakenMessage taken, PortalDatabase database) : IMessageHandler<InvoiceIssued>
{
    public async Task Handle(Actor portal, InvoiceIssued message, CancellationToken ct) => await database.Write<int>(portal, async unit =>
    {
        var payers = await unit.Many<Payer>(WhoPays, new { message.InvoiceId, topic = EnumText.Of(NoticeTopic.Invoices), readers = InvoiceRules.PayingRoles, keepers = InvoiceRules.MoneyRoles });
        return await unit.Run(NewMail.Insert, NewMail.Arrays(
            [.. payers.Select(one => NewMail.To(new Reader(one.PersonId, one.OrganisationId), one.Kind == "credit" ? MailTemplate.CreditNoteReady : MailTemplate.InvoiceReady) with { InvoiceId = message.InvoiceId })], taken, unit.Now));
    }, ct);

    sealed record Payer(Guid PersonId, Guid OrganisationId, string Kind);

    const string WhoPays = """
        select u.id as person_id, u.organisation_id, i.kind
        from invoice i
        join organisation payer on payer.id = i.payer_organisation_id and payer.disabled_at is null
        join portal_user u on u.organisation_id = payer.id and u.disabled_at is null and u.roles && @readers
        left join notification_choice choice on choice.person_id = u.id
        where i.id = @invoiceId and not coalesce(@topic = any (choice.declined), false)
            and (u.roles && @keepers or not exists (
                select from portal_user other where other.organisation_id = payer.id and other.disabled_at is null and other.roles && @keepers))
        """;
}
