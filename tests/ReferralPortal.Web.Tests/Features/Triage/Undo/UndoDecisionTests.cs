using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging.Undo;

/// <summary>Taking back what was decided a moment ago.</summary>
public sealed class UndoDecisionTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    PortalDatabase Now => database.On(clock);

    async Task<TestReferral> Referral(ReferralState state = ReferralState.InTriage)
    {
        var referral = await database.AddReferral(state: state, redFlag: null, dueAt: clock.GetUtcNow().AddDays(1));
        if (state == ReferralState.Submitted) await database.Run("update referral set triage_owner_id = null where id = @Id", referral);
        return referral;
    }

    async Task Decide(string decision, TestReferral referral, string person = Triage)
    {
        var (actor, catalogue) = (await database.Actor(person), database.Catalogue());
        var outcome = decision switch
        {
            "accept" => await new AcceptReferral(Now, catalogue).Handle(actor, new(referral.Id, referral.Version, await database.Clinic(), null, Priority.Urgent), Ct),
            "decline" => await new DeclineReferral(Now, catalogue).Handle(actor, new(referral.Id, referral.Version, DeclineReason.OutsideArea, "Too far."), Ct),
            _ => await new AskForInformation(Now, catalogue).Handle(actor, new(referral.Id, referral.Version, ["consent"], "Since when?"), Ct),
        };
        Assert.True(outcome.IsDone);
    }

    async Task<Outcome<ReferralState>> TakeBack(TestReferral referral, string person = Triage) =>
        await new UndoDecision(Now).Handle(await database.Actor(person), new(referral.Id, referral.Version + 1), Ct);

    Task<long> Waiting(TestReferral referral) => database.Ask<long>("select count(*) from outbox_message where referral_id = @Id and done_at is null and kind in ('referral_accepted', 'referral_declined', 'information_requested')", referral);

    sealed record Standing(string State, string Priority, Guid? Owner, Guid? Clinic, Guid? Clinician, string? DueFor, DateTime? DueAt, DateTime? PausedAt);

    async Task<Standing> Stands(TestReferral referral)
    {
        var stored = await database.StoredAs(referral.Id);
        return new(stored.State, stored.Priority, stored.TriageOwnerId, stored.ClinicId, stored.ClinicianId, stored.DueFor, stored.DueAt, stored.ClockPausedAt);
    }

    [Theory]
    [InlineData("accept", ReferralState.InTriage)]
    [InlineData("decline", ReferralState.InTriage)]
    [InlineData("decline", ReferralState.Submitted)]
    [InlineData("ask", ReferralState.InTriage)]
    [InlineData("ask", ReferralState.Submitted)]
    public async Task Within_ten_seconds_everything_stands_as_before_and_no_message_leaves(string decision, ReferralState state)
    {
        var referral = await Referral(state);
        var before = await Stands(referral);
        await Decide(decision, referral);
        Assert.NotEqual(before, await Stands(referral));
        clock.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal(state, (await TakeBack(referral)).Value);

        Assert.Equal(before, await Stands(referral));
        Assert.Equal(0, await Waiting(referral));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal((referral.Version + 2, "undo", "clinic", "undo_decision"), (stored.Version, stored.LastAction, stored.LastAudience, stored.LastAudit));
        Assert.Equal(EnumText.Of(state), await database.Ask<string>("select state from referral_party where referral_id = @Id limit 1", referral));
        Assert.Equal(1, await database.Ask<long>("select count(*) from outbox_message where referral_id = @Id and taken_back_at is not null and attempts = 0", referral));
        // No promise was ended by it, and somebody looks at the one that runs again.
        Assert.Equal(0, await database.Ask<long>("select count(*) from clock_history where referral_id = @Id", referral));
        Assert.NotEqual(0, await database.Ask<long>("select count(*) from outbox_message where referral_id = @Id and kind = 'clock_check' and available_at <= now() + interval '10 seconds'", referral));
    }

    [Fact]
    public async Task The_messages_of_a_decision_wait_for_ten_seconds_and_no_longer()
    {
        var referral = await Referral();
        await Decide("decline", referral);
        var leaves = await database.Ask<DateTime>("select available_at from outbox_message where referral_id = @Id and kind = 'referral_declined'", referral);
        Assert.Equal(clock.GetUtcNow().AddSeconds(10).UtcDateTime, leaves.ToUniversalTime(), TimeSpan.FromMilliseconds(1));
        clock.Advance(TimeSpan.FromSeconds(10));

        var late = Assert.IsType<Failure.Refused>((await TakeBack(referral)).Failure);

        Assert.Contains("can no longer be undone", late.Words);
        Assert.Equal(("declined", 1), ((await database.StoredAs(referral.Id)).State, await Waiting(referral)));
    }

    [Fact]
    public async Task A_decision_whose_message_was_taken_stands_whatever_the_clock_says()
    {
        var referral = await Referral();
        await Decide("accept", referral);
        await database.Run("update outbox_message set attempts = 1, available_at = available_at + interval '2 minutes' where referral_id = @Id and kind = 'referral_accepted'", referral);

        Assert.IsType<Failure.Refused>((await TakeBack(referral)).Failure);

        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("accepted", "accept", "everyone"), (stored.State, stored.LastAction, stored.LastAudience));
    }

    [Fact]
    public async Task Only_who_decided_takes_it_back()
    {
        var referral = await Referral();
        await Decide("accept", referral);
        Assert.IsType<Failure.Refused>((await TakeBack(referral, TriageWorld.SecondTriage)).Failure);
        Assert.Equal("accepted", (await database.StoredAs(referral.Id)).State);
        Assert.Equal(1, await Waiting(referral));
    }

    [Fact]
    public async Task What_somebody_has_acted_upon_is_not_taken_back_from_under_them()
    {
        var referral = await Referral();
        await Decide("ask", referral);
        Assert.True((await new AnswerRequest(Now, database.Catalogue()).Handle(await database.Actor(Solicitor), new(referral.Id, referral.Version + 1, "On the second."), Ct)).IsDone);

        Assert.IsType<Failure.Conflict>((await TakeBack(referral)).Failure);
        Assert.IsType<Failure.Refused>((await new UndoDecision(Now).Handle(await database.Actor(Triage), new(referral.Id, referral.Version + 2), Ct)).Failure);
        Assert.Equal("answer", (await database.StoredAs(referral.Id)).LastAction);
    }

    [Fact]
    public async Task It_is_taken_back_once_and_can_be_decided_anew()
    {
        var referral = await Referral();
        await Decide("decline", referral);
        Assert.True((await TakeBack(referral)).IsDone);
        Assert.IsType<Failure.Conflict>((await TakeBack(referral)).Failure);
        Assert.IsType<Failure.Refused>((await new UndoDecision(Now).Handle(await database.Actor(Triage), new(referral.Id, referral.Version + 2), Ct)).Failure);

        await Decide("accept", referral with { Version = referral.Version + 2 });
        Assert.Equal(("accepted", 1), ((await database.StoredAs(referral.Id)).State, await Waiting(referral)));
        Assert.Equal(ReferralState.InTriage, (await new UndoDecision(Now).Handle(await database.Actor(Triage), new(referral.Id, referral.Version + 3), Ct)).Value);
    }

    [Fact]
    public async Task The_clinic_s_timeline_keeps_both_steps_and_the_referrer_s_neither_by_each_wall_alone()
    {
        var referral = await Referral();
        await Decide("decline", referral);
        await TakeBack(referral);

        var clinic = (await new ViewReferral(Now).Handle(await database.Actor(Triage), referral.Reference, Ct)).Value!.Timeline;
        Assert.Equal(["decline", "undo"], clinic.OrderBy(happened => happened.Sequence).TakeLast(2).Select(happened => happened.Action));
        Assert.Equal("Too far.", clinic.Single(happened => happened.Action == "decline").Words);
        Assert.Equal("Dana Whitfield took back the decline within seconds.", new TimelineWords(await database.Catalogue().Get(Ct)).Of(clinic.Single(happened => happened.Action == "undo")).What);

        var solicitor = await database.Actor(Solicitor);
        foreach (var through in (PortalDatabase[])[database.Database, database.WithoutRowLevelSecurity()])
            Assert.DoesNotContain((await new ViewReferral(through).Handle(solicitor, referral.Reference, Ct)).Value!.Timeline, happened => happened.Action is "decline" or "undo");
        Assert.Equal(0, await database.Database.Read(solicitor, unit => unit.One<long>("select count(*) from referral_event where referral_id = @Id and action in ('decline', 'undo')", new { referral.Id }), Ct));
    }

    [Fact]
    public async Task How_a_referral_stood_before_is_the_clinic_s_own_affair()
    {
        var referral = await Referral();
        await Decide("decline", referral);
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Auditor])
        {
            var actor = await database.Actor(person);
            Assert.Equal(0, await database.Database.Read(actor, unit => unit.One<long>("select count(*) from undoable_decision"), Ct));
            Assert.False(await database.Database.Read(actor, unit => unit.One<bool>("select portal.take_back_decision(@Id, @version)", new { referral.Id, version = referral.Version + 1 }), Ct));
        }
        Assert.Equal(1, await Waiting(referral));
    }

    [Fact]
    public async Task The_page_offers_it_to_who_decided_while_it_can_be_done()
    {
        var referral = await Referral();
        await Decide("accept", referral);
        Assert.NotNull((await Open(Triage)).Undoable);
        Assert.Null((await Open(TriageWorld.SecondTriage)).Undoable);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null((await Open(Triage)).Undoable);

        async Task<TriageCase> Open(string person) => (await new OpenTriage(Now, new ViewReferral(Now)).Handle(await database.Actor(person), referral.Reference, Ct)).Value!;
    }

    [Fact]
    public async Task The_button_counts_down_and_goes()
    {
        await using var browser = new BunitContext();
        browser.Services.AddSingleton<TimeProvider>(clock);
        var bar = browser.Render<UndoBar>(view => view.Add(shown => shown.Until, clock.GetUtcNow().AddSeconds(10)).Add(shown => shown.OnUndo, () => { }));
        Assert.Contains("10 s", bar.Find("button").TextContent);
        Assert.Equal("true", bar.Find("button span").GetAttribute("aria-hidden"));
        clock.Advance(TimeSpan.FromSeconds(1));
        bar.WaitForAssertion(() => Assert.Contains("9 s", bar.Find("button").TextContent));
        clock.Advance(TimeSpan.FromSeconds(9));
        bar.WaitForAssertion(() => Assert.Empty(bar.FindAll("button")));
    }
}
