using Bunit;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Clocks.Agreements;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Clocks;

/// <summary>What was promised, as it is read on the referral's page.</summary>
public sealed class PromiseTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    CatalogueStore catalogue = null!;

    public ValueTask InitializeAsync()
    {
        catalogue = database.Catalogue();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<Promises> Read(FakeTimeProvider clock, Guid referral, string person = Solicitor) =>
        (await new ReadPromises(database.On(clock), catalogue, new FindFreeSlots(database.On(clock), catalogue, clock)).Handle(await database.Actor(person), referral, Ct)).Value!;

    async Task<Guid> Accepted(FakeTimeProvider clock)
    {
        var referral = await database.Send(catalogue, clock);
        await database.Accept(catalogue, clock, referral);
        return referral;
    }

    Task<int> Booked(Guid referral, string london) => database.Run("""
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
        select gen_random_uuid(), @referral, 'initial_assessment', (select id from clinic order by name limit 1), id, @at, @at + interval '45 minutes' from portal_user where user_name = @Clinician;
        update referral set state = 'appointment_booked', due_for = null, due_at = null where id = @referral;
        insert into clock_history (id, referral_id, target, started_at, due_at, ended_at, ended_by)
        values (gen_random_uuid(), @referral, 'first_appointment', '2026-11-23 10:00Z', '2026-11-30 20:00Z', '2026-11-24 10:00Z', 'book_first_appointment')
        """, new { referral, at = TestClock.Moment(london).UtcDateTime, Clinician });

    [Theory]
    [InlineData("2026-11-23 12:00", "We promised the decision on the referral by 24 Nov 2026 20:00. It is due in 1 working day.", Outlook.OnTime)]
    [InlineData("2026-11-24 17:00", "We promised the decision on the referral by 24 Nov 2026 20:00. Little time is left: it is due in 3 h of clinic time.", Outlook.AtRisk)]
    [InlineData("2026-11-26 09:00", "We promised the decision on the referral by 24 Nov 2026 20:00. It is overdue by 2 working days.", Outlook.Late)]
    public async Task The_referrer_reads_how_the_promise_stands(string now, string words, Outlook outlook)
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock);
        clock.MoveTo(now);
        Assert.Equal((words, outlook), (await Read(clock, referral)).Now is { } promise ? (promise.Words, promise.Outlook!.Value) : default);
    }

    [Theory]
    [InlineData("2026-11-30 18:00", "We promised the first appointment by 30 Nov 2026; it is booked for 30 Nov 2026.", Outlook.OnTime)]
    [InlineData("2026-12-02 09:00", "We promised the first appointment by 30 Nov 2026; it is booked for 2 Dec 2026, later than promised.", Outlook.WillBeLate)]
    public async Task What_is_booked_stands_beside_what_was_promised(string at, string words, Outlook outlook)
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        await Booked(referral, at);
        var promise = (await Read(clock, referral)).Now!;
        Assert.Equal((words, outlook), (promise.Words, promise.Outlook));

        await database.Run("update appointment set state = 'attended' where referral_id = @referral; update referral set state = 'in_treatment' where id = @referral", new { referral });
        var later = await Read(clock, referral);
        Assert.Null(later.Now);
        Assert.Contains(later.Before, kept => kept.Target == Target.FirstAppointment && kept.Outlook == (outlook == Outlook.OnTime ? Outlook.OnTime : Outlook.Late) && kept.Words.Contains("it took place on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missed_promise_stays_missed_and_a_kept_one_kept()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var (early, late) = (await database.Send(catalogue, clock), await database.Send(catalogue, clock));
        await database.Accept(catalogue, clock, early);
        clock.MoveTo("2026-11-25 09:00");
        await database.Accept(catalogue, clock, late);
        Assert.Equal([("We promised the decision on the referral by 24 Nov 2026 20:00; it was done on 23 Nov 2026 10:00.", Outlook.OnTime)], (await Read(clock, early)).Before.Select(kept => (kept.Words, kept.Outlook!.Value)));
        Assert.Equal([("We promised the decision on the referral by 24 Nov 2026 20:00; it was done on 25 Nov 2026 09:00, later than promised.", Outlook.Late)], (await Read(clock, late)).Before.Select(kept => (kept.Words, kept.Outlook!.Value)));
    }

    [Fact]
    public async Task A_decision_that_was_taken_back_leaves_no_promise_behind_and_made_again_leaves_one()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var referral = await Accepted(clock);
        Assert.Single((await Read(clock, referral)).Before);
        Assert.Null((await new Web.Features.Triage.Undo.UndoDecision(database.On(clock)).Handle(await database.Actor(Triage), new(referral, await database.Version(referral)), Ct)).Failure);
        var promises = await Read(clock, referral);
        Assert.Equal((Target.Triage, 0), (promises.Now!.Target, promises.Before.Count));
        await database.Accept(catalogue, clock, referral);
        Assert.Single((await Read(clock, referral)).Before);
    }

    [Fact]
    public async Task The_discharge_report_is_promised_from_when_the_patient_was_last_seen_and_kept_by_signing_it()
    {
        var sent = TestClock.Moment("2026-11-09 09:00");
        var (referral, clock) = (await database.AddReferral(state: ReferralState.InTreatment, submittedAt: sent), TestClock.At("2026-11-16 12:00"));
        var clinician = await database.Actor(Clinician);
        var writing = new Web.Features.Progress.Reports.WriteReport(database.On(clock), catalogue);
        Assert.Null((await writing.Start(clinician, Guid.CreateVersion7(), referral.Id, Domain.Progress.ReportKind.Progress, Ct)).Failure);
        Assert.Null(await database.Due(referral.Id));
        var draft = (await writing.Start(clinician, Guid.CreateVersion7(), referral.Id, Domain.Progress.ReportKind.Discharge, Ct)).Value;
        Assert.Equal("discharge_report 2026-11-19 20:00", await database.Due(referral.Id)); // seen on Thursday the 12th
        Assert.Equal("We promised the discharge report by 19 Nov 2026. It is due in 3 working days.", (await Read(clock, referral.Id)).Now!.Words);

        clock.MoveTo("2026-11-20 09:00");
        await database.Run("update report set content = (select jsonb_agg(part || jsonb_build_object('text', 'Written.')) from jsonb_array_elements(content) part) where id = @draft", new { draft });
        var version = await database.Ask<int>("select version from report where id = @draft", new { draft });
        var signed = await writing.Sign(clinician, draft, version, clinician.DisplayName, Ct);
        Assert.Null(signed.Failure);
        Assert.Equal(("We promised the discharge report by 19 Nov 2026; it was done on 20 Nov 2026, later than promised.", null), ((await Read(clock, referral.Id)).Before[0].Words, await database.Due(referral.Id)));
    }

    [Fact]
    public async Task A_promise_that_fell_away_with_the_referral_was_neither_kept_nor_broken()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        await new WithdrawReferral(database.On(clock), catalogue).Handle(await database.Actor(Solicitor), new(referral, await database.Version(referral), WithdrawReason.Other, "Settled."), Ct);
        var promises = await Read(clock, referral);
        Assert.Equal((null, Target.Triage), (promises.Now, promises.Before.Single().Target));
    }

    [Fact]
    public async Task The_clinic_reads_the_first_free_appointment_and_whether_it_comes_in_time()
    {
        // Two minutes past the quarter, at which appointments begin: so that none begins within the minute that is left in the end.
        var now = DateTimeOffset.UtcNow;
        var clock = new FakeTimeProvider(now.AddTicks(-(now.Ticks % TimeSpan.FromMinutes(15).Ticks)).AddMinutes(2));
        var referral = await Accepted(clock);
        var clinic = (await Read(clock, referral, Triage)).Now!;
        Assert.Matches("It is not booked yet. The first free appointment is on", clinic.Words);
        Assert.DoesNotContain("free", (await Read(clock, referral)).Now!.Words, StringComparison.Ordinal);

        // A clinician who works elsewhere: somebody else at the clinic then. Nobody at all: late.
        await database.Run("update referral set clinician_id = (select id from portal_user where user_name = @Triage) where id = @referral", new { referral, Triage });
        Assert.Matches("with another clinician, is on", (await Read(clock, referral, Triage)).Now!.Words);
        await database.Run("update clinic set closed_at = now() where id = (select clinic_id from referral where id = @referral)", new { referral });
        Assert.Matches("The clinic has no free appointment until", (await Read(clock, referral, Triage)).Now is { Outlook: Outlook.WillBeLate } none ? none.Words : "");
        await database.Run("update clinic set closed_at = null where id = (select clinic_id from referral where id = @referral)", new { referral });

        await database.Run("update referral set due_at = @at where id = @referral", new { referral, at = clock.GetUtcNow().AddMinutes(-1) });
        Assert.Equal(Outlook.Late, (await Read(clock, referral, Triage)).Now!.Outlook);
        await database.Run("update referral set due_at = @at where id = @referral", new { referral, at = clock.GetUtcNow().AddMinutes(1) });
        Assert.Matches("later than that", (await Read(clock, referral, Triage)).Now is { Outlook: Outlook.WillBeLate } late ? late.Words : "");
    }

    [Fact]
    public async Task Who_does_not_see_safety_answers_reads_of_triage_and_of_no_review()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await database.Send(catalogue, clock, Employer, redFlag: true);
        Assert.Equal(Target.RedFlagReview, (await Read(clock, referral, Triage)).Now!.Target);
        Assert.Equal("We promised the decision on the referral by 24 Nov 2026 20:00. It is due in 1 working day.", (await Read(clock, referral, Employer)).Now!.Words);
        await new ClearRedFlag(database.On(clock), catalogue).Handle(await database.Actor(Clinician), new(referral, await database.Version(referral), "Seen."), Ct);
        Assert.Equal(Target.RedFlagReview, (await Read(clock, referral, Triage)).Before.Single().Target);
        Assert.Empty((await Read(clock, referral, Employer)).Before);
    }

    [Fact]
    public async Task A_stranger_reads_no_promise_by_either_wall_alone()
    {
        var clock = TestClock.At("2026-11-23 10:00");
        var referral = await Accepted(clock);
        ReadPromises Through(PortalDatabase units) => new(units, catalogue, new FindFreeSlots(units, catalogue, clock));
        foreach (var person in (string[])[Stranger, Auditor, CaseManager])
            Assert.IsType<Failure.Missing>((await Through(database.WithoutRowLevelSecurity(clock)).Handle(await database.Actor(person), referral, Ct)).Failure);
        var disguised = (await database.Actor(Stranger)).DisguisedAs(await database.Actor(Solicitor));
        Assert.IsType<Failure.Missing>((await Through(database.On(clock)).Handle(disguised, referral, Ct)).Failure);
        Assert.True((await Through(database.WithoutRowLevelSecurity(clock)).Handle(disguised, referral, Ct)).IsDone); // both walls down
    }

    [Fact]
    public async Task The_panel_stops_the_clock_and_lets_it_run_again()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var referral = await Accepted(clock);
        var actor = await database.Actor(Triage);
        using var browser = await database.SignedIn(Triage);
        var version = await database.Version(referral);
        var panel = browser.Render<ClockPanel>(with => with.Add(it => it.Referral, referral).Add(it => it.Version, version).Add(it => it.Actor, actor));
        panel.WaitForAssertion(() => Assert.Contains("We promised the first appointment", panel.Markup, StringComparison.Ordinal));

        await panel.Press("The patient asks to wait");
        await panel.Press("Stop the clock");
        panel.WaitForAssertion(() => Assert.Contains("There is a problem", panel.Markup, StringComparison.Ordinal));
        var until = LondonTime.DateOf(clock.GetUtcNow()).AddDays(20);
        foreach (var (place, part) in ((string, int)[])[("wait-until-day", until.Day), ("wait-until-month", until.Month), ("wait-until-year", until.Year)])
            panel.Find($"#{place}").Input(part.ToString(System.Globalization.CultureInfo.InvariantCulture));
        panel.Find("#wait-reason").Input("Away.");
        await panel.Press("Stop the clock");
        panel.WaitForAssertion(() => Assert.Contains("the patient asked to wait until", panel.Markup, StringComparison.Ordinal));

        version = await database.Version(referral);
        panel.Render(with => with.Add(it => it.Referral, referral).Add(it => it.Version, version).Add(it => it.Actor, actor));
        await panel.Press("Let the clock run again");
        panel.WaitForAssertion(() => Assert.Contains("The clock runs again.", panel.Markup, StringComparison.Ordinal));
        Assert.Null((await database.StoredAs(referral)).ClockPausedAt);
    }

    [Fact]
    public async Task A_referrer_sees_the_promise_and_nothing_to_press()
    {
        var referral = await Accepted(new FakeTimeProvider(DateTimeOffset.UtcNow));
        using var browser = await database.SignedIn(Solicitor);
        var actor = await database.Actor(Solicitor);
        var panel = browser.Render<ClockPanel>(with => with.Add(it => it.Referral, referral).Add(it => it.Version, 3).Add(it => it.Actor, actor));
        panel.WaitForAssertion(() => Assert.Contains("We promised the first appointment", panel.Markup, StringComparison.Ordinal));
        Assert.Empty(panel.FindAll("button"));
    }

    [Fact]
    public async Task The_manager_sees_what_an_agreement_would_mean_before_saving_it()
    {
        var organisation = (await database.Actor(Health)).OrganisationId;
        using var browser = await database.SignedIn(Lead);
        var page = browser.Opened<AgreementPage>(with => with.Add(it => it.Id, organisation));
        var before = page.Find("dl").TextContent;
        page.Find("#firstappointmentdays, #first-appointment-days, [name=firstAppointmentDays]").Input("20");
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find("dl").TextContent));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("It holds for every target", page.Markup, StringComparison.Ordinal));
        Assert.Equal("""{"firstAppointmentDays": 20}""", await database.Ask<string>("select targets::text from organisation_agreement where organisation_id = @organisation", new { organisation }));

        var list = browser.Opened<AgreementsPage>(_ => { });
        Assert.Contains("First appointment: 20 working days", list.Markup, StringComparison.Ordinal);
    }
}
