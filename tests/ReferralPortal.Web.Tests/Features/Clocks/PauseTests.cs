using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Clocks;

public sealed class PauseTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static readonly DateOnly Third = new(2026, 12, 3);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore catalogue = null!;

    public async ValueTask InitializeAsync()
    {
        catalogue = database.Catalogue();
        await database.Run("update outbox_message set done_at = now() where done_at is null"); // what other tests left
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<Guid> Accepted(FakeTimeProvider clock)
    {
        var referral = await database.Send(catalogue, clock);
        await database.Accept(catalogue, clock, referral);
        return referral;
    }

    async Task<Outcome<DateOnly>> Pause(FakeTimeProvider clock, Guid referral, DateOnly? until, string reason = "Away on holiday.", string person = Triage, int? version = null, PortalDatabase? through = null) =>
        await new PauseClock(through ?? database.On(clock), clock).Handle(await database.Actor(person), new(referral, version ?? await database.Version(referral), until, reason), Ct);

    async Task<Outcome<DateTimeOffset?>> Resume(FakeTimeProvider clock, Guid referral, string person = Triage) =>
        await new ResumeClock(database.On(clock), catalogue).Handle(await database.Actor(person), new(referral, await database.Version(referral)), Ct);

    async Task<ReferralView> Seen(string person, Guid referral) =>
        (await new ViewReferral(database.Database).Handle(await database.Actor(person), await database.Ask<string>("select reference from referral where id = @referral", new { referral }), Ct)).Value!;

    Task<string?> Wait(Guid referral) => database.Ask<string>("select (clock_paused_at is not null)::text || ' ' || coalesce(clock_waits_until::text, 'nobody') from referral where id = @referral", new { referral });

    [Fact]
    public async Task The_clock_waits_for_the_patient_and_runs_again_by_itself_on_the_day()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        Assert.Equal("first_appointment 2026-11-30 20:00", await database.Due(referral));
        clock.MoveTo("2026-11-24 10:00"); // four working days are left
        Assert.Equal(Third, (await Pause(clock, referral, Third)).Value);
        clock.MoveTo("2026-12-02 23:59");
        await database.Work(catalogue, clock);
        Assert.Equal("true 2026-12-03", await Wait(referral));

        clock.MoveTo("2026-12-04 14:00"); // the worker comes a day late, which gives nobody more time
        await database.Work(catalogue, clock);
        Assert.Equal(("false nobody", "first_appointment 2026-12-09 20:00"), (await Wait(referral), await database.Due(referral)));
        var stored = await database.StoredAs(referral);
        Assert.Equal(("resume_clock", "clock_resumed"), (stored.LastAction, await database.Ask<string>("select kind from outbox_message where referral_id = @referral and kind like 'clock_r%' order by id desc limit 1", new { referral })));
    }

    [Fact]
    public async Task The_referrer_reads_why_and_until_when()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        await Pause(clock, referral, Third, "She is abroad until then.");
        var view = await Seen(Solicitor, referral);
        Assert.Equal("the patient asked to wait until 3 Dec 2026", ReferralClock.PausedFor(view.Header.ClockPausedAt, view.Header.ClockWaitsUntil));
        var line = new TimelineWords(await catalogue.Get(Ct)).Of(view.Timeline[^1]);
        Assert.Equal((true, "She is abroad until then."), (line.What.EndsWith("stopped the clock: the patient asked to wait until 3 Dec 2026.", StringComparison.Ordinal), line.Words));

        clock.MoveTo("2026-12-03 00:00");
        await database.Work(catalogue, clock);
        line = new TimelineWords(await catalogue.Get(Ct)).Of((await Seen(Solicitor, referral)).Timeline[^1]);
        Assert.Equal(("The patient’s wait is over.", "The clock runs again. The first appointment is now due by 10 Dec 2026 20:00."), (line.What, line.Consequence));
    }

    [Fact]
    public async Task By_hand_it_runs_again_at_once_and_the_message_of_the_day_then_does_nothing()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        await Pause(clock, referral, Third);
        clock.MoveTo("2026-11-25 12:00");
        Assert.Equal(TestClock.Moment("2026-12-02 20:00"), (await Resume(clock, referral)).Value);
        var version = await database.Version(referral);
        clock.MoveTo("2026-12-03 08:00");
        await database.Work(catalogue, clock);
        Assert.Equal((version, "first_appointment 2026-12-02 20:00"), (await database.Version(referral), await database.Due(referral)));
        Assert.IsType<Failure.Refused>((await Resume(clock, referral)).Failure);
    }

    [Fact]
    public async Task Another_day_takes_the_place_of_the_first()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        await Pause(clock, referral, Third);
        await Pause(clock, referral, new(2026, 12, 10), "Now the tenth.");
        clock.MoveTo("2026-12-03 08:00");
        await database.Work(catalogue, clock);
        Assert.Equal("true 2026-12-10", await Wait(referral));
        clock.MoveTo("2026-12-10 08:00");
        await database.Work(catalogue, clock);
        Assert.Equal(("false nobody", "first_appointment 2026-12-17 20:00"), (await Wait(referral), await database.Due(referral)));
    }

    [Fact]
    public async Task A_patient_who_waits_keeps_the_clock_still_through_an_answer_and_through_acceptance()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        await Pause(clock, referral, Third);
        clock.MoveTo("2026-11-24 10:00");
        await new AskForInformation(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(referral, await database.Version(referral), [], "Which side?"), Ct);
        await new AnswerRequest(database.On(clock), catalogue).Handle(await database.Actor(Solicitor), new(referral, await database.Version(referral), "Left."), Ct);
        Assert.Equal("true 2026-12-03", await Wait(referral));
        clock.MoveTo("2026-11-26 10:00");
        var accepted = await new AcceptReferral(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(referral, await database.Version(referral), await database.Clinic(), null, Priority.Routine), Ct);
        Assert.True(accepted.IsDone);
        Assert.Equal("true 2026-12-03", await Wait(referral));
        clock.MoveTo("2026-12-03 08:00");
        await database.Work(catalogue, clock);
        Assert.Equal("first_appointment 2026-12-10 20:00", await database.Due(referral)); // all five working days
    }

    [Fact]
    public async Task When_the_day_comes_while_the_referrer_is_asked_the_clock_waits_for_the_referrer_alone()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        await new AskForInformation(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(referral, await database.Version(referral), [], "Which side?"), Ct);
        await Pause(clock, referral, Third);
        clock.MoveTo("2026-12-03 08:00");
        await database.Work(catalogue, clock);
        Assert.Equal("true nobody", await Wait(referral));
        clock.MoveTo("2026-12-07 09:00");
        await new AnswerRequest(database.On(clock), catalogue).Handle(await database.Actor(Solicitor), new(referral, await database.Version(referral), "Left."), Ct);
        Assert.Equal(("false nobody", "triage 2026-12-08 20:00"), (await Wait(referral), await database.Due(referral)));
    }

    [Fact]
    public async Task The_review_of_a_safety_answer_and_a_report_wait_for_no_patient()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var flagged = await database.Send(catalogue, clock, redFlag: true);
        Assert.Contains("safety answer", Assert.IsType<Failure.Refused>((await Pause(clock, flagged, Third)).Failure).Words);
        var referral = await Accepted(clock);
        await database.Run("update referral set due_for = 'initial_report' where id = @referral", new { referral });
        Assert.Contains("report", Assert.IsType<Failure.Refused>((await Pause(clock, referral, Third)).Failure).Words);
        await database.Run("update referral set due_for = null, due_at = null where id = @referral", new { referral });
        Assert.Contains("Nothing is due", Assert.IsType<Failure.Refused>((await Pause(clock, referral, Third)).Failure).Words);
    }

    [Fact]
    public async Task Everything_wrong_is_said_beside_its_field()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        foreach (var (until, reason, fields) in ((DateOnly?, string, string[])[])
            [(null, " ", ["Reason", "Until"]), (new(2026, 11, 23), "Why", ["Until"]), (new(2027, 11, 24), "Why", ["Until"]), (Third, new string('x', 1001), ["Reason"])])
            Assert.Equal(fields, Assert.IsType<Failure.Invalid>((await Pause(clock, referral, until, reason)).Failure).Errors.Keys.Order());
    }

    [Fact]
    public async Task The_second_of_two_is_told_what_the_first_did()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        var seen = await database.Version(referral);
        await Pause(clock, referral, Third, version: seen);
        Assert.Equal((await database.Actor(Triage)).DisplayName, Assert.IsType<Failure.Conflict>((await Pause(clock, referral, new(2026, 12, 4), person: Clinician, version: seen)).Failure).ChangedBy);
    }

    [Fact]
    public async Task Only_the_clinics_people_stop_a_clock_by_either_wall_alone()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        foreach (var person in (string[])[Solicitor, Partner, Stranger, Funder, Employer, Auditor, Lead])
        {
            Assert.IsType<Failure.Refused>((await Pause(clock, referral, Third, person: person, through: database.WithoutRowLevelSecurity(clock))).Failure);
            Assert.IsType<Failure.Refused>((await Resume(clock, referral, person)).Failure);
        }
        var disguised = (await database.Actor(Stranger)).DisguisedAs(await database.Actor(Triage));
        Assert.IsType<Failure.Missing>((await new PauseClock(database.On(clock), clock).Handle(disguised, new(referral, await database.Version(referral), Third, "Why"), Ct)).Failure);
        Assert.True((await new PauseClock(database.WithoutRowLevelSecurity(clock), clock).Handle(disguised, new(referral, await database.Version(referral), Third, "Why"), Ct)).IsDone); // both walls down
    }
}
