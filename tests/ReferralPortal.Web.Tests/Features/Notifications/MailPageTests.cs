using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>What the clinic's manager sees of mail and does about it, and what a person chooses.</summary>
public sealed class MailPageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    readonly Sent sent = new();

    public async ValueTask InitializeAsync() => await database.Quiet();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    ListMail List(PortalDatabase? units = null, string? without = null) => new(units ?? database.Database, Settings(without: without));

    SettleMail Settle(PortalDatabase? units = null) => new(units ?? database.Database);

    async Task<TestReferral> Failed(MailFault fault = MailFault.AddressRefused)
    {
        var referral = await database.AddReferral(state: ReferralState.Accepted);
        await database.Happens(Triage, new ReferralAccepted(referral.Id), referral.Id);
        await database.Announce();
        sent.Fault = _ => fault;
        await database.Desk(InAMinute, sent).RunDue(Ct);
        sent.Fault = _ => null;
        return referral;
    }

    async Task<MailStanding> Standing(string person = Lead, string? after = null) => (await List().Handle(await database.Actor(person), after, Ct)).Value!;

    [Fact]
    public async Task A_mail_that_failed_is_listed_without_a_person_and_sent_again_when_the_manager_says_so()
    {
        var referral = await Failed();
        var standing = await Standing();
        var sentBefore = standing.SentToday;
        var mail = Assert.Single(standing.Mails);
        Assert.Equal((referral.Reference, "Northgate Law", MailState.Failed, MailFault.AddressRefused, 1), (mail.Reference, mail.Organisation, mail.State.Value, mail.Failure.Value, standing.Failed));

        var lead = await database.Actor(Lead);
        Assert.True((await Settle().SendAgain(lead, mail.Id, mail.Version, Ct)).IsDone);
        await database.Desk(InAMinute, sent).RunDue(Ct);
        Assert.Equal(mail.Id, Assert.Single(sent.Mails).Id);
        standing = await Standing();
        Assert.Equal((0, sentBefore + 1), (standing.Mails.Count, standing.SentToday));
        Assert.IsType<Failure.Refused>((await Settle().SendAgain(lead, mail.Id, mail.Version, Ct)).Failure);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where subject_id = @Id and action = 'send_mail_again' and referral_id is not null", new { mail.Id }));
    }

    [Fact]
    public async Task A_mail_that_is_given_up_is_not_tried_any_more()
    {
        await Failed(MailFault.TryLater);
        var mail = Assert.Single((await Standing()).Mails);
        Assert.Equal(MailState.Queued, mail.State.Value);
        var lead = await database.Actor(Lead);
        Assert.IsType<Failure.Refused>((await Settle().GiveUp(lead, mail.Id, mail.Version - 1, Ct)).Failure); // it was tried meanwhile
        Assert.True((await Settle().GiveUp(lead, mail.Id, mail.Version, Ct)).IsDone);
        var muchLater = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(1));
        await database.Desk(muchLater, sent).RunDue(Ct);
        Assert.Empty(sent.Mails);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where subject_id = @Id and action = 'give_up_mail'", new { mail.Id }));
    }

    [Fact]
    public async Task All_that_failed_is_sent_again_at_once_and_a_long_list_comes_in_pages()
    {
        var referral = await Failed();
        await database.Run("""
            insert into mail_message (id, outbox_message_id, recipient, template, referral_id, organisation_id, person_id, state, attempts, failure, failed_at)
            select gen_random_uuid(), -n, recipient, template, referral_id, organisation_id, person_id, 'failed', 1, failure, failed_at from mail_message, generate_series(1, 30) n where referral_id = @Id
            """, new { referral.Id });
        var first = await Standing();
        var second = await Standing(after: first.Next);
        Assert.Equal((25, 6, null), (first.Mails.Count, second.Mails.Count, second.Next));
        Assert.Equal(31, first.Mails.Concat(second.Mails).Select(mail => mail.Id).Distinct().Count());
        Assert.Equal(31, (await Settle().SendAllAgain(await database.Actor(Lead), Ct)).Value);
        await database.Desk(InAMinute, sent).RunDue(Ct);
        Assert.Equal(31, sent.Mails.Count);
        foreach (var odd in (string[])["", "x", "1_2", "-5_" + Guid.Empty, long.MaxValue + "_" + Guid.Empty]) Assert.NotNull(await Standing(after: odd));
    }

    [Fact]
    public async Task Nobody_but_the_manager_sees_or_settles_mail_by_either_wall_alone()
    {
        await Failed();
        var lead = await database.Actor(Lead);
        var mail = Assert.Single((await Standing()).Mails);
        foreach (var person in Everybody.Where(person => person != Lead))
        {
            // The use case alone.
            var actor = await database.Actor(person);
            Assert.IsType<Failure.Missing>((await List(database.WithoutRowLevelSecurity()).Handle(actor, null, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Settle(database.WithoutRowLevelSecurity()).SendAgain(actor, mail.Id, mail.Version, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Settle(database.WithoutRowLevelSecurity()).SendAllAgain(actor, Ct)).Failure);

            // The database alone.
            var disguised = actor.DisguisedAs(lead);
            Assert.Empty((await List().Handle(disguised, null, Ct)).Value!.Mails);
            Assert.IsType<Failure.Missing>((await Settle().GiveUp(disguised, mail.Id, mail.Version, Ct)).Failure);
            Assert.Equal(0, (await Settle().SendAllAgain(disguised, Ct)).Value);
        }
        // Both down: it would.
        Assert.NotEmpty((await List(database.WithoutRowLevelSecurity()).Handle((await database.Actor(Stranger)).DisguisedAs(lead), null, Ct)).Value!.Mails);
    }

    [Fact]
    public async Task The_page_says_what_went_wrong_and_sends_again()
    {
        var referral = await Failed();
        await using var browser = await Browser(Lead);
        var page = browser.Opened<MailPage>(_ => { });
        var row = page.Find("tbody tr").TextContent;
        foreach (var words in (string[])[referral.Reference, "The clinic accepted the referral", "Northgate Law", "The mail server does not know the address.", "1 try", "Failed"]) Assert.Contains(words, row);
        await page.FindAll("tbody button")[0].ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains($"The mail about {referral.Reference} is sent again now", page.Find("[role=status]").TextContent));
    }

    [Fact]
    public async Task The_page_says_that_mail_is_not_set_up_or_that_the_server_is_away()
    {
        await using (var browser = await Browser(Lead, without: "Mail:Host")) Assert.Contains("Mail:Host", browser.Opened<MailPage>(_ => { }).WaitForElement(".notice").TextContent);
        await Failed(MailFault.NoConnection);
        await using var other = await Browser(Lead);
        Assert.Contains("The mail server cannot be reached", other.Opened<MailPage>(_ => { }).WaitForElement(".notice").TextContent);
    }

    [Theory, InlineData(Solicitor, 9), InlineData(Clinician, 9)]
    public async Task A_person_chooses_what_to_be_told(string person, int topics)
    {
        var audited = await Audited();
        await using var browser = await Browser(person);
        var page = browser.Opened<NotificationsPage>(_ => { });
        Assert.Contains(person, page.Markup);
        Assert.Equal(topics, page.FindAll("input[type=checkbox]").Count);
        var ticked = page.FindAll("input[type=checkbox]").Select(box => box.HasAttribute("checked")).ToList();
        await page.FindAll("input[type=checkbox]")[0].ChangeAsync(!ticked[0]);
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Saved.", page.Find("[role=status]").TextContent));

        await using var again = await Browser(person);
        ticked[0] = !ticked[0];
        Assert.Equal(ticked, again.Opened<NotificationsPage>(_ => { }).FindAll("input[type=checkbox]").Select(box => box.HasAttribute("checked")));
        Assert.Equal(audited + 1, await Audited());

        Task<int> Audited() => database.Ask<int>("select count(*)::int from audit_entry a join portal_user u on u.id = a.actor_id where u.user_name = @person and a.action = 'choose_notifications'", new { person });
    }

    [Fact]
    public async Task A_choice_is_ones_own_and_the_later_of_two_pages_is_told()
    {
        var solicitor = await database.Actor(Solicitor);
        SaveChoice save = new(database.Database);
        Assert.Equal(1, (await save.Handle(solicitor, new([], false, 0), Ct)).Value);
        Assert.Empty((await new ReadChoice(database.Database).Handle(solicitor, Ct)).Topics);
        Assert.IsType<Failure.Conflict>((await save.Handle(solicitor, new([NoticeTopic.Reports], false, 0), Ct)).Failure);
        Assert.NotEmpty((await new ReadChoice(database.Database).Handle(await database.Actor(Partner), Ct)).Topics);
        Assert.IsType<Failure.Missing>((await save.Handle(await database.Actor(Auditor), new([], false, 0), Ct)).Failure);
    }

    Task<BunitContext> Browser(string person, string? without = null) => database.SignedIn(person, services =>
        services.AddSingleton(Settings(without: without)).AddScoped<ListMail>().AddScoped<SettleMail>().AddScoped<ReadChoice>().AddScoped<SaveChoice>());
}
