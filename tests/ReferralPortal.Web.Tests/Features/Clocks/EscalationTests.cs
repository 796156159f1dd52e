using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Contact;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Clocks;

/// <summary>A target that is not met is brought up at half, four fifths and the whole of its time: once each, whoever looks and however often.</summary>
public sealed class EscalationTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore catalogue = null!;

    public async ValueTask InitializeAsync()
    {
        catalogue = database.Catalogue();
        await database.Run("update outbox_message set done_at = now() where done_at is null"); // what other tests left
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<int> Level(Guid referral) => database.Ask<int>("select escalation_level::int from referral where id = @referral", new { referral });

    Task<string?> Said(Guid referral) => database.Ask<string>("""
        select string_agg((payload ->> 'target') || ' ' || (payload ->> 'percent'), ', ' order by id) from outbox_message where referral_id = @referral and kind = 'clock_escalated'
        """, new { referral });

    Task<string?> Written(Guid referral) => database.Ask<string>("select string_agg(target || ' ' || level, ', ' order by at, level) from clock_escalation where referral_id = @referral", new { referral });

    async Task Expect(FakeTimeProvider clock, Guid referral, params (string Time, int Level)[] levels)
    {
        foreach (var (time, level) in levels)
        {
            clock.MoveTo(time);
            await database.Work(catalogue, clock);
            Assert.Equal((time, level), (time, await Level(referral)));
        }
    }

    [Fact]
    public async Task Triage_that_nobody_does_is_brought_up_at_half_four_fifths_and_the_whole_of_its_working_time()
    {
        var clock = TestClock.At("2026-11-23 10:00"); // Monday; due on Tuesday at 20:00: 22 hours of work
        var referral = await database.Send(catalogue, clock);
        await Expect(clock, referral, ("2026-11-23 20:59", 0), ("2026-11-24 08:59", 0), ("2026-11-24 09:00", 50), ("2026-11-24 15:35", 50), ("2026-11-24 15:36", 80), ("2026-11-24 19:59", 80), ("2026-11-24 20:00", 100), ("2026-11-26 10:00", 100));
        Assert.Equal("triage 50, triage 80, triage 100", await Said(referral));
        Assert.Equal("triage 50, triage 80, triage 100", await Written(referral));
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from outbox_message where kind = 'clock_check' and done_at is null"));
    }

    [Fact]
    public async Task The_weekend_does_not_count_for_a_target_in_working_days_and_does_for_one_in_clinic_time()
    {
        var clock = TestClock.At("2026-11-27 19:50"); // Friday; triage is due on Monday at 20:00, the review half an hour of clinic time from now
        var (routine, flagged) = (await database.Send(catalogue, clock), await database.Send(catalogue, clock, redFlag: true));
        await Expect(clock, flagged, ("2026-11-27 20:30", 0), ("2026-11-28 09:05", 50), ("2026-11-28 09:14", 80), ("2026-11-28 09:20", 100));
        await Expect(clock, routine, ("2026-11-29 15:59", 0), ("2026-11-30 13:54", 0), ("2026-11-30 13:55", 50));
    }

    [Fact]
    public async Task What_is_decided_in_time_is_never_brought_up_and_the_next_target_begins_at_nothing()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        await Expect(clock, referral, ("2026-11-24 09:00", 50));
        await database.Accept(catalogue, clock, referral);
        await Expect(clock, referral, ("2026-11-24 10:00", 0), ("2026-11-24 20:01", 0), ("2026-11-27 08:29", 0), ("2026-11-27 08:30", 50)); // due on Tuesday 1 December
        Assert.Equal("triage 50, contact 100, first_appointment 50", await Said(referral));
    }

    [Fact]
    public async Task A_patient_whom_nobody_reaches_is_brought_up_beside_the_first_appointment_until_somebody_does()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var (left, reached, booked) = (await database.Send(catalogue, clock), await database.Send(catalogue, clock), await database.Send(catalogue, clock));
        foreach (var referral in new[] { left, reached, booked }) await database.Accept(catalogue, clock, referral); // to be reached by Tuesday at 20:00
        await database.Run("update referral set state = 'appointment_booked', due_for = null, due_at = null where id = @booked", new { booked });
        await Expect(clock, left, ("2026-11-24 09:01", 0)); // the queue's own mark is the first appointment's
        await new LogContact(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(reached, await database.Version(reached), ContactChannel.Call, ContactOutcome.Spoke, null, ""), Ct);
        await Expect(clock, left, ("2026-11-24 15:37", 0), ("2026-11-24 20:01", 0));
        Assert.Equal(("contact 50, contact 80, contact 100", "contact 50", null), (await Said(left), await Said(reached), await Said(booked)));
        Assert.Equal("contact 50, contact 80, contact 100", await Written(left));
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from outbox_message where kind = 'contact_check' and done_at is null"));
    }

    [Fact]
    public async Task After_the_portal_was_down_one_message_says_how_late_it_is()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        await Expect(clock, referral, ("2026-12-01 09:00", 100));
        Assert.Equal("triage 100", await Said(referral));
    }

    [Fact]
    public async Task A_clock_that_stands_still_is_not_brought_up_and_goes_on_with_what_was_left()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        await new AskForInformation(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(referral, await database.Version(referral), [], "Which side is it?"), Ct);
        await Expect(clock, referral, ("2026-11-27 10:00", 0));
        await new Web.Features.Referrals.Answer.AnswerRequest(database.On(clock), catalogue).Handle(await database.Actor(Solicitor), new(referral, await database.Version(referral), "The left."), Ct);
        Assert.Equal("triage 2026-11-30 20:00", await database.Due(referral)); // one working day was left
        await Expect(clock, referral, ("2026-11-27 19:59", 0), ("2026-11-30 09:00", 50), ("2026-11-30 15:36", 80));
        Assert.Equal("triage 50, triage 80", await Said(referral));
    }

    [Fact]
    public async Task More_time_lowers_the_mark_and_nothing_is_said_twice()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock, priority: Priority.Urgent);
        await database.Accept(catalogue, clock, referral, Priority.Urgent); // due on Wednesday at 20:00: 34 hours of work
        await Expect(clock, referral, ("2026-11-24 15:00", 50));
        var (triage, targets, version) = (await database.Actor(Triage), ReferralClock.On(await catalogue.Get(Ct)), await database.Version(referral));
        await database.On(clock).Write<int>(triage, async unit =>
        {
            var opened = (await unit.Open(referral, version)).Value!;
            await unit.Run("update referral set priority = 'routine' where id = @referral", new { referral });
            return await unit.Note(opened, "change_priority", AuditAction.Accept, null, clock: targets.For(opened).AfterPriority(Priority.Routine, unit.Now, opened.Clock));
        }, Ct);
        Assert.Equal("first_appointment 2026-11-30 20:00", await database.Due(referral));
        await Expect(clock, referral, ("2026-11-24 15:01", 0), ("2026-11-26 09:00", 50));
        Assert.Equal("contact 50, first_appointment 50, contact 100", await Said(referral));
    }

    [Fact]
    public async Task Four_nodes_at_once_and_a_message_that_comes_again_raise_a_level_once()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        var portal = await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct);
        var handler = new CheckClock(database.On(clock), catalogue);
        var due = new DateTimeOffset((await database.StoredAs(referral)).DueAt!.Value, TimeSpan.Zero);
        clock.MoveTo("2026-11-24 09:00");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => handler.Handle(portal, new(referral, due), Ct)));
        await handler.Handle(portal, new(referral, due), Ct);
        await handler.Handle(portal, new(referral, due.AddDays(1)), Ct);
        await handler.Handle(portal, new(Guid.NewGuid(), due), Ct);
        Assert.Equal(("triage 50", "triage 50"), (await Said(referral), await Written(referral)));
    }

    [Fact]
    public async Task Nobody_who_has_the_referral_open_is_told_that_it_was_changed()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        var seen = await database.Version(referral);
        await Expect(clock, referral, ("2026-11-24 09:00", 50));
        Assert.True((await new StartTriage(database.On(clock)).Handle(await database.Actor(Triage), new(referral, seen), Ct)).IsDone);
    }

    [Fact]
    public async Task Nobody_outside_the_clinic_reads_escalations_and_no_person_writes_them()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        await Expect(clock, referral, ("2026-11-24 09:00", 50));
        async Task<int> Seen(string person) => await database.Database.Read(await database.Actor(person), unit => unit.One<int>("select count(*)::int from clock_escalation where referral_id = @referral", new { referral }), Ct);
        foreach (var person in (string[])[Triage, Clinician, Lead]) Assert.Equal(1, await Seen(person));
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Employer, Auditor]) Assert.Equal(0, await Seen(person));
        var triage = await database.Actor(Triage);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.Database.Write<int>(triage, async unit =>
            await unit.Run("insert into clock_escalation (id, referral_id, target, started_at, level, at) values (gen_random_uuid(), @referral, 'triage', now(), 80, now())", new { referral }), Ct));
    }

    [Fact]
    public async Task A_target_that_was_missed_stays_missed_after_it_is_done()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        clock.MoveTo("2026-11-25 09:00");
        await database.Accept(catalogue, clock, referral);
        Assert.Equal("triage 2026-11-23 10:00 2026-11-24 20:00 2026-11-25 09:00 accept", await database.Ask<string>("""
            select target || ' ' || to_char(started_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI') || ' ' || to_char(due_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI') || ' '
                || to_char(ended_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI') || ' ' || ended_by
            from clock_history where referral_id = @referral
            """, new { referral }));
        async Task<int> Seen(string person) => await database.Database.Read(await database.Actor(person), unit => unit.One<int>("select count(*)::int from clock_history where referral_id = @referral", new { referral }), Ct);
        Assert.Equal((1, 1, 0), (await Seen(Solicitor), await Seen(Triage), await Seen(Stranger)));
    }
}
