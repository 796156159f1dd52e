using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Invoices;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Closing;

public sealed class EndCareTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    async Task<Outcome<ReferralState>> Close(Guid referral, bool nothingOwed = true, string reason = "", string person = Triage) =>
        await database.Ending().Close(await database.Actor(person), referral, await database.VersionOf(referral), nothingOwed, reason, Ct);

    async Task Acknowledge(EndedReferral ended, string person = Solicitor) => Assert.True((await new AcknowledgeReport(database.Database).Handle(await database.Actor(person), ended.ReportId, Ct)).IsDone);

    [Fact]
    public async Task A_referral_closes_once_its_referrer_has_seen_how_it_ended()
    {
        var ended = await database.Ended();
        Assert.Contains("CloseReason", Assert.IsType<Failure.Invalid>((await Close(ended.Id)).Failure).Errors);
        await Acknowledge(ended);
        Assert.Equal(ReferralState.Closed, (await Close(ended.Id)).Value);
        Assert.Equal("nothing_owed", await database.Ask<string>("select reason_code from referral_event where referral_id = @Id and action = 'close'", new { ended.Id }));
    }

    [Fact]
    public async Task That_another_party_has_seen_it_does_not_close_it()
    {
        var ended = await database.Ended(others: (CaseManager, PartyRole.CaseManager));
        await Acknowledge(ended, CaseManager);
        Assert.IsType<Failure.Invalid>((await Close(ended.Id)).Failure);
    }

    [Fact]
    public async Task Without_the_acknowledgement_or_the_report_it_closes_with_a_reason_that_is_kept()
    {
        var unseen = await database.Ended();
        Assert.Equal(ReferralState.Closed, (await Close(unseen.Id, reason: " Rang twice, nobody there. ")).Value);
        Assert.Equal("Rang twice, nobody there.", await database.Ask<string>("select words from referral_event where referral_id = @Id and action = 'close'", new { unseen.Id }));

        var without = await database.AddReferral(state: ReferralState.Discharged);
        Assert.IsType<Failure.Invalid>((await Close(without.Id)).Failure);
        Assert.Equal(ReferralState.Closed, (await Close(without.Id, reason: "The patient moved abroad.")).Value);
    }

    [Theory]
    [InlineData(Clinician)]
    [InlineData(Solicitor)]
    [InlineData(Lead)]
    public async Task Only_a_clinic_administrator_closes(string person)
    {
        var ended = await database.Ended();
        Assert.IsType<Failure.Refused>((await Close(ended.Id, reason: "Because.", person: person)).Failure);
        Assert.IsType<Failure.Missing>((await Close(ended.Id, reason: "Because.", person: Stranger)).Failure);
    }

    [Fact]
    public async Task What_is_not_billed_keeps_a_referral_open_or_needs_a_reason()
    {
        await using var priced = new InvoiceWorld();
        await priced.InitializeAsync();
        var ended = await priced.Database.Ended();
        var end = priced.Database.Ending();
        var admin = await priced.Database.Actor(Triage);
        await new AcknowledgeReport(priced.Database.Database).Handle(await priced.Database.Actor(Solicitor), ended.ReportId, Ct);
        var version = await priced.Database.VersionOf(ended.Id);

        Assert.Contains("is not billed yet", Assert.IsType<Failure.Refused>((await end.Close(admin, ended.Id, version, nothingOwed: false, "", Ct)).Failure).Words, StringComparison.Ordinal);
        Assert.Contains("CloseReason", Assert.IsType<Failure.Invalid>((await end.Close(admin, ended.Id, version, nothingOwed: true, "", Ct)).Failure).Errors);
        Assert.True((await priced.IssueStatement(ended.Id)).IsDone);
        Assert.Equal(ReferralState.Closed, (await end.Close(admin, ended.Id, version, nothingOwed: false, "", Ct)).Value);
    }

    [Fact]
    public async Task What_was_reopened_is_in_treatment_and_needs_a_discharge_report_of_its_own()
    {
        var ended = await database.Ended();
        var (end, admin, clinician) = (database.Ending(), await database.Actor(Triage), await database.Actor(Clinician));
        Assert.IsType<Failure.Invalid>((await end.Reopen(admin, ended.Id, 3, " ", Ct)).Failure);
        Assert.IsType<Failure.Refused>((await end.Reopen(clinician, ended.Id, 3, "Pain is back.", Ct)).Failure);
        Assert.Equal(ReferralState.InTreatment, (await end.Reopen(admin, ended.Id, 3, "Pain is back.", Ct)).Value);

        // The report of the course before ends nothing now, and nobody is asked for it any more.
        Assert.IsType<Failure.Refused>((await end.Discharge(clinician, ended.Id, await database.VersionOf(ended.Id), Ct)).Failure);
        Assert.Null(await new AcknowledgeReport(database.Database).Waiting(await database.Actor(Solicitor), ended.Id, Ct));
        Assert.Null((await new ReadClosing(database.Database).Handle(clinician, ended.Id, Ct)).Value!.Head.ReportId);

        await database.SignDischarge(ended.Id, "2030-01-02 09:00");
        Assert.Equal(ReferralState.Discharged, (await end.Discharge(clinician, ended.Id, await database.VersionOf(ended.Id), Ct)).Value);
        // What was seen before does not count either.
        Assert.IsType<Failure.Invalid>((await Close(ended.Id)).Failure);
    }

    [Fact]
    public async Task The_list_to_close_says_what_each_waits_for()
    {
        var (seen, unseen, toRing) = (await database.Ended(), await database.Ended(), await database.Ended());
        await Acknowledge(seen);
        await database.Run("insert into report_chase (id, report_id, referral_id, step, at) select gen_random_uuid(), @ReportId, @Id, step, now() from generate_series(1, 3) step", new { toRing.ReportId, toRing.Id });
        var list = new ListToClose(database.Database);

        var page = (await list.Handle(await database.Actor(Triage), ring: false, null, Ct)).Value!;
        ReferralToClose Row(EndedReferral one) => page.Rows.Single(row => row.Id == one.Id);
        Assert.Equal((true, false, false), (Row(seen).Ready, Row(unseen).Ready, Row(toRing).Ready));
        Assert.Equal((false, false, true), (Row(seen).ToRing, Row(unseen).ToRing, Row(toRing).ToRing));
        Assert.Equal(toRing.Id, Assert.Single((await list.Handle(await database.Actor(Triage), ring: true, null, Ct)).Value!.Rows).Id);

        foreach (var person in new[] { Clinician, Lead, Solicitor, Auditor }) Assert.IsType<Failure.Missing>((await list.Handle(await database.Actor(person), false, null, Ct)).Failure);
    }

    [Fact]
    public async Task How_a_referral_ended_is_the_clinics_own_to_read()
    {
        var ended = await database.Ended();
        var (clinician, solicitor) = (await database.Actor(Clinician), await database.Actor(Solicitor));
        Assert.True((await new ReadClosing(database.Database).Handle(clinician, ended.Id, Ct)).IsDone);
        foreach (var person in new[] { Solicitor, Stranger, Auditor }) Assert.IsType<Failure.Missing>((await new ReadClosing(database.Database).Handle(await database.Actor(person), ended.Id, Ct)).Failure);
        // A stranger in a clinician's coat: the database looks for itself.
        Assert.IsType<Failure.Missing>((await new ReadClosing(database.Database).Handle((await database.Actor(Stranger)).DisguisedAs(clinician), ended.Id, Ct)).Failure);
    }
}
