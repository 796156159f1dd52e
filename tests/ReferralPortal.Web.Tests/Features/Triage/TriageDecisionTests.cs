using System.Text.Json;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>Claiming, asking, accepting and declining.</summary>
public sealed class TriageDecisionTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    StartTriage Start => new(database.Database);
    AskForInformation Ask => new(database.Database, database.Catalogue());
    AcceptReferral Accept => new(database.Database, database.Catalogue());
    DeclineReferral Decline => new(database.Database, database.Catalogue());

    Task<TestReferral> Referral(ReferralState state = ReferralState.InTriage, RedFlagTier? redFlag = null, DateTimeOffset? dueAt = null) =>
        database.AddReferral(state: state, redFlag: redFlag, dueAt: dueAt ?? DateTimeOffset.UtcNow.AddDays(1));

    [Fact]
    public async Task Starting_triage_claims_the_referral_and_leaves_its_clock()
    {
        var due = DateTimeOffset.UtcNow.AddHours(5);
        var referral = await Referral(ReferralState.Submitted, dueAt: due);
        var second = await database.Actor(TriageWorld.SecondTriage);

        var outcome = await Start.Handle(second, new(referral.Id, referral.Version), Ct);

        Assert.Equal(ReferralState.InTriage, outcome.Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("in_triage", second.UserId, referral.Version + 1), (stored.State, stored.TriageOwnerId, stored.Version));
        Assert.Equal(("start_triage", "triage_started", "start_triage"), (stored.LastAction, stored.LastMessage, stored.LastAudit));
        Assert.Equal(due.UtcDateTime, stored.DueAt!.Value.ToUniversalTime(), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Of_two_who_start_triage_at_once_the_second_is_told_who_was_first()
    {
        var referral = await Referral(ReferralState.Submitted);
        await Start.Handle(await database.Actor(Triage), new(referral.Id, referral.Version), Ct);

        var outcome = await Start.Handle(await database.Actor(TriageWorld.SecondTriage), new(referral.Id, referral.Version), Ct);

        var conflict = Assert.IsType<Failure.Conflict>(outcome.Failure);
        Assert.Equal(("Dana Whitfield", "started triage"), (conflict.ChangedBy, conflict.WhatChanged));
    }

    [Fact]
    public async Task Asking_for_information_stops_the_clock_and_says_what_is_missing()
    {
        var referral = await Referral();
        var outcome = await Ask.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, ["consent", "not-a-code"], "  When did the patient agree?  "), Ct);

        Assert.Equal(ReferralState.InformationRequested, outcome.Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.NotNull(stored.ClockPausedAt);
        Assert.Equal(("information_requested", "When did the patient agree?", "consent", "everyone"), (stored.State, stored.LastWords, stored.LastReason, stored.LastAudience));
        Assert.Equal("information_requested", stored.LastMessage);
        Assert.DoesNotContain("not-a-code", stored.LastDetail);
    }

    [Fact]
    public async Task Asking_about_an_unclaimed_referral_claims_it_and_about_a_claimed_one_does_not()
    {
        var unclaimed = await Referral(ReferralState.Submitted);
        await database.Run("update referral set triage_owner_id = null where id = @Id", unclaimed);
        var claimed = await Referral();
        var second = await database.Actor(TriageWorld.SecondTriage);

        foreach (var referral in (TestReferral[])[unclaimed, claimed]) await Ask.Handle(second, new(referral.Id, referral.Version, [], "Which knee?"), Ct);

        Assert.Equal(second.UserId, (await database.StoredAs(unclaimed.Id)).TriageOwnerId);
        Assert.Equal((await database.Actor(Triage)).UserId, (await database.StoredAs(claimed.Id)).TriageOwnerId);
    }

    [Fact]
    public async Task A_safety_review_does_not_wait_for_the_referrer()
    {
        var referral = await Referral(redFlag: RedFlagTier.Urgent);
        await database.Run("update referral set due_for = 'red_flag_review' where id = @Id", referral);
        var before = await database.StoredAs(referral.Id);

        await Ask.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, [], "Since when?"), Ct);

        var stored = await database.StoredAs(referral.Id);
        Assert.Null(stored.ClockPausedAt);
        Assert.Equal(("red_flag_review", before.DueAt), (stored.DueFor, stored.DueAt));
    }

    [Fact]
    public async Task An_answer_brings_the_referral_back_to_who_asked_with_the_clock_running()
    {
        var referral = await Referral();
        await Ask.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, ["consent"], "When?"), Ct);
        await new AnswerRequest(database.Database, database.Catalogue()).Handle(await database.Actor(Solicitor), new(referral.Id, referral.Version + 1, "On the second."), Ct);

        var stored = await database.StoredAs(referral.Id);
        Assert.Equal("in_triage", stored.State);
        Assert.Null(stored.ClockPausedAt);
        Assert.Equal((await database.Actor(Triage)).UserId, stored.TriageOwnerId);
    }

    [Fact]
    public async Task Accepting_names_clinic_clinician_and_priority_and_a_first_appointment_falls_due()
    {
        var referral = await Referral();
        var (clinic, clinician) = (await database.Clinic(), (await database.Actor(TriageWorld.SecondClinician)).UserId);

        var outcome = await Accept.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, clinic, clinician, Priority.Urgent), Ct);

        Assert.Equal(ReferralState.Accepted, outcome.Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("accepted", "urgent", clinic, clinician, "first_appointment"), (stored.State, stored.Priority, stored.ClinicId, stored.ClinicianId, stored.DueFor));
        Assert.Equal("referral_accepted", stored.LastMessage);
        Assert.Equal(clinic.ToString(), JsonDocument.Parse(stored.LastDetail).RootElement.GetProperty("clinicId").GetString());
    }

    [Fact]
    public async Task Accepting_for_the_pool_names_no_clinician()
    {
        var referral = await Referral();
        await Accept.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, await database.Clinic(), null, Priority.Routine), Ct);
        Assert.Null((await database.StoredAs(referral.Id)).ClinicianId);
    }

    [Fact]
    public async Task A_referral_cannot_be_given_to_somebody_who_is_no_clinician_here()
    {
        var referral = await Referral();
        foreach (var person in (string[])[Triage, Solicitor])
        {
            var outcome = await Accept.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, await database.Clinic(), (await database.Actor(person)).UserId, Priority.Routine), Ct);
            Assert.Contains("Clinician", Assert.IsType<Failure.Invalid>(outcome.Failure).Errors);
        }
        Assert.Equal("in_triage", (await database.StoredAs(referral.Id)).State);
    }

    [Fact]
    public async Task Accepting_asks_for_a_clinic_and_a_priority()
    {
        var referral = await Referral();
        var outcome = await Accept.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, Guid.NewGuid(), null, null), Ct);
        Assert.Equal(["Clinic", "Priority"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order());
    }

    [Fact]
    public async Task A_standing_red_flag_keeps_the_priority_urgent_and_its_review_due_through_acceptance()
    {
        var referral = await Referral(redFlag: RedFlagTier.Urgent);
        await database.Run("update referral set due_for = 'red_flag_review' where id = @Id", referral);
        var (triage, clinic) = (await database.Actor(Triage), await database.Clinic());

        var lowered = await Accept.Handle(triage, new(referral.Id, referral.Version, clinic, null, Priority.Routine), Ct);
        Assert.Contains("Priority", Assert.IsType<Failure.Invalid>(lowered.Failure).Errors);

        var kept = await Accept.Handle(triage, new(referral.Id, referral.Version, clinic, null, Priority.Urgent), Ct);
        Assert.True(kept.IsDone);
        Assert.Equal("red_flag_review", (await database.StoredAs(referral.Id)).DueFor);
    }

    [Fact]
    public async Task Declining_stops_the_clock_and_tells_the_referrer_why()
    {
        var referral = await Referral();
        var outcome = await Decline.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, DeclineReason.OutsideArea, "Too far for regular treatment."), Ct);

        Assert.Equal(ReferralState.Declined, outcome.Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("declined", "outside_area", "Too far for regular treatment.", "everyone"), (stored.State, stored.LastReason, stored.LastWords, stored.LastAudience));
        Assert.Null(stored.DueAt);
        Assert.Equal("referral_declined", stored.LastMessage);
    }

    [Fact]
    public async Task Declining_without_a_reason_or_words_is_refused_beside_the_fields()
    {
        var referral = await Referral();
        var outcome = await Decline.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, null, " "), Ct);
        Assert.Equal(["Reason", "WordsToReferrer"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order());
    }

    [Theory]
    [InlineData(ReferralState.Accepted)]
    [InlineData(ReferralState.InTreatment)]
    [InlineData(ReferralState.Declined)]
    public async Task What_the_lifecycle_does_not_know_is_refused(ReferralState state)
    {
        var referral = await Referral(state);
        var triage = await database.Actor(Triage);
        Failure?[] failures =
        [
            (await Start.Handle(triage, new(referral.Id, referral.Version), Ct)).Failure,
            (await Ask.Handle(triage, new(referral.Id, referral.Version, [], "Why?"), Ct)).Failure,
            (await Accept.Handle(triage, new(referral.Id, referral.Version, await database.Clinic(), null, Priority.Routine), Ct)).Failure,
            (await Decline.Handle(triage, new(referral.Id, referral.Version, DeclineReason.Other, "No."), Ct)).Failure,
        ];
        Assert.All(failures, failure => Assert.IsType<Failure.Refused>(failure));
        Assert.Equal((EnumText.Of(state), referral.Version), ((await database.StoredAs(referral.Id)).State, (await database.StoredAs(referral.Id)).Version));
    }

    [Theory]
    [InlineData(Solicitor), InlineData(Partner), InlineData(Stranger), InlineData(Funder), InlineData(Auditor), InlineData(Clinician), InlineData(Lead), InlineData(Employer)]
    public async Task Nobody_but_a_clinic_administrator_triages(string person)
    {
        var (submitted, triaged) = (await Referral(ReferralState.Submitted), await Referral());
        var actor = await database.Actor(person);
        Failure?[] failures =
        [
            (await Start.Handle(actor, new(submitted.Id, submitted.Version), Ct)).Failure,
            (await Ask.Handle(actor, new(triaged.Id, triaged.Version, [], "Why?"), Ct)).Failure,
            (await Accept.Handle(actor, new(triaged.Id, triaged.Version, await database.Clinic(), null, Priority.Routine), Ct)).Failure,
            (await Decline.Handle(actor, new(triaged.Id, triaged.Version, DeclineReason.Other, "No."), Ct)).Failure,
        ];
        Assert.All(failures, failure => Assert.IsType<Failure.Refused>(failure));
        Assert.Equal("submitted", (await database.StoredAs(submitted.Id)).State);
        Assert.Equal("in_triage", (await database.StoredAs(triaged.Id)).State);
    }
}
