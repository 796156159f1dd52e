using Bunit;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Invoices;

/// <summary>Who is told that an invoice is ready, and what stands in that mail.</summary>
public sealed class InvoiceMailTests(InvoiceWorld world) : IClassFixture<InvoiceWorld>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    PortalTestDatabase Database => world.Database;

    // The world's clock stands in another month than the database's, which says when a message is due.
    Task<int> Announce() => Database.Announcer(Soon, after: services => services.AddMessageHandler<InvoiceIssued, AnnounceInvoice>()).RunDue(Ct);

    async Task<string[]> Told(int number)
    {
        await using var owner = await Database.Owner();
        return [.. await owner.QueryAsync<string>("""
            select m.template || ' to ' || u.user_name from mail_message m join invoice i on i.id = m.invoice_id join portal_user u on u.id = m.person_id
            where i.number = @number and m.referral_id is null order by u.user_name
            """, new { number })];
    }

    async Task<int> Issued(string referrer = Solicitor, bool funded = true)
    {
        var referral = await world.Referral(referrer, funded);
        if (!funded && referrer != Solicitor) await Database.Run("update referral_detail set payer_kind = 'referrer' where referral_id = @Id", new { referral.Id });
        await world.Took(referral, "2026-09-17 09:00");
        var issued = await world.IssueStatement(referral.Id);
        Assert.True(issued.IsDone, issued.Failure?.ToString());
        return issued.Value;
    }

    async Task<List<OutgoingMailWords>> Sent()
    {
        var sent = new NotificationWorld.Sent();
        await Database.Desk(InAMinute, sent).RunDue(Ct);
        return [.. sent.Mails.Select(mail => new OutgoingMailWords(mail.To, mail.Subject, mail.Text + mail.Html))];
    }

    sealed record OutgoingMailWords(string To, string Subject, string Everything);

    [Fact]
    public async Task The_payer_is_told_of_an_invoice_and_of_a_credit_note_once_by_an_address_and_nothing_else()
    {
        await Database.Quiet();
        var number = await Issued();
        await Announce();
        Assert.Equal([$"invoice_ready to {Funder}"], await Told(number));
        var mail = Assert.Single(await Sent());
        Assert.Equal((Funder, "An invoice is ready"), (mail.To, mail.Subject));
        Assert.Contains($"https://portal.clinic.example/invoices/{InvoiceRules.Number(number)}", mail.Everything, StringComparison.Ordinal);
        foreach (var word in (string[])["Ollerenshaw", "M. O.", "£", "50.00", "Treatment session", "R-", "CLAIM", "Ribble", "spasm"]) Assert.DoesNotContain(word, mail.Everything, StringComparison.Ordinal);

        var line = (await world.Invoice(number))!.Lines[0].Id;
        var credit = await new CreditLine(Database.On(world.Clock)).Handle(await Database.Actor(Lead), new(line, "Agreed.", false), Ct);
        await Announce();
        await Database.Run("update outbox_message set done_at = null, available_at = now() where id = (select max(id) from outbox_message where kind = 'invoice_issued')"); // a node died before it could say that it was done
        await Announce();
        Assert.Equal([$"credit_note_ready to {Funder}"], await Told(credit.Value));
        Assert.Equal("A credit note is ready", Assert.Single(await Sent()).Subject);
        Assert.Equal("{\"invoiceId\": ", (await Database.Ask<string>("select payload::text from outbox_message where kind = 'invoice_issued' order by id desc limit 1"))![..14]);
    }

    [Fact]
    public async Task A_firm_that_pays_is_told_through_its_administrator_and_one_without_through_whoever_reads_it()
    {
        await Database.Quiet();
        var partners = (await Database.Actor(Partner)).OrganisationId;
        var firm = await world.Referral(Solicitor, funded: false);
        await Database.Run("update referral_detail set payer_kind = 'referrer' where referral_id = @Id", new { firm.Id });
        await world.Took(firm, "2026-09-17 09:00");
        var number = (await world.IssueStatement(firm.Id)).Value;
        var employer = await Issued(Employer, funded: false);
        await Announce();
        Assert.Equal([$"invoice_ready to {Partner}"], await Told(number));
        Assert.Equal([$"invoice_ready to {Employer}"], await Told(employer));
        Assert.Equal(partners, await Database.Ask<Guid>("select organisation_id from mail_message m join invoice i on i.id = m.invoice_id where i.number = @number", new { number }));
    }

    [Fact]
    public async Task Whoever_does_not_want_it_or_has_left_is_not_told()
    {
        await Database.Quiet();
        var funder = await Database.Actor(Funder);
        var choice = await new ReadChoice(Database.Database).Handle(funder, Ct);
        Assert.Contains(NoticeTopic.Invoices, choice.Topics);
        Assert.True((await new SaveChoice(Database.Database).Handle(funder, new([.. choice.Topics.Except([NoticeTopic.Invoices])], false, choice.Version), Ct)).IsDone);
        var declined = await Issued();
        await Announce();
        Assert.Empty(await Told(declined));
        await Database.Run("delete from notification_choice");

        // Queued, and gone before it is sent: it is dropped.
        var late = await Issued();
        await Announce();
        Assert.Single(await Told(late));
        await Database.Run("update portal_user set disabled_at = now() where user_name = @Funder", new { Funder });
        try
        {
            Assert.Empty(await Sent());
            Assert.Equal("dropped", await Database.Ask<string>("select m.state from mail_message m join invoice i on i.id = m.invoice_id where i.number = @late", new { late }));
            // And with nobody left at the payer the page says that it goes by hand.
            Assert.True((await world.Invoice(late))!.ByHand);
        }
        finally
        {
            await Database.Run("update portal_user set disabled_at = null where user_name = @Funder", new { Funder });
        }
        Assert.False((await world.Invoice(late))!.ByHand);
    }

    [Fact]
    public async Task An_invoice_to_a_payer_without_an_account_says_that_it_goes_by_hand_to_who_bills()
    {
        await Database.Quiet();
        var number = await Issued(funded: false);
        await Announce();
        Assert.Empty(await Told(number));
        foreach (var (of, said) in ((int, bool)[])[(number, true), (await Issued(), false)])
        {
            await using var browser = await Database.SignedIn(Lead, services => services
                .AddSingleton<TimeProvider>(world.Clock).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddProgress().AddInvoices().AddLogging());
            var page = browser.Opened<InvoicePage>(with => with.Add(one => one.Typed, InvoiceRules.Number(of)));
            Assert.Equal(said, page.Markup.Contains("Send it by hand.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_mail_of_an_invoice_that_failed_is_listed_by_the_invoices_number()
    {
        await Database.Quiet();
        var number = await Issued();
        await Announce();
        var sent = new NotificationWorld.Sent { Fault = _ => MailFault.AddressRefused };
        await Database.Desk(InAMinute, sent).RunDue(Ct);
        var mail = Assert.Single((await new ListMail(Database.Database, Settings()).Handle(await Database.Actor(Lead), null, Ct)).Value!.Mails);
        Assert.Equal((InvoiceRules.Number(number), $"/invoices/{InvoiceRules.Number(number)}", "Ribble Insurance"), (mail.About, mail.Href, mail.Organisation));
        Assert.Equal("An invoice is ready", MailFaultWords.What(mail));
        Assert.True((await new SettleMail(Database.Database).GiveUp(await Database.Actor(Lead), mail.Id, mail.Version, Ct)).IsDone);
    }
}
