using Bunit;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Contact;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging.Contact;

/// <summary>Trying to reach the patient.</summary>
public sealed class ContactTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    LogContact Log => new(database.On(clock), database.Catalogue());

    Task<TestReferral> Referral(ReferralState state = ReferralState.Accepted, string referrer = Solicitor) => database.AddReferral(referrer, state: state, redFlag: null, dueAt: clock.GetUtcNow().AddDays(3));

    /// <summary>Accepted just now, through the portal: contact and first appointment are promised from here.</summary>
    async Task<TestReferral> Accepted()
    {
        var referral = await Referral(ReferralState.InTriage);
        Assert.True((await new AcceptReferral(database.On(clock), database.Catalogue()).Handle(await database.Actor(Triage), new(referral.Id, referral.Version, await database.Clinic(), null, Priority.Routine), Ct)).IsDone);
        return referral with { Version = referral.Version + 1 };
    }

    async Task<TestReferral> Tried(TestReferral referral, ContactOutcome outcome, ContactChannel channel = ContactChannel.Call, DateOnly? until = null, string note = "", string person = Triage)
    {
        clock.Advance(TimeSpan.FromMinutes(10));
        var logged = await Log.Handle(await database.Actor(person), new(referral.Id, referral.Version, channel, outcome, until, note), Ct);
        Assert.True(logged.IsDone, logged.Failure?.ToString());
        return referral with { Version = referral.Version + 1 };
    }

    async Task<ContactLog> Read(TestReferral referral, string person = Triage) => (await new ReadContacts(database.On(clock), database.Catalogue()).Handle(await database.Actor(person), referral.Id, Ct)).Value!;

    [Fact]
    public async Task An_attempt_says_who_when_how_and_what_came_of_it_and_leaves_the_clock()
    {
        var referral = await Referral();
        var before = await database.StoredAs(referral.Id);

        await Tried(referral, ContactOutcome.LeftMessage, note: "  Left it with her son. ", person: Clinician);

        var attempt = Assert.Single((await Read(referral)).Attempts);
        Assert.Equal((ContactChannel.Call, ContactOutcome.LeftMessage, "Left it with her son.", (await database.Actor(Clinician)).DisplayName), (attempt.Channel.Value, attempt.Outcome.Value, attempt.Note, attempt.MadeByName));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal((before.State, before.DueFor, before.DueAt, referral.Version + 1, "log_contact", "log_contact", "everyone"), (stored.State, stored.DueFor, stored.DueAt, stored.Version, stored.LastAction, stored.LastAudit, stored.LastAudience));
    }

    [Fact]
    public async Task Sent_twice_it_is_logged_once()
    {
        var referral = await Referral();
        await Tried(referral, ContactOutcome.NoAnswer);
        Assert.IsType<Failure.Conflict>((await Log.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, ContactChannel.Call, ContactOutcome.NoAnswer, null, ""), Ct)).Failure);
        Assert.Single((await Read(referral)).Attempts);
    }

    [Fact]
    public async Task Everybody_on_it_reads_that_it_was_tried_and_nobody_outside_the_clinic_what_was_noted()
    {
        var referral = await Referral(referrer: Employer);
        await Tried(referral, ContactOutcome.WrongNumber, note: "Somebody else’s number, rude.");

        var seen = (await new ViewReferral(database.Database).Handle(await database.Actor(Employer), referral.Reference, Ct)).Value!.Timeline.Single(one => one.Action == "log_contact");
        Assert.Equal("The clinic tried to reach the patient by telephone.", new TimelineWords(await database.Catalogue().Get(Ct)).Of(seen).What);
        Assert.Null(seen.Words);
        Assert.DoesNotContain("wrong", seen.Detail);
        foreach (var person in (string[])[Employer, Solicitor, Funder, Auditor])
            Assert.Equal(0, await database.Database.Read(await database.Actor(person), unit => unit.One<long>("select count(*) from patient_contact"), Ct));
        await Assert.ThrowsAsync<PostgresException>(async () => await database.Database.Write<int>(await database.Actor(Employer), async unit => await unit.Run(
            "insert into patient_contact (id, referral_id, at, channel, outcome, made_by, made_by_name) values (gen_random_uuid(), @Id, now(), 'call', 'spoke', portal.current_person(), 'x')", new { referral.Id }), Ct));
    }

    [Fact]
    public async Task After_three_failures_it_is_proposed_to_close_and_nothing_closes_by_itself()
    {
        var referral = await Referral();
        foreach (var outcome in (ContactOutcome[])[ContactOutcome.NoAnswer, ContactOutcome.LeftMessage]) referral = await Tried(referral, outcome);
        Assert.False((await Read(referral)).ProposesClosing);
        referral = await Tried(referral, ContactOutcome.Sent, ContactChannel.Letter);

        Assert.Equal((3, 3, true), ((await Read(referral)).Failed, (await Read(referral)).Most, (await Read(referral)).ProposesClosing));
        Assert.Equal("accepted", (await database.StoredAs(referral.Id)).State);

        referral = await Tried(referral, ContactOutcome.Spoke);
        Assert.Equal((0, false), ((await Read(referral)).Failed, (await Read(referral)).ProposesClosing));
    }

    [Fact]
    public async Task The_clinic_sets_after_how_many()
    {
        await database.Run("update clinic_group_settings set targets = targets || '{\"contactAttempts\": 2}'");
        try
        {
            var referral = await Tried(await Tried(await Referral(), ContactOutcome.NoAnswer), ContactOutcome.NoAnswer);
            Assert.True((await Read(referral)).ProposesClosing);
        }
        finally
        {
            await database.Run("update clinic_group_settings set targets = targets || '{\"contactAttempts\": 3}'");
        }
    }

    [Fact]
    public async Task The_promise_of_a_first_contact_runs_from_acceptance_until_the_patient_is_reached()
    {
        var referral = await Accepted();
        var promised = ReferralClock.On(await database.Catalogue().Get(Ct)).DueAt(Target.Contact, clock.GetUtcNow(), urgent: false);
        referral = await Tried(referral, ContactOutcome.NoAnswer);
        Assert.Equal(promised, (await Read(referral)).DueAt!.Value, TimeSpan.FromSeconds(1));

        referral = await Tried(referral, ContactOutcome.Spoke);
        Assert.Null((await Read(referral)).DueAt);
        referral = await Tried(referral, ContactOutcome.Spoke);

        Assert.Equal(1, await database.Ask<long>("select count(*) from clock_history where referral_id = @Id and target = 'contact' and ended_by = 'log_contact'", referral));
        Assert.Equal("first_appointment", (await database.StoredAs(referral.Id)).DueFor);
    }

    [Fact]
    public async Task Where_contact_itself_was_due_the_first_appointment_is_due_next()
    {
        var referral = await Referral();
        await database.Run("update referral set due_for = 'contact' where id = @Id", referral);
        await Tried(referral, ContactOutcome.NoAnswer);
        Assert.Equal("contact", (await database.StoredAs(referral.Id)).DueFor);
        await Tried(referral with { Version = referral.Version + 1 }, ContactOutcome.Spoke);
        Assert.Equal("first_appointment", (await database.StoredAs(referral.Id)).DueFor);
    }

    [Fact]
    public async Task A_patient_who_asks_to_wait_stops_the_clock_until_then_and_the_referrer_reads_why()
    {
        var (referral, until) = (await Accepted(), LondonTime.DateOf(clock.GetUtcNow()).AddDays(20));
        await Tried(referral, ContactOutcome.AskedToWait, until: until);

        Assert.NotNull((await database.StoredAs(referral.Id)).ClockPausedAt);
        Assert.Equal(until.ToDateTime(TimeOnly.MinValue), await database.Ask<DateTime>("select clock_waits_until from referral where id = @Id", referral));
        Assert.Equal(1, await database.Ask<long>("select count(*) from outbox_message where referral_id = @Id and kind = 'patient_wait_over'", referral));
        var seen = (await new ViewReferral(database.Database).Handle(await database.Actor(Solicitor), referral.Reference, Ct)).Value!.Timeline.Single(one => one.Action == "log_contact");
        var line = new TimelineWords(await database.Catalogue().Get(Ct)).Of(seen);
        Assert.Equal(($"The clinic reached the patient by telephone, who asked to wait until {Web.Components.Display.Formats.Date(until)}.", "The clock stands still until then."), (line.What, line.Consequence));
    }

    [Fact]
    public async Task A_safety_review_does_not_wait_for_the_patient()
    {
        var referral = await Referral(ReferralState.InTriage);
        await database.Run("update referral set due_for = 'red_flag_review' where id = @Id", referral);
        await Tried(referral, ContactOutcome.AskedToWait, until: LondonTime.DateOf(clock.GetUtcNow()).AddDays(5));
        Assert.Null((await database.StoredAs(referral.Id)).ClockPausedAt);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_beside_its_field()
    {
        var (referral, triage, today) = (await Referral(), await database.Actor(Triage), LondonTime.DateOf(clock.GetUtcNow()));
        Assert.Equal(["Channel"], await Errors(null, null));
        Assert.Equal(["Outcome"], await Errors(ContactChannel.Letter, ContactOutcome.NoAnswer));
        Assert.Equal(["WaitUntil"], await Errors(ContactChannel.Call, ContactOutcome.AskedToWait));
        Assert.Equal(["WaitUntil"], await Errors(ContactChannel.Call, ContactOutcome.AskedToWait, today));
        Assert.Equal(["WaitUntil"], await Errors(ContactChannel.Call, ContactOutcome.Spoke, today.AddDays(1)));
        Assert.Equal(["Note"], await Errors(ContactChannel.Call, ContactOutcome.Spoke, note: new string('x', 1001)));
        Assert.Equal(referral.Version, (await database.StoredAs(referral.Id)).Version);

        async Task<IEnumerable<string>> Errors(ContactChannel? channel, ContactOutcome? outcome, DateOnly? until = null, string note = "") =>
            Assert.IsType<Failure.Invalid>((await Log.Handle(triage, new(referral.Id, referral.Version, channel, outcome, until, note), Ct)).Failure).Errors.Keys;
    }

    [Theory, InlineData(ReferralState.Discharged), InlineData(ReferralState.Declined)]
    public async Task Of_what_has_ended_nobody_is_rung_any_more(ReferralState state)
    {
        var referral = await Referral(state);
        Assert.IsType<Failure.Refused>((await Log.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, ContactChannel.Call, ContactOutcome.Spoke, null, ""), Ct)).Failure);
    }

    [Fact]
    public async Task The_panel_proposes_to_close_with_the_reason_and_a_person_does_it()
    {
        var referral = await Referral();
        for (var tries = 0; tries < 3; tries++) referral = await Tried(referral, ContactOutcome.NoAnswer);
        await using var browser = await database.SignedIn(Triage);
        var panel = browser.Opened<ContactPanel>(await With(referral));
        panel.WaitForElement("section.panel");
        Assert.Contains("3 attempts without reaching the patient.", panel.Markup);

        await panel.Press("Close: could not be reached");
        Assert.StartsWith("We have tried several times to reach the patient", panel.WaitForElement("#words").GetAttribute("value"));
        await panel.Press("Close referral");

        panel.WaitForAssertion(() => Assert.DoesNotContain("without reaching the patient", panel.Markup));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("withdrawn", "could_not_be_reached"), (stored.State, stored.LastReason));
    }

    [Fact]
    public async Task In_triage_the_way_leads_to_declining_with_that_reason()
    {
        var referral = await Referral(ReferralState.InTriage);
        for (var tries = 0; tries < 3; tries++) referral = await Tried(referral, ContactOutcome.NoAnswer);
        await using var browser = await database.SignedIn(Triage);
        var offered = false;
        var with = await With(referral);
        var panel = browser.Opened<ContactPanel>(view => { with(view); view.Add(shown => shown.OnDecline, () => offered = true); });
        panel.WaitForElement("section.panel");
        await panel.Press("Decline: could not be reached");
        Assert.True(offered);
        Assert.Equal("in_triage", (await database.StoredAs(referral.Id)).State);
    }

    [Fact]
    public async Task An_attempt_is_logged_from_the_panel_with_what_fits_the_channel()
    {
        var referral = await Referral();
        await using var browser = await database.SignedIn(Triage);
        var panel = browser.Opened<ContactPanel>(await With(referral));
        panel.WaitForElement("section.panel");
        await panel.Press("Log an attempt");
        Assert.Contains("No answer", panel.WaitForElement("#outcome").TextContent);
        panel.FindAll("#channel input")[2].Change(true);
        Assert.DoesNotContain("No answer", panel.Find("#outcome").TextContent);
        await panel.Press("Save attempt");
        panel.WaitForAssertion(() => Assert.Contains("Choose what came of it", panel.Find("[role=alert]").TextContent));
        panel.FindAll("#outcome input")[0].Change(true);
        await panel.Press("Save attempt");
        panel.WaitForAssertion(() => Assert.Contains("Sent, no answer yet", panel.Find("ul.attempts").TextContent));
    }

    async Task<Action<ComponentParameterCollectionBuilder<ContactPanel>>> With(TestReferral referral)
    {
        var (actor, catalogue) = (await database.Actor(Triage), await database.Catalogue().Get(Ct));
        return view => view.Add(panel => panel.Referral, referral.Id).Add(panel => panel.Version, referral.Version).Add(panel => panel.Reference, referral.Reference)
            .Add(panel => panel.Actor, actor).Add(panel => panel.Catalogue, catalogue);
    }
}
