using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Closing;

public sealed class SatisfactionTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    async Task<Outcome<Satisfaction>> Answer(string person, Guid referral, int? score, string words = "") =>
        await new AnswerSatisfaction(database.Database).Handle(await database.Actor(person), new(referral, score, words), Ct);

    ReadSatisfaction Reading => new(database.Database);

    [Fact]
    public async Task A_referrer_answers_once_a_referral_and_the_first_answer_stands()
    {
        var ended = await database.Ended();
        Assert.Null((await new AnswerSatisfaction(database.Database).Read(await database.Actor(Solicitor), ended.Id, Ct)).Value!.Score);
        Assert.Equal(new(4, "Quick and clear."), (await Answer(Solicitor, ended.Id, 4, " Quick and clear. ")).Value);
        Assert.Equal(new(4, "Quick and clear."), (await Answer(Partner, ended.Id, 1)).Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(6)]
    public async Task A_number_from_1_to_5_is_asked_for(int? score) =>
        Assert.Contains("Satisfaction", Assert.IsType<Failure.Invalid>((await Answer(Solicitor, (await database.Ended()).Id, score)).Failure).Errors);

    [Fact]
    public async Task Only_the_organisation_that_sent_it_is_asked_and_only_once_treatment_has_ended()
    {
        var ended = await database.Ended(others: [(CaseManager, PartyRole.CaseManager), (Funder, PartyRole.Funder)]);
        foreach (var person in new[] { CaseManager, Funder, Stranger, Triage, Auditor })
        {
            Assert.IsType<Failure.Missing>((await Answer(person, ended.Id, 5)).Failure);
            Assert.IsType<Failure.Missing>((await new AnswerSatisfaction(database.Database).Read(await database.Actor(person), ended.Id, Ct)).Failure);
        }
        Assert.IsType<Failure.Refused>((await Answer(Solicitor, (await database.AddReferral()).Id, 5)).Failure);

        // Each wall alone.
        var (member, stranger) = (await database.Actor(Solicitor), await database.Actor(Stranger));
        Assert.IsType<Failure.Missing>((await new AnswerSatisfaction(database.WithoutRowLevelSecurity()).Handle(stranger, new(ended.Id, 5, ""), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new AnswerSatisfaction(database.Database).Handle(stranger.DisguisedAs(member), new(ended.Id, 5, ""), Ct)).Failure);
        Assert.True((await new AnswerSatisfaction(database.WithoutRowLevelSecurity()).Handle(stranger.DisguisedAs(member), new(ended.Id, 5, ""), Ct)).IsDone);
    }

    [Fact]
    public async Task The_clinic_manager_reads_the_figure_and_the_words_by_organisation_and_nobody_else_does()
    {
        var organisation = (await database.Actor(Intermediary)).OrganisationId;
        foreach (var (score, words) in new[] { (5, "Splendid."), (4, ""), (2, "Slow.") })
            Assert.True((await Answer(Intermediary, (await database.Ended(referrer: Intermediary)).Id, score, words)).IsDone);
        var filter = new DashboardFilter { Organisation = organisation };

        var page = (await Reading.Handle(await database.Actor(Lead), filter, null, Ct)).Value!;
        Assert.Equal((3, 3.7m), (page.Figures.Answers, decimal.Round(page.Figures.Mean!.Value, 1)));
        Assert.Equal([(5, 1), (4, 1), (3, 0), (2, 1), (1, 0)], page.Figures.ByScore);
        Assert.Equal(["Slow.", null, "Splendid."], page.Rows.Select(row => row.Words));
        Assert.All(page.Rows, row => Assert.Equal("Mersey Rehab", row.Organisation));
        Assert.Equal(page.Figures, (await Reading.Figure(await database.Actor(Lead), filter, Ct)).Value);
        Assert.Equal(0, (await Reading.Figure(await database.Actor(Lead), filter with { Clinic = Guid.NewGuid() }, Ct)).Value!.Answers);

        foreach (var person in new[] { Triage, Clinician, Intermediary, Stranger, Auditor }) Assert.IsType<Failure.Missing>((await Reading.Handle(await database.Actor(person), filter, null, Ct)).Failure);
        // A clinic administrator taken for the manager: the database hides the answers by itself.
        Assert.Empty((await Reading.Handle((await database.Actor(Triage)).DisguisedAs(await database.Actor(Lead)), filter, null, Ct)).Value!.Rows);
    }
}
