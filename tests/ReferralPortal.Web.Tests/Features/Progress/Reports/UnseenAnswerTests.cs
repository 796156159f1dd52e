using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Home;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.Portfolio;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>An answer waits for whoever asked, wherever it says what waits, until the report that holds it was opened.</summary>
public sealed class UnseenAnswerTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<Guid> Ask(string who, Guid report)
    {
        await Open(who, report);
        return (await new AskAboutReport(database.Database, database.Catalogue()).Handle(await database.Actor(who), new(Guid.CreateVersion7(), report, "treatment", "Which exercises?"), Ct)).Value;
    }

    async Task Answer(Guid query) => Assert.True((await new AnswerQuery(database.Database).Answer(await database.Actor(Clinician), query, 1, "Rows and rotations.", Ct)).IsDone);

    /// <summary>As the report's page opens it.</summary>
    async Task Open(string who, Guid report)
    {
        Assert.True((await database.Opened(who, report)).IsDone);
        await new ListQueries(database.Database).Handle(await database.Actor(who), report, Ct);
    }

    /// <summary>The report that waits to be opened, as every place that says so says it: the home page with its count, the list, and the portfolio of who has one.</summary>
    async Task<Guid?> Waits(Actor actor, TestReferral referral, PortalDatabase? through = null)
    {
        var home = (await new ReadHome(through ?? database.Database).Handle(actor, Ct))!;
        var waiting = home.ToRead.SingleOrDefault(answer => answer.Reference == referral.Reference)?.ReportId;
        var list = await new ListReferrals(through ?? database.Database).Handle(actor, new() { Waiting = true }, Ct);
        Assert.Equal((waiting is not null, list.Waiting), (list.Rows.Any(row => row.Id == referral.Id), home.Waiting));
        if (!ReadPortfolio.IsFor(actor)) return waiting;
        var rows = (await new ReadPortfolio(through ?? database.Database).Handle(actor, new() { View = PortfolioView.Waiting }, Ct)).Value!;
        var row = rows.Rows.SingleOrDefault(row => row.Id == referral.Id);
        Assert.Equal(waiting is null ? null : $"/reports/{waiting}", row?.WaitsFor.Address);
        if (row is not null) Assert.Equal(("You", "read the answer to your question"), (row.WaitsFor.Who, row.WaitsFor.What));
        Assert.Equal(rows.Rows.Count, rows.Counts[PortfolioView.Waiting]);
        return waiting;
    }

    async Task<Guid?> Waits(string who, TestReferral referral) => await Waits(await database.Actor(who), referral);

    [Theory]
    [InlineData(Solicitor)]
    [InlineData(CaseManager)]
    [InlineData(Funder)]
    public async Task An_answer_in_words_waits_for_the_asker_alone_until_the_report_is_opened_again(string asker)
    {
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        var query = await Ask(asker, report);
        Assert.Null(await Waits(asker, referral));

        await Answer(query);
        Assert.Equal(report, await Waits(asker, referral));
        foreach (var other in new[] { Solicitor, Partner, CaseManager, Funder, Clinician, Stranger }.Except([asker])) Assert.Null(await Waits(other, referral));

        await Open(Partner, report); // a colleague's look is not the asker's
        await database.Opened(asker, report); // nor is the file, or the report beside a request, where no answer stands
        Assert.Equal(report, await Waits(asker, referral));
        await Open(asker, report);
        Assert.Null(await Waits(asker, referral));
    }

    [Fact]
    public async Task A_report_that_is_corrected_waits_from_its_release_until_the_new_version_is_opened()
    {
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        var query = await Ask(Solicitor, report);
        var clinician = await database.Actor(Clinician);
        var draft = (await new AnswerQuery(database.Database).Correct(clinician, Guid.CreateVersion7(), query, 1, Ct)).Value;
        Assert.Null(await Waits(Solicitor, referral));

        await database.Sign(draft, await database.Fill((await database.Write().Open(clinician, draft, Ct)).Value!));
        Assert.Equal(draft, await Waits(Solicitor, referral));
        await Open(Solicitor, report);
        Assert.Equal(draft, await Waits(Solicitor, referral));
        await Open(Solicitor, draft);
        Assert.Null(await Waits(Solicitor, referral));
    }

    [Fact]
    public async Task Each_wall_round_an_answer_holds_alone()
    {
        var referral = await database.Treated();
        var query = await Ask(Solicitor, await database.Signed(referral, ReportKind.Progress));
        await Answer(query);
        var (member, stranger) = (await database.Actor(Solicitor), await database.Actor(Stranger));
        // As if the stranger had asked in the firm's name: what is left between them is the organisation.
        await database.Run("update report_query set asked_by = @UserId where id = @query", new { stranger.UserId, query });

        async Task<bool> Shows(PortalDatabase through, Actor actor) => (await new ReadHome(through).Handle(actor, Ct))!.ToRead.Any(answer => answer.Reference == referral.Reference)
            || (await new ReadPortfolio(through).Handle(actor, new() { View = PortfolioView.Waiting }, Ct)).Value!.Rows.Any(row => row.Id == referral.Id);
        Assert.False(await Shows(database.WithoutRowLevelSecurity(), stranger));
        Assert.False(await Shows(database.Database, stranger.DisguisedAs(member)));
        Assert.True(await Shows(database.WithoutRowLevelSecurity(), stranger.DisguisedAs(member)));
    }

    [Fact]
    public async Task Nobody_marks_a_report_as_seen_for_another()
    {
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        await Answer(await Ask(Solicitor, report));
        foreach (var other in new[] { Partner, Funder, Clinician, Stranger })
            Assert.Equal(0, (await database.Database.Write<int>(await database.Actor(other), async unit => await unit.Run(
                "update report_read set questions_seen_at = now() where report_id = @report and person_id <> portal.current_person()", new { report }), Ct)).Value);
        Assert.Equal(report, await Waits(Solicitor, referral));
    }
}
