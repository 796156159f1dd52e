using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>Sending, with a sender that fails as a test wants it to.</summary>
public sealed class MailDeskTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = InAMinute;
    readonly Sent sent = new();

    public async ValueTask InitializeAsync() => await database.Quiet();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<TestReferral> Accepted(params (string, PartyRole)[] others)
    {
        var referral = await database.AddReferral(state: ReferralState.Accepted, others: others);
        await database.Happens(Triage, new ReferralAccepted(referral.Id), referral.Id);
        await database.Announce();
        return referral;
    }

    async Task<Row> Mail(TestReferral referral) => Assert.Single(await database.Mails(referral.Id));

    [Fact]
    public async Task A_mail_is_sent_once_and_noted_as_sent()
    {
        var referral = await Accepted();
        Assert.True(await database.Desk(clock, sent).RunDue(Ct));
        Assert.True(await database.Desk(clock, sent).RunDue(Ct));
        var mail = Assert.Single(sent.Mails);
        Assert.Equal((Solicitor, $"{referral.Reference}: the clinic accepted the referral"), (mail.To, mail.Subject));
        Assert.Equal(("sent", 1), ((await Mail(referral)).State, (await Mail(referral)).Attempts));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where referral_id = @Id and action = 'send_mail'", new { referral.Id }));
    }

    [Fact]
    public async Task Two_nodes_share_the_mails_and_none_is_sent_twice()
    {
        foreach (var _ in Enumerable.Range(0, 6)) await Accepted((CaseManager, PartyRole.CaseManager));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => database.Desk(clock, sent).RunDue(Ct), Ct)));
        Assert.Equal(12, sent.Mails.Count);
        Assert.Equal(12, sent.Mails.Select(mail => mail.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_mail_that_the_server_cannot_take_now_waits_longer_each_time_and_has_failed_after_a_day_or_so()
    {
        var referral = await Accepted();
        sent.Fault = _ => MailFault.TryLater;
        var began = clock.GetUtcNow();
        for (var tries = 1; tries <= MailTries.Most; tries++)
        {
            await database.Desk(clock, sent).RunDue(Ct);
            var mail = await Mail(referral);
            Assert.Equal((tries, tries < MailTries.Most ? "queued" : "failed", "try_later"), (mail.Attempts, mail.State, mail.Failure));
            clock.Advance(MailTries.WaitAfter(tries) - TimeSpan.FromSeconds(1));
            await database.Desk(clock, sent).RunDue(Ct);
            Assert.Equal(tries, (await Mail(referral)).Attempts); // not before its time
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromHours(12), TimeSpan.FromHours(24));
        sent.Fault = _ => null;
        clock.Advance(TimeSpan.FromDays(1));
        await database.Desk(clock, sent).RunDue(Ct);
        Assert.Empty(sent.Mails);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where referral_id = @Id and action = 'fail_mail'", new { referral.Id }));
    }

    [Theory, InlineData(MailFault.AddressRefused), InlineData(MailFault.MessageRefused), InlineData(MailFault.NoAddress)]
    public async Task What_another_try_cannot_mend_fails_at_once(MailFault fault)
    {
        var referral = await Accepted();
        sent.Fault = _ => fault;
        await database.Desk(clock, sent).RunDue(Ct);
        var mail = await Mail(referral);
        Assert.Equal(("failed", EnumText.Of(fault), 1), (mail.State, mail.Failure, mail.Attempts));
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_with_one_mail_and_not_with_all_of_them()
    {
        var (first, second) = (await Accepted(), await Accepted());
        sent.Fault = _ => MailFault.NoConnection;
        Assert.False(await database.Desk(clock, sent).RunDue(Ct));
        Assert.Equal(1, (await Mail(first)).Attempts + (await Mail(second)).Attempts);
        sent.Fault = _ => null;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await database.Desk(clock, sent).RunDue(Ct));
        Assert.Equal(2, sent.Mails.Count);
    }

    [Fact]
    public async Task Without_a_mail_server_mail_stays_queued()
    {
        var referral = await Accepted();
        foreach (var setting in (string[])["Mail:Host", "Mail:From", "PublicAddress"])
        {
            var desk = new MailDesk(database.On(clock), database.Sources, sent, new Texts(false), Settings(without: setting), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<MailDesk>.Instance);
            Assert.False(await desk.RunDue(Ct));
        }
        Assert.Equal(("queued", 0), ((await Mail(referral)).State, (await Mail(referral)).Attempts));
    }

    [Theory]
    [InlineData("update portal_user set disabled_at = now() where user_name = 'manager@pennine-case.example'", "update portal_user set disabled_at = null where user_name = 'manager@pennine-case.example'")]
    [InlineData("update organisation set disabled_at = now() where name = 'Pennine Case Management'", "update organisation set disabled_at = null where name = 'Pennine Case Management'")]
    [InlineData("update referral set readers = array_remove(readers, (select organisation_id from portal_user where user_name = 'manager@pennine-case.example'))", "select 1")]
    [InlineData("update portal_user set roles = array['auditor'] where user_name = 'manager@pennine-case.example'", "update portal_user set roles = array['referrer'] where user_name = 'manager@pennine-case.example'")]
    public async Task Somebody_who_may_no_longer_see_the_referral_gets_no_mail_that_was_queued_before(string loses, string regains)
    {
        var referral = await Accepted((CaseManager, PartyRole.CaseManager));
        await database.Run(loses);
        try
        {
            await database.Desk(clock, sent).RunDue(Ct);
            Assert.Equal([Solicitor], sent.Mails.Select(mail => mail.To));
            Assert.Equal(["dropped", "sent"], (await database.Mails(referral.Id)).Select(mail => mail.State).Order());
        }
        finally
        {
            await database.Run(regains);
        }
    }

    [Fact]
    public async Task Even_a_mail_that_was_queued_wrongly_never_reaches_another_firm()
    {
        var referral = await Accepted();
        await database.Run("""
            update mail_message m set person_id = u.id, organisation_id = u.organisation_id from portal_user u where u.user_name = @Stranger and m.referral_id = @Id
            """, new { Stranger, referral.Id });
        await database.Desk(clock, sent).RunDue(Ct);
        Assert.Empty(sent.Mails);
        Assert.Equal("dropped", (await Mail(referral)).State);
    }

    [Fact]
    public async Task No_row_of_it_is_seen_or_changed_by_anybody_but_the_clinics_manager()
    {
        var referral = await Accepted();
        foreach (var person in Everybody)
        {
            var actor = await database.Actor(person);
            var seen = await database.Database.Read(actor, unit => unit.Many<Guid>("select id from mail_message"), Ct);
            var touched = await database.Database.Write<int>(actor, async unit => await unit.Run("update mail_message set state = 'given_up' where referral_id = @Id", new { referral.Id }), Ct);
            Assert.Equal(person == Lead, seen.Count > 0);
            Assert.Equal(person == Lead ? 1 : 0, touched.Value);
        }
        // The owner of a choice is its person.
        await database.Run("insert into notification_choice (person_id) select id from portal_user where user_name = @Solicitor", new { Solicitor });
        foreach (var person in Everybody)
            Assert.Equal(person == Solicitor ? 1 : 0, (await database.Database.Read(await database.Actor(person), unit => unit.Many<Guid>("select person_id from notification_choice"), Ct)).Count);
    }
}
