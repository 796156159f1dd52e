using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Closing;

public sealed class ChaseTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    sealed record Queued(int Step, DateTime AvailableAt);

    async Task<List<Queued>> Waiting(Guid referral)
    {
        await using var owner = await database.Owner();
        return (await owner.QueryAsync<Queued>("select (payload ->> 'step')::int as step, available_at from outbox_message where referral_id = @referral and kind = 'report_chase' order by id", new { referral })).AsList();
    }

    async Task Chase(EndedReferral ended, int step, string london) =>
        await new ChaseReport(database.On(TestClock.At(london)), database.Catalogue(), ClosingWorld.TwoDays).Handle(await database.Portal(), new(ended.Id, ended.ReportId, step), Ct);

    Task<int> Unseen(EndedReferral ended) => database.Ask<int>("select count(*)::int from outbox_message where referral_id = @Id and kind = 'report_unseen'", new { ended.Id });

    [Fact]
    public async Task A_signed_discharge_report_is_looked_at_again_after_two_working_days()
    {
        // A Friday afternoon: Tuesday morning.
        var ended = await database.Ended("2026-11-20 15:00");
        await new BeginChase(database.Database, database.Catalogue(), ClosingWorld.TwoDays).Handle(await database.Portal(), new ReportSigned(ended.Id, ended.ReportId), Ct);
        Assert.Equal(new Queued(1, TestClock.Moment("2026-11-24 09:00").UtcDateTime), Assert.Single(await Waiting(ended.Id)));

        var initial = await database.Ask<Guid>("select id from report where referral_id = @Id and kind = 'initial_assessment'", new { ended.Id });
        await new BeginChase(database.Database, database.Catalogue(), ClosingWorld.TwoDays).Handle(await database.Portal(), new ReportSigned(ended.Id, initial), Ct);
        Assert.Single(await Waiting(ended.Id));
    }

    [Fact]
    public async Task An_amended_discharge_report_is_watched_anew_because_nobody_has_seen_that_one()
    {
        var ended = await database.Ended("2026-11-20 15:00");
        await new BeginChase(database.Database, database.Catalogue(), ClosingWorld.TwoDays).Handle(await database.Portal(), new ReportAmended(ended.Id, ended.ReportId, []), Ct);
        Assert.Equal(new Queued(1, TestClock.Moment("2026-11-24 09:00").UtcDateTime), Assert.Single(await Waiting(ended.Id)));
    }

    [Fact]
    public async Task The_referrer_is_reminded_twice_and_then_the_clinic_is_told_to_ring_each_once_however_often_the_message_comes()
    {
        await database.Quiet();
        var ended = await database.Ended();
        foreach (var (step, at) in new[] { (1, "2026-11-24 09:00"), (2, "2026-11-26 09:00"), (3, "2026-11-30 09:00") })
        {
            await Chase(ended, step, at);
            await Chase(ended, step, at);
            Assert.Equal(step, await Unseen(ended));
        }
        Assert.Equal([(2, "2026-11-26 09:00"), (3, "2026-11-30 09:00")], (await Waiting(ended.Id)).Select(one => (one.Step, ReferralPortal.Domain.LondonTime.Of(new DateTimeOffset(one.AvailableAt, TimeSpan.Zero)).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture))));

        await database.Announce();
        await database.Announce();
        Assert.Equal(["referrer_to_ring to clinic", $"referrer_to_ring to {Clinician}", $"referrer_to_ring to {Triage}", $"report_unseen to {Solicitor}", $"report_unseen to {Solicitor}"],
            (await database.Mails(ended.Id)).Select(mail => mail.Words).Order(StringComparer.Ordinal));
        var closing = (await new ReadClosing(database.Database).Handle(await database.Actor(Triage), ended.Id, Ct)).Value!;
        Assert.Equal("Northgate Law has not acknowledged it yet. Reminded twice without an answer: ring them.", SeenWords.NotYet(closing.Head));
    }

    [Fact]
    public async Task Nobody_is_reminded_once_the_referrer_has_acknowledged()
    {
        var ended = await database.Ended(others: (CaseManager, PartyRole.CaseManager));
        await new AcknowledgeReport(database.Database).Handle(await database.Actor(CaseManager), ended.ReportId, Ct);
        await Chase(ended, 1, "2026-11-24 09:00");
        Assert.Equal(1, await Unseen(ended)); // the case manager's word is not the referrer's

        await new AcknowledgeReport(database.Database).Handle(await database.Actor(Partner), ended.ReportId, Ct);
        await Chase(ended, 2, "2026-11-26 09:00");
        Assert.Equal(1, await Unseen(ended));
    }

    [Theory]
    [InlineData("update referral set state = 'closed' where id = @Id")]
    [InlineData("update referral set reopened_at = '2026-11-21' where id = @Id")]
    [InlineData("update report set state = 'superseded' where id = @ReportId")]
    public async Task Nobody_is_reminded_of_a_report_that_is_past(string past)
    {
        var ended = await database.Ended();
        await database.Run(past, new { ended.Id, ended.ReportId });
        await Chase(ended, 1, "2026-11-24 09:00");
        Assert.Equal(0, await Unseen(ended));
    }

    [Fact]
    public async Task Reminders_are_the_clinics_own_business()
    {
        var ended = await database.Ended();
        await Chase(ended, 1, "2026-11-24 09:00");
        Assert.Equal("clinic", await database.Ask<string>("select audience from referral_event where referral_id = @Id and action = 'remind_of_report'", new { ended.Id }));
        Assert.Empty(await database.Database.Read(await database.Actor(Solicitor), unit => unit.Many<int>("select step from report_chase"), Ct));
    }
}
