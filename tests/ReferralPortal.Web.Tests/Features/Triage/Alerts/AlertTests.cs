using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Home;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>An urgent alert is brought up again until somebody has put their name to it. A database a test: the worker takes whatever is due.</summary>
public sealed class AlertTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore catalogue = null!;

    public async ValueTask InitializeAsync()
    {
        catalogue = database.Catalogue();
        await database.Run("update outbox_message set done_at = now() where done_at is null"); // what other tests left
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<Guid> Submit(FakeTimeProvider clock, string answeredYes = "cauda_equina")
    {
        var content = await catalogue.Get(Ct);
        var form = ExampleForms.Solicitor(content);
        var question = content.RedFlagQuestions.Single(asked => asked.Key == answeredYes);
        form.Safety.Give(question, RedFlagAnswer.Yes);
        form.Safety.Read.Add(question.Key);
        (form.Safety.ToldBy, form.Safety.ToldOn, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", new() { Day = "22", Month = "11", Year = "2026" }, "14:30", "By telephone");
        var id = Guid.CreateVersion7();
        var outcome = await new SubmitReferral(database.On(clock), catalogue, new FormOrganisations(database.Database), clock).Handle(await database.Actor(Solicitor), new(id, form), Ct);
        Assert.Null(outcome.Failure);
        return id;
    }

    async Task<int> Work(FakeTimeProvider clock)
    {
        await using var services = new ServiceCollection().AddSingleton(database.On(clock)).AddSingleton(catalogue).AddMessageHandler<AlertEscalation, EscalateAlert>().BuildServiceProvider();
        var worker = new OutboxWorker(services.GetRequiredService<IServiceScopeFactory>(), database.On(clock), database.Sources, new ConfigurationBuilder().Build(), clock, NullLogger<OutboxWorker>.Instance);
        return await worker.RunDue(Ct);
    }

    Task<int> Level(Guid referral) => database.Ask<int>("select alert_reminders from referral where id = @referral", new { referral });

    Task<string?> Reminders(Guid referral) => database.Ask<string>("select string_agg(detail ->> 'reminder' || ' ' || audience || ' ' || actor_name, ', ' order by sequence) from referral_event where referral_id = @referral and action = 'escalate_alert'", new { referral });

    async Task<int> Version(Guid referral) => (await database.StoredAs(referral)).Version;

    [Theory, InlineData("cauda_equina"), InlineData("weight_loss")]
    public async Task An_alert_that_nobody_acknowledges_is_brought_up_at_half_four_fifths_and_the_whole_of_its_target_and_after_each_further_one(string answeredYes)
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock, answeredYes);
        foreach (var (time, level) in ((string, int)[])[("10:14", 0), ("10:15", 1), ("10:23", 1), ("10:24", 2), ("10:29", 2), ("10:30", 3), ("10:59", 3), ("11:00", 4), ("11:30", 5)])
        {
            clock.MoveTo($"2026-11-23 {time}");
            await Work(clock);
            Assert.Equal((time, level), (time, await Level(referral)));
        }
        Assert.Equal("1 clinic The portal, 2 clinic The portal, 3 clinic The portal, 4 clinic The portal, 5 clinic The portal", await Reminders(referral));
        Assert.Equal(5, await database.Ask<int>("select count(*)::int from audit_entry where referral_id = @referral and action = 'escalate_alert'", new { referral }));
        Assert.Equal("red_flag_review", (await database.StoredAs(referral)).DueFor);
    }

    [Fact]
    public async Task The_night_does_not_count()
    {
        var clock = TestClock.At("2026-11-23 19:50");
        var referral = await Submit(clock);
        clock.MoveTo("2026-11-24 08:04");
        await Work(clock);
        Assert.Equal(0, await Level(referral));
        clock.MoveTo("2026-11-24 08:05");
        await Work(clock);
        Assert.Equal(1, await Level(referral));
    }

    [Fact]
    public async Task After_the_portal_was_down_one_reminder_says_how_late_it_is()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock);
        clock.MoveTo("2026-11-23 14:10");
        await Work(clock);
        Assert.Equal("10 clinic The portal", await Reminders(referral));
        clock.MoveTo("2026-11-23 14:30");
        await Work(clock);
        Assert.Equal(11, await Level(referral));
    }

    [Fact]
    public async Task Acknowledging_ends_the_reminders()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock);
        clock.MoveTo("2026-11-23 10:15");
        await Work(clock);
        Assert.True((await new AcknowledgeAlert(database.On(clock)).Handle(await database.Actor(Clinician), new(referral, await Version(referral)), Ct)).IsDone);
        clock.MoveTo("2026-11-23 18:00");
        await Work(clock);
        Assert.Equal((1, "1 clinic The portal"), (await Level(referral), await Reminders(referral)));
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from outbox_message where kind = 'alert_escalation' and done_at is null"));
    }

    [Fact]
    public async Task So_do_clearing_and_the_end_of_the_referral()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var (cleared, withdrawn, none) = (await Submit(clock), await Submit(clock), (await ExampleForms.Submitted(database, await database.Actor(Solicitor))).Id);
        await new ClearRedFlag(database.On(clock), catalogue).Handle(await database.Actor(Clinician), new(cleared, await Version(cleared), "Seen at A&E, scan clear."), Ct);
        await database.Run("update referral set state = 'withdrawn' where id = @withdrawn", new { withdrawn });
        clock.MoveTo("2026-11-23 12:00");
        await Work(clock);
        foreach (var referral in new[] { cleared, withdrawn, none }) Assert.Equal((0, null), (await Level(referral), await Reminders(referral)));
    }

    [Fact]
    public async Task A_message_that_comes_twice_reminds_once_and_one_of_an_earlier_round_not_at_all()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock);
        var portal = await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct);
        var handler = new EscalateAlert(database.On(clock), catalogue);
        clock.MoveTo("2026-11-23 10:15");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => handler.Handle(portal, new(referral, 1), Ct)));
        await handler.Handle(portal, new(referral, 1), Ct);
        await handler.Handle(portal, new(referral, 3, Round: 1), Ct);
        await handler.Handle(portal, new(Guid.NewGuid(), 1), Ct);
        Assert.Equal("1 clinic The portal", await Reminders(referral));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from outbox_message where referral_id = @referral and payload ->> 'step' = '2'", new { referral }));
    }

    [Fact]
    public async Task A_later_answer_raises_the_alert_anew_and_never_lower()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock);
        await new ClearRedFlag(database.On(clock), catalogue).Handle(await database.Actor(Clinician), new(referral, await Version(referral), "Seen."), Ct);

        clock.MoveTo("2026-11-23 13:00");
        var (solicitor, version, targets) = (await database.Actor(Solicitor), await Version(referral), ReferralClock.On(await catalogue.Get(Ct)));
        var outcome = await database.On(clock).Write<int>(solicitor, async unit =>
        {
            var opened = (await unit.Open(referral, version)).Value!;
            var due = await unit.RaiseAlert(opened, RedFlagTier.Urgent, targets);
            return await unit.Note(opened, "amend", AuditAction.Answer, null, clock: due);
        }, Ct);
        Assert.True(outcome.IsDone);

        var stored = await database.StoredAs(referral);
        Assert.Equal((null, null, "red_flag_review", "urgent"), (stored.RedFlagClearedAt, stored.AlertAcknowledgedAt, stored.DueFor, stored.Priority));
        Assert.Equal("emergency", await database.Ask<string>("select red_flag_tier from referral where id = @referral", new { referral }));
        clock.MoveTo("2026-11-23 13:14");
        await Work(clock);
        Assert.Equal(0, await Level(referral));
        clock.MoveTo("2026-11-23 13:15");
        await Work(clock);
        Assert.Equal(1, await Level(referral));
    }

    [Fact]
    public async Task The_queue_the_home_page_and_the_banner_show_the_level()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock);
        var before = await new CountAlerts(database.Database).Handle(await database.Actor(Lead), Ct);
        clock.MoveTo("2026-11-23 10:24");
        await Work(clock);

        foreach (var person in (string[])[Triage, Clinician, Lead])
        {
            var actor = await database.Actor(person);
            var row = (await new ListQueue(database.Database).Handle(actor, new QueueFilter { Tab = QueueTab.Alerts, Sort = QueueSort.Received }, Ct)).Value!.Rows.SingleOrDefault(one => one.Id == referral);
            if (row is not null) Assert.Equal((2, null), (row.AlertReminders, row.AlertAcknowledgedAt));
            Assert.Contains((await new ReadHome(database.Database).Handle(actor, Ct))!.Alerts, alert => alert.Reminders == 2 && !alert.Acknowledged);
            var count = await new CountAlerts(database.Database).Handle(actor, Ct);
            Assert.Equal(before.Unacknowledged, count.Unacknowledged);
            Assert.True(count.Reminders >= 2);
        }
        await new AcknowledgeAlert(database.Database).Handle(await database.Actor(Triage), new(referral, await Version(referral)), Ct);
        Assert.Equal(before.Unacknowledged - 1, (await new CountAlerts(database.Database).Handle(await database.Actor(Triage), Ct)).Unacknowledged);
    }

    [Fact]
    public async Task Nobody_outside_the_clinic_counts_alerts_by_either_wall_alone()
    {
        await Submit(TestClock.At("2026-11-23 10:00"));
        var (member, solicitor) = (await database.Actor(Triage), await database.Actor(Solicitor));
        Assert.NotEqual(0, (await new CountAlerts(database.Database).Handle(member, Ct)).Unacknowledged);
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Employer, Auditor])
            Assert.Equal(AlertCount.None, await new CountAlerts(database.WithoutRowLevelSecurity()).Handle(await database.Actor(person), Ct));
        Assert.Equal(AlertCount.None, await new CountAlerts(database.Database).Handle(solicitor.DisguisedAs(member), Ct));
        Assert.Equal(AlertCount.None, await new CountAlerts(database.WithoutRowLevelSecurity()).Handle(member with { OrganisationId = (await database.Actor(Stranger)).OrganisationId, OrganisationKind = solicitor.OrganisationKind }, Ct));
    }

    [Fact]
    public async Task A_party_reads_nothing_of_the_reminders()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Submit(clock);
        clock.MoveTo("2026-11-23 10:15");
        await Work(clock);
        var reference = await database.Ask<string>("select reference from referral where id = @referral", new { referral });
        var seen = (await new Web.Features.Referrals.View.ViewReferral(database.Database).Handle(await database.Actor(Solicitor), reference, Ct)).Value!;
        Assert.DoesNotContain(seen.Timeline, happened => happened.Action == "escalate_alert");
        Assert.Contains((await new Web.Features.Referrals.View.ViewReferral(database.Database).Handle(await database.Actor(Clinician), reference, Ct)).Value!.Timeline, happened => happened.Action == "escalate_alert");
    }
}
