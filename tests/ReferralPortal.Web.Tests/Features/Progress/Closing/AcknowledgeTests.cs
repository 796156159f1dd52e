using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Closing;

public sealed class AcknowledgeTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    AcknowledgeReport Acknowledging => new(database.Database);

    async Task<ReportSeen?> Seen(string reader, Guid report) => (await Acknowledging.Read(await database.Actor(reader), report, Ct)).Value;

    async Task<Outcome<DateTimeOffset>> Acknowledge(string reader, Guid report) => await Acknowledging.Handle(await database.Actor(reader), report, Ct);

    [Fact]
    public async Task Acknowledging_says_once_who_has_seen_the_report_and_when()
    {
        var ended = await database.Ended();
        Assert.True((await Seen(Solicitor, ended.ReportId))!.MayAcknowledge);

        var first = await Acknowledge(Solicitor, ended.ReportId);
        var again = await Acknowledge(Solicitor, ended.ReportId);

        Assert.Equal(first.Value, again.Value, TimeSpan.FromMilliseconds(1));
        var seen = (await Seen(Triage, ended.ReportId))!;
        var one = Assert.Single(seen.Seen);
        Assert.Equal(((await database.Actor(Solicitor)).DisplayName, "Northgate Law", false), (one.PersonName, one.OrganisationName, seen.MayAcknowledge));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from referral_event where referral_id = @Id and action = 'acknowledge_report' and audience = 'everyone'", new { ended.Id }));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where referral_id = @Id and action = 'acknowledge_report' and subject_id = @ReportId", new { ended.Id, ended.ReportId }));
        Assert.Matches("^Seen by .+, Northgate Law, on \\d+ \\w{3} \\d{4} at \\d\\d:\\d\\d$", SeenWords.Of(one));
    }

    [Fact]
    public async Task Opening_a_report_is_no_acknowledgement()
    {
        var ended = await database.Ended();
        Assert.True((await new ReadReport(database.Database).Handle(await database.Actor(Solicitor), ended.ReportId, AuditAction.ViewReport, Ct)).IsDone);
        Assert.Empty((await Seen(Solicitor, ended.ReportId))!.Seen);
        Assert.Equal(ended.ReportId, await Acknowledging.Waiting(await database.Actor(Solicitor), ended.Id, Ct));
    }

    [Fact]
    public async Task Each_party_acknowledges_for_itself_and_does_not_learn_who_did_elsewhere()
    {
        var ended = await database.Ended(others: [(CaseManager, PartyRole.CaseManager), (Employer, PartyRole.InstructingParty)]);
        foreach (var reader in new[] { Solicitor, CaseManager, Employer }) Assert.True((await Acknowledge(reader, ended.ReportId)).IsDone);

        Assert.Equal("Pennine Case Management", Assert.Single((await Seen(CaseManager, ended.ReportId))!.Seen).OrganisationName);
        Assert.Equal(3, (await Seen(Triage, ended.ReportId))!.Seen.Count);
        Assert.Null(await Acknowledging.Waiting(await database.Actor(CaseManager), ended.Id, Ct));
    }

    [Fact]
    public async Task The_clinic_acknowledges_nothing_and_no_report_but_a_discharge_report_is_acknowledged()
    {
        var ended = await database.Ended();
        foreach (var person in new[] { Triage, Clinician, Lead }) Assert.IsType<Failure.Refused>((await Acknowledge(person, ended.ReportId)).Failure);
        Assert.IsType<Failure.Missing>((await Acknowledge(Auditor, ended.ReportId)).Failure);

        var initial = await database.Ask<Guid>("select id from report where referral_id = @Id and kind = 'initial_assessment'", new { ended.Id });
        Assert.Null(await Seen(Solicitor, initial));
        Assert.IsType<Failure.Refused>((await Acknowledge(Solicitor, initial)).Failure);
    }

    [Fact]
    public async Task An_amended_report_is_to_be_acknowledged_anew()
    {
        var ended = await database.Ended();
        await Acknowledge(Solicitor, ended.ReportId);
        await database.Run("update report set state = 'superseded' where id = @ReportId", new { ended.ReportId });
        var amended = await database.SignDischarge(ended.Id, "2026-11-23 10:00");

        Assert.Equal(amended, await Acknowledging.Waiting(await database.Actor(Solicitor), ended.Id, Ct));
        Assert.IsType<Failure.Refused>((await Acknowledge(Partner, ended.ReportId)).Failure);
        Assert.False((await Seen(Partner, ended.ReportId))!.MayAcknowledge);
    }

    [Fact]
    public async Task Each_wall_round_an_acknowledgement_holds_alone()
    {
        var ended = await database.Ended();
        await Acknowledge(Solicitor, ended.ReportId);
        var (member, stranger) = (await database.Actor(Solicitor), await database.Actor(Stranger));
        var behindNoWall = new AcknowledgeReport(database.WithoutRowLevelSecurity());

        // Row-level security away: the use case's own predicate holds.
        Assert.IsType<Failure.Missing>((await behindNoWall.Read(stranger, ended.ReportId, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await behindNoWall.Handle(stranger, ended.ReportId, Ct)).Failure);
        // The use case taken in by a disguise: row-level security holds.
        Assert.IsType<Failure.Missing>((await Acknowledging.Read(stranger.DisguisedAs(member), ended.ReportId, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Acknowledging.Handle(stranger.DisguisedAs(member), ended.ReportId, Ct)).Failure);
        Assert.Null(await Acknowledging.Waiting(stranger.DisguisedAs(member), ended.Id, Ct));
        // Both away: it is there to be seen.
        Assert.Single((await behindNoWall.Read(stranger.DisguisedAs(member), ended.ReportId, Ct)).Value!.Seen);
    }

    [Fact]
    public async Task The_timeline_says_it_in_words()
    {
        var ended = await database.Ended();
        await Acknowledge(Solicitor, ended.ReportId);
        var view = (await new ViewReferral(database.Database).Handle(await database.Actor(Solicitor), ended.Reference, Ct)).Value!;
        Assert.Contains("of Northgate Law has seen the discharge report", new TimelineWords(await database.Catalogue().Get(Ct)).Of(view.Timeline[^1]).What, StringComparison.Ordinal);
    }
}
