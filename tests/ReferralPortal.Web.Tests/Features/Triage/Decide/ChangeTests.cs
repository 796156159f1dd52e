using System.Text.Json;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage.Decide;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging.Decide;

/// <summary>Another clinic, another priority: what stays the same referral.</summary>
public sealed class ChangeTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    ForwardReferral Forward => new(database.Database, database.Catalogue());
    ChangePriority Change => new(database.Database, database.Catalogue());

    Task<TestReferral> Referral(ReferralState state = ReferralState.Accepted, RedFlagTier? redFlag = null, string referrer = Solicitor) =>
        database.AddReferral(referrer, state: state, redFlag: redFlag, dueAt: DateTimeOffset.UtcNow.AddDays(1));

    async Task<IReadOnlyList<Guid>> Clinics() => [.. (await database.Catalogue().Get(Ct)).Clinics.Select(clinic => clinic.Id)];

    [Theory]
    [InlineData(ReferralState.InTriage)]
    [InlineData(ReferralState.Accepted)]
    public async Task Forwarding_gives_it_to_the_other_clinic_s_pool_and_says_why(ReferralState state)
    {
        var (referral, clinics) = (await Referral(state), await Clinics());
        await database.Run("update referral set clinic_id = @clinic where id = @Id", new { clinic = clinics[0], referral.Id });
        var before = await database.StoredAs(referral.Id);

        var outcome = await Forward.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, clinics[1], "  Nearer to the patient's work. "), Ct);

        Assert.Equal(state, outcome.Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal((clinics[1], null, before.DueAt, "forward", "Nearer to the patient's work.", "everyone"), (stored.ClinicId, stored.ClinicianId, stored.DueAt, stored.LastAction, stored.LastWords, stored.LastAudience));
        Assert.Equal(("referral_forwarded", "forward_referral"), (stored.LastMessage, stored.LastAudit));
    }

    [Fact]
    public async Task Forwarding_asks_for_another_clinic_and_a_reason()
    {
        var (referral, clinics, triage) = (await Referral(), await Clinics(), await database.Actor(Triage));
        await database.Run("update referral set clinic_id = @clinic where id = @Id", new { clinic = clinics[0], referral.Id });
        Assert.Equal(["Clinic", "Reason"], Assert.IsType<Failure.Invalid>((await Forward.Handle(triage, new(referral.Id, referral.Version, Guid.NewGuid(), " "), Ct)).Failure).Errors.Keys.Order());
        Assert.Equal(["Clinic"], Assert.IsType<Failure.Invalid>((await Forward.Handle(triage, new(referral.Id, referral.Version, clinics[0], "Nearer."), Ct)).Failure).Errors.Keys);
        Assert.Equal(referral.Version, (await database.StoredAs(referral.Id)).Version);
    }

    [Fact]
    public async Task The_referrer_reads_where_it_went_and_why_without_sight_of_anything_clinical()
    {
        var (referral, clinics) = (await Referral(referrer: Employer), await database.Catalogue().Get(Ct));
        await Forward.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, clinics.Clinics[1].Id, "Nearer to the depot."), Ct);

        var happened = (await new ViewReferral(database.Database).Handle(await database.Actor(Employer), referral.Reference, Ct)).Value!.Timeline.Single(one => one.Action == "forward");

        var line = new TimelineWords(clinics).Of(happened);
        Assert.Equal(($"Dana Whitfield forwarded the referral to {clinics.Clinics[1].Name}.", "Nearer to the depot."), (line.What, line.Words));
    }

    [Fact]
    public async Task A_first_appointment_falls_due_sooner_when_it_becomes_urgent_and_later_again_when_it_does_not()
    {
        var (referral, triage, clock) = (await Referral(), await database.Actor(Triage), ReferralClock.On(await database.Catalogue().Get(Ct)));
        var since = new DateTimeOffset(DateTime.SpecifyKind(await database.Ask<DateTime>("select state_since from referral where id = @Id", referral), DateTimeKind.Utc));
        await database.Run("update referral set due_for = 'first_appointment', due_at = @due where id = @Id", new { referral.Id, due = clock.After(ReferralAction.Accept, Priority.Routine, null, since).DueAt!.Value.UtcDateTime });

        await Change.Handle(triage, new(referral.Id, referral.Version, Priority.Urgent, "Off work since Monday."), Ct);
        var urgent = await database.StoredAs(referral.Id);
        Assert.Equal(("urgent", "change_priority", "priority_changed"), (urgent.Priority, urgent.LastAction, urgent.LastMessage));
        Assert.Equal(clock.After(ReferralAction.Accept, Priority.Urgent, null, since).DueAt!.Value.UtcDateTime, urgent.DueAt!.Value.ToUniversalTime());
        Assert.Equal("urgent", JsonDocument.Parse(urgent.LastDetail).RootElement.GetProperty("priority").GetString());

        await Change.Handle(triage, new(referral.Id, referral.Version + 1, Priority.Routine, "Back at work."), Ct);
        Assert.Equal(clock.After(ReferralAction.Accept, Priority.Routine, null, since).DueAt!.Value.UtcDateTime, (await database.StoredAs(referral.Id)).DueAt!.Value.ToUniversalTime());
    }

    [Fact]
    public async Task Before_it_is_accepted_the_clock_stays_as_it_is()
    {
        var referral = await Referral(ReferralState.InTriage);
        var before = await database.StoredAs(referral.Id);
        Assert.Equal(ReferralState.InTriage, (await Change.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, Priority.Urgent, "Off work."), Ct)).Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal((before.DueFor, before.DueAt), (stored.DueFor, stored.DueAt));
        Assert.DoesNotContain("firstAppointmentDue\": \"2", stored.LastDetail);
    }

    [Fact]
    public async Task A_standing_red_flag_keeps_it_urgent_and_the_same_priority_is_no_change()
    {
        var (flagged, plain, triage) = (await database.AddReferral(state: ReferralState.InTriage, priority: Priority.Urgent, dueAt: DateTimeOffset.UtcNow.AddDays(1)), await Referral(), await database.Actor(Triage));
        Assert.Contains("red flag", Assert.IsType<Failure.Invalid>((await Change.Handle(triage, new(flagged.Id, flagged.Version, Priority.Routine, "Fine."), Ct)).Failure).Errors["Priority"]);
        Assert.Contains("already", Assert.IsType<Failure.Invalid>((await Change.Handle(triage, new(plain.Id, plain.Version, Priority.Routine, "Fine."), Ct)).Failure).Errors["Priority"]);
        Assert.Equal(["Priority", "Reason"], Assert.IsType<Failure.Invalid>((await Change.Handle(triage, new(plain.Id, plain.Version, null, ""), Ct)).Failure).Errors.Keys.Order());
    }

    [Theory]
    [InlineData(ReferralState.AppointmentBooked)]
    [InlineData(ReferralState.Declined)]
    public async Task Once_it_is_booked_or_has_ended_neither_is_possible(ReferralState state)
    {
        var (referral, triage, clinics) = (await Referral(state), await database.Actor(Triage), await Clinics());
        Assert.IsType<Failure.Refused>((await Forward.Handle(triage, new(referral.Id, referral.Version, clinics[1], "Nearer."), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Change.Handle(triage, new(referral.Id, referral.Version, Priority.Urgent, "Worse."), Ct)).Failure);
    }
}
