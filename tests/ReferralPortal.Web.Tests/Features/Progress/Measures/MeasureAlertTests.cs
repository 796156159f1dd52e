using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

/// <summary>An answer about thoughts of self-harm, from the moment it is given until a clinician has answered for it.</summary>
public sealed class MeasureAlertTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await world.Quiet();
        await world.Run("update measure_alert set acknowledged_at = now(), acknowledged_by = (select id from portal_user where user_name = @Clinician), words = 'x' where acknowledged_at is null", new { Clinician });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<Outcome<bool>> Acknowledge(string person, Guid alert, string words = "Rang her; she is safe, GP informed") =>
        await new AcknowledgeMeasureAlert(world.Database).Handle(await world.Actor(person), new(alert, words), Ct);

    [Theory]
    [InlineData("000000000", null)]
    [InlineData("000000001", MeasureAlert.ThoughtsOfSelfHarm)]
    [InlineData("........2", MeasureAlert.ThoughtsOfSelfHarm)]
    [InlineData("11111111.", MeasureAlert.ThoughtsOfSelfHarmNotAnswered)]
    public async Task The_last_question_raises_it_answered_above_nothing_or_not_at_all(string answers, MeasureAlert? alert)
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "phq9", Filled(answers));
        Assert.Equal(alert, (await world.Measures(referral)).Alerts.SingleOrDefault()?.Kind.Value);
    }

    [Fact]
    public async Task It_is_on_every_page_of_the_clinic_until_a_clinician_puts_name_and_words_to_it()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "phq9", Filled("000000003"));
        await world.Record(referral.Id, "phq9", Filled("00000000."));
        var (alert, second) = ((await world.Measures(referral)).Alerts[1], (await world.Measures(referral)).Alerts[0]);
        var list = new ListMeasureAlerts(world.Database);

        foreach (var person in (string[])[Clinician, Triage, Lead]) Assert.Equal([referral.Reference], (await list.Handle(await world.Actor(person), Ct)).Select(one => one.Reference));
        foreach (var person in (string[])[Solicitor, Stranger, Auditor]) Assert.Empty(await list.Handle(await world.Actor(person), Ct));

        Assert.IsType<Failure.Refused>((await Acknowledge(Triage, alert.Id)).Failure);
        Assert.IsType<Failure.Missing>((await Acknowledge(Solicitor, alert.Id)).Failure);
        Assert.IsType<Failure.Invalid>((await Acknowledge(Clinician, alert.Id, " ")).Failure);
        Assert.True((await Acknowledge(Clinician, alert.Id)).IsDone);
        Assert.IsType<Failure.Conflict>((await Acknowledge(TriageWorld.SecondClinician, alert.Id)).Failure);

        Assert.Single(await list.Handle(await world.Actor(Clinician), Ct));
        await Acknowledge(Clinician, second.Id);
        Assert.Empty(await list.Handle(await world.Actor(Clinician), Ct));
        var settled = (await world.Measures(referral)).Alerts.Single(one => one.Id == alert.Id);
        Assert.Equal(((await world.Actor(Clinician)).DisplayName, "Rang her; she is safe, GP informed"), (settled.AcknowledgedBy, settled.Words));
        Assert.Equal(["acknowledge_measure_alert", "raise_measure_alert"], await world.AuditOf(alert.Id));
    }

    [Fact]
    public async Task The_clinic_is_told_at_once_and_reminded_until_then()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "phq9", Filled("000000001"));
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddSeconds(2));
        var worker = world.Announcer(clock, after: services => services.AddSingleton(world.Catalogue()).AddMessageHandler<MeasureAlertReminder, RemindOfMeasureAlert>());

        await worker.RunDue(Ct);
        var told = await world.Mails(referral.Id);
        Assert.Contains("answer_alert to clinic", told.Select(mail => mail.Words));
        Assert.Contains($"answer_alert to {Clinician}", told.Select(mail => mail.Words)); // the clinician of the case, whoever recorded it
        Assert.DoesNotContain(told, mail => mail.UserName is Solicitor or CaseManager);
        Assert.DoesNotContain(told, mail => mail.Template == "answer_alert_stands");

        clock.Advance(TimeSpan.FromDays(1));
        await worker.RunDue(Ct);
        var reminded = (await world.Mails(referral.Id)).Count(mail => mail.Template == "answer_alert_stands" && mail.Recipient == "clinic");
        Assert.True(reminded >= 1);
        Assert.True((await world.Measures(referral)).Alerts.Single().Reminders >= 1);

        await Acknowledge(Clinician, (await world.Measures(referral)).Alerts.Single().Id);
        clock.Advance(TimeSpan.FromDays(3));
        await worker.RunDue(Ct);
        Assert.Equal(reminded, (await world.Mails(referral.Id)).Count(mail => mail.Template == "answer_alert_stands" && mail.Recipient == "clinic"));
    }

    [Fact]
    public async Task A_stranger_of_another_clinic_cannot_answer_for_it_past_either_wall()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "phq9", Filled("000000001"));
        var alert = (await world.Measures(referral)).Alerts.Single();
        var clinician = await world.Actor(Clinician);
        var elsewhere = clinician with { OrganisationId = (await world.Actor(Stranger)).OrganisationId };
        Assert.IsType<Failure.Missing>((await new AcknowledgeMeasureAlert(world.WithoutRowLevelSecurity()).Handle(elsewhere, new(alert.Id, "x"), Ct)).Failure);
        var disguised = (await world.Actor(Stranger)).DisguisedAs(clinician);
        Assert.IsType<Failure.Missing>((await new AcknowledgeMeasureAlert(world.Database).Handle(disguised, new(alert.Id, "x"), Ct)).Failure);

        // An administrator cannot acknowledge past the use case, and nobody changes what was raised.
        var triage = await world.Actor(Triage);
        foreach (var change in (string[])["acknowledged_at = now(), acknowledged_by = @UserId, words = 'x'", "kind = 'thoughts_of_self_harm_not_answered'"])
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => world.Database.Write<int>(triage, async unit => await unit.Run($"update measure_alert set {change} where id = @Id", new { alert.Id, triage.UserId }), Ct));
    }
}
