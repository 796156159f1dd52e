using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

public sealed class RecordMeasureTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_score_rule_who_and_when_are_kept_and_nothing_is_filled_in()
    {
        var referral = await world.AddReferral();
        var outcome = await world.Record(referral.Id, "phq9", Filled("22222222."));

        Assert.Equal((18m, 8, "Moderately severe"), (outcome.Value!.Score, outcome.Value.Answered, outcome.Value.Band));
        Assert.Equal([("phq9", 18m, 8, "phq9-1", "clinic")], await world.Standing(referral.Id));
        var score = Assert.Single((await world.Measures(referral)).Of("phq9"));
        Assert.Equal([2, 2, 2, 2, 2, 2, 2, 2, null], score.Given);
        Assert.Equal((await world.Actor(Clinician)).DisplayName, score.RecordedBy);
        Assert.Equal("rests on 8 of 9 answers", MeasureWords.RestsOn("phq9", score.Value, score.Answered));
        Assert.Equal("record_score", (await world.AuditOf(score.Id))[0]);
    }

    [Fact]
    public async Task Too_few_answers_are_kept_without_a_score()
    {
        var referral = await world.AddReferral();
        Assert.Null((await world.Record(referral.Id, "gad7", Filled("12....."))).Value!.Score);
        Assert.Equal([("gad7", null, 2, "gad7-1", "clinic")], await world.Standing(referral.Id));
    }

    [Fact]
    public async Task The_patients_activities_are_kept_and_offered_again_by_the_same_names()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "psfs", Filled("34...", "Carry my son", " Sleep through "));
        var page = await world.Measures(referral);

        Assert.Equal(["Carry my son", "Sleep through", "", "", ""], page.NamesOf("psfs"));
        Assert.Equal(["Carry my son", "Sleep through"], MeasureForm.Of(await world.Measure("psfs"), page.NamesOf("psfs")).Names.Where(name => name.Length > 0));
        Assert.Equal(3.5m, page.Of("psfs")[0].Value);
    }

    [Theory]
    [InlineData("psfs", "3....", "a0:", "n0")]                 // rated, and nobody knows what
    [InlineData("psfs", "34...", "Run|run", "n1")]
    [InlineData("phq9", "444444444", "", "a0")]
    [InlineData("gad7", ".......", "", "a0")]
    [InlineData("rmdq", "1", "", "")]
    public async Task What_is_wrong_is_said_beside_the_field(string measure, string answers, string names, string field)
    {
        var form = Filled(answers, names.Contains('|') ? names.Split('|') : []);
        Assert.Contains(field, form.Check(await world.Measure(measure)).Keys);
    }

    [Fact]
    public async Task Of_a_measure_whose_wording_is_not_here_the_score_alone_is_entered()
    {
        var referral = await world.AddReferral();
        Assert.Equal("Moderate disability", (await world.Record(referral.Id, "ndi", Entered("42"))).Value!.Band);
        Assert.Equal([("ndi", 42m, null, "ndi-1", "clinic")], await world.Standing(referral.Id));
        Assert.Contains("Score", Assert.IsType<Failure.Invalid>((await world.Record(referral.Id, "ndi", Entered("101"))).Failure).Errors.Keys);
    }

    [Fact]
    public async Task The_same_form_sent_twice_is_recorded_once()
    {
        var (referral, key) = (await world.AddReferral(), Guid.CreateVersion7());
        await world.Record(referral.Id, "phq9", Filled("111111111"), key: key);
        Assert.True((await world.Record(referral.Id, "phq9", Filled("111111111"), key: key)).IsDone);
        var page = await world.Measures(referral);
        Assert.Single(page.Of("phq9"));
        Assert.Single(page.Alerts);
    }

    [Fact]
    public async Task A_day_in_the_future_or_before_the_referral_is_refused()
    {
        var referral = await world.AddReferral();
        foreach (var day in (DateOnly[])[DateOnly.FromDateTime(DateTime.UtcNow.AddDays(2)), new(2020, 1, 1)])
        {
            var form = Filled("5");
            form.TakenOn = DateParts.Of(day);
            Assert.Contains("TakenOn", Assert.IsType<Failure.Invalid>((await world.Record(referral.Id, "nprs", form)).Failure).Errors.Keys);
        }
    }

    [Theory]
    [InlineData(ReferralState.Accepted)]
    [InlineData(ReferralState.Closed)]
    [InlineData(ReferralState.Withdrawn)]
    public async Task Before_the_first_booking_and_after_closing_nothing_is_recorded(ReferralState state) =>
        Assert.IsType<Failure.Refused>((await world.Record((await world.AddReferral(state: state)).Id, "nprs", Filled("5"))).Failure);

    [Fact]
    public async Task Only_a_clinician_of_the_treating_clinic_records()
    {
        var referral = await world.AddReferral(others: [(CaseManager, PartyRole.CaseManager)]);
        foreach (var (person, failure) in ((string, Type)[])[(Triage, typeof(Failure.Refused)), (Lead, typeof(Failure.Refused)), (Solicitor, typeof(Failure.Missing)), (CaseManager, typeof(Failure.Missing)), (Auditor, typeof(Failure.Missing))])
            Assert.IsType(failure, (await world.Record(referral.Id, "nprs", Filled("5"), person)).Failure);
        Assert.Empty(await world.Standing(referral.Id));
    }

    [Fact]
    public async Task A_wrong_score_is_replaced_with_a_reason_and_never_overwritten()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "gad7", Filled("3333333"));
        var wrong = (await world.Measures(referral)).Of("gad7")[0];

        var corrected = await Correct(referral, wrong.Id, Filled("1111111"), "Read from the wrong sheet");
        Assert.True(corrected.IsDone);
        Assert.Equal([("gad7", 7m, 7, "gad7-1", "clinic")], await world.Standing(referral.Id));
        var page = await world.Measures(referral);
        Assert.Equal([21m, 7m], page.Scores.Where(score => score.MeasureKey == "gad7").Select(score => score.Value));
        Assert.Equal("Read from the wrong sheet", page.Of("gad7")[0].Reason);
        Assert.Equal(wrong.TakenAt, page.Of("gad7")[0].TakenAt);

        // The one who saw the old score is told, and the first correction stands.
        Assert.IsType<Failure.Conflict>((await Correct(referral, wrong.Id, Filled("2222222"), "Again")).Failure);
        Assert.Contains("Reason", Assert.IsType<Failure.Invalid>((await Correct(referral, page.Of("gad7")[0].Id, Filled("2222222"), " ")).Failure).Errors.Keys);
    }

    [Fact]
    public async Task A_score_that_should_not_be_there_is_struck_out()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "gad7", Filled("3333333"));
        var wrong = (await world.Measures(referral)).Of("gad7")[0];
        Assert.True((await Correct(referral, wrong.Id, null, "Another patient's sheet")).IsDone);
        Assert.Empty(await world.Standing(referral.Id));
        Assert.Equal(2, (await world.Measures(referral)).Scores.Count(score => score.MeasureKey == "gad7"));
    }

    [Fact]
    public async Task Of_eight_corrections_at_once_one_is_made()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "gad7", Filled("3333333"));
        var wrong = (await world.Measures(referral)).Of("gad7")[0];
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Correct(referral, wrong.Id, Filled("1111111"), "Misread")));
        Assert.Single(outcomes, outcome => outcome.IsDone);
        Assert.Single(await world.Standing(referral.Id));
    }

    [Fact]
    public async Task A_correction_knows_only_its_own_referrals_scores()
    {
        var (referral, other) = (await world.AddReferral(), await world.AddReferral());
        await world.Record(other.Id, "gad7", Filled("3333333"));
        var theirs = (await world.Measures(other)).Of("gad7")[0];
        Assert.IsType<Failure.Missing>((await Correct(referral, theirs.Id, Filled("1111111"), "Wrong")).Failure);
    }

    async Task<Outcome<Guid>> Correct(TestReferral referral, Guid entry, MeasureForm? form, string reason) =>
        await new CorrectScore(world.Database, world.Catalogue()).Handle(await world.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, entry, form, reason), Ct);

    [Fact]
    public async Task Parties_read_scores_and_neither_answers_nor_alerts()
    {
        var referral = await world.AddReferral(others: [(CaseManager, PartyRole.CaseManager), (Funder, PartyRole.Funder), (Employer, PartyRole.InstructingParty)]);
        await world.Record(referral.Id, "phq9", Filled("000000001"));

        foreach (var person in (string[])[Solicitor, CaseManager, Funder])
        {
            Assert.Equal((person, 3), (person, await world.Sees(person, "outcome_score", referral.Id)));
            foreach (var kept in (string[])["outcome_answer", "measure_alert", "questionnaire", "questionnaire_secret"]) Assert.Equal((person, kept, 0), (person, kept, await world.Sees(person, kept, referral.Id)));
            Assert.IsType<Failure.Missing>((await new ReadMeasures(world.Database).Handle(await world.Actor(person), referral.Reference, Ct)).Failure);
        }
        foreach (var person in (string[])[Employer, Stranger, Auditor]) Assert.Equal((person, 0), (person, await world.Sees(person, "outcome_score", referral.Id)));
        Assert.Equal(1, await world.Sees(Clinician, "outcome_answer", referral.Id));
    }

    [Fact]
    public async Task The_party_predicate_holds_alone()
    {
        var referral = await world.AddReferral();
        var clinician = await world.Actor(Clinician);
        var elsewhere = clinician with { OrganisationId = (await world.Actor(Stranger)).OrganisationId };
        var open = world.WithoutRowLevelSecurity();

        Assert.IsType<Failure.Missing>((await new ReadMeasures(open).Handle(elsewhere, referral.Reference, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new RecordMeasure(open, world.Catalogue()).Handle(elsewhere, new(Guid.CreateVersion7(), referral.Id, "nprs", Filled("5")), Ct)).Failure);
        Assert.True((await new ReadMeasures(open).Handle(clinician, referral.Reference, Ct)).IsDone);
    }

    [Fact]
    public async Task Row_level_security_holds_alone_when_the_use_case_is_taken_in()
    {
        var referral = await world.AddReferral();
        var disguised = (await world.Actor(Stranger)).DisguisedAs(await world.Actor(Clinician));
        Assert.IsType<Failure.Missing>((await new ReadMeasures(world.Database).Handle(disguised, referral.Reference, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new RecordMeasure(world.Database, world.Catalogue()).Handle(disguised, new(Guid.CreateVersion7(), referral.Id, "nprs", Filled("5")), Ct)).Failure);

        // Nor is a score put there past the use case.
        var solicitor = await world.Actor(Solicitor);
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => world.Database.Write<int>(solicitor, async unit => await unit.Run(
            "insert into outcome_entry (id, referral_id, measure_key, taken_at, recorded_by, score, rule_version) values (gen_random_uuid(), @Id, 'nprs', now(), @UserId, 1, 'nprs-1')", new { referral.Id, solicitor.UserId }), Ct));
        Assert.Equal("42501", refused.SqlState);
    }
}
