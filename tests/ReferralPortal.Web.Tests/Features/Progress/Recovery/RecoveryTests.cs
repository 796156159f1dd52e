using System.Text.Json;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Recovery;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Progress.Measures;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using UglyToad.PdfPig;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Recovery;

public sealed class RecoveryTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<Outcome<RecoveryView>> Open(string person, string reference, AuditAction? how = AuditAction.ViewRecovery) =>
        await new ReadRecovery(world.Database).Handle(await world.Actor(person), reference, how, Ct);

    async Task<RecoveryView> See(string person, TestReferral referral) => (await Open(person, referral.Reference)).Value!;

    /// <summary>A referral with every kind of party, in treatment, with a prognosis and work over time.</summary>
    async Task<TestReferral> Treated()
    {
        var referral = await world.AddReferral(others: [(CaseManager, PartyRole.CaseManager), (Funder, PartyRole.Funder), (Employer, PartyRole.InstructingParty)]);
        await world.Run("""
            insert into assessment (id, referral_id, clinician_id, assessed_at, subjective, objective, analysis, plan, prognosis_weeks, state, signed_at, author_name, author_hcpc)
            select gen_random_uuid(), @Id, u.id, '2026-11-02 10:00+00', 'kept-to-the-clinic', '-', '-', '-', 12, 'signed', now(), 'A', 'PH1' from portal_user u where u.user_name = @Clinician;
            insert into work_status_entry (id, referral_id, status, from_date, note, recorded_by, recorded_at)
            select gen_random_uuid(), @Id, 'working_adjusted', current_date, 'no lifting above 5 kg', u.id, now() from portal_user u where u.user_name = @Clinician
            """, new { referral.Id, Clinician });
        return referral;
    }

    [Theory, InlineData(Solicitor), InlineData(CaseManager), InlineData(Funder), InlineData(Clinician)]
    public async Task Those_who_follow_it_see_how_the_patient_gets_on(string person)
    {
        var view = await See(person, await Treated());
        Assert.Equal([8m, 5m], view.Scores.Select(score => score.Value));
        Assert.Equal(8, view.Balance!.Authorised);
        Assert.Equal(1, view.Count("attended"));
        Assert.Equal([WorkStatus.OffSick, WorkStatus.WorkingAdjusted], view.Work.Select(entry => entry.Status.Value));
        Assert.Equal(ReferralWorld.GoalWords, Assert.Single(view.Goals).Words);
        Assert.Equal(new DateOnly(2027, 1, 25), view.Head.ExpectedBy);
        Assert.DoesNotContain("kept-to-the-clinic", JsonSerializer.Serialize(view));
    }

    [Fact]
    public async Task An_employer_sees_attendance_and_work_and_nothing_else()
    {
        var view = await See(Employer, await Treated());
        Assert.Equal(1, view.Count("attended"));
        Assert.Equal(["no lifting above 5 kg"], view.Work.Select(entry => entry.Note).OfType<string>());
        Assert.Equal((null, null), (view.Balance, view.Head.ExpectedBy));
        Assert.False(view.WholeStory);
        var all = JsonSerializer.Serialize(view);
        foreach (var planted in (string[])[ReferralWorld.Symptoms, ReferralWorld.GoalWords, "nprs"]) Assert.DoesNotContain(planted, all);
    }

    [Fact]
    public async Task A_corrected_score_is_seen_as_it_stands()
    {
        var referral = await Treated();
        var entry = (await world.Measures(referral)).Of("nprs")[1];
        await new Web.Features.Progress.Measures.CorrectScore(world.Database, world.Catalogue()).Handle(await world.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, entry.Id, Filled("2"), "Misheard"), Ct);
        Assert.Equal([8m, 2m], (await See(Solicitor, referral)).Scores.Select(score => score.Value).Order().Reverse());
    }

    [Fact]
    public async Task Strangers_and_auditors_find_nothing_and_reading_is_written_down()
    {
        var referral = await Treated();
        foreach (var person in (string[])[Stranger, Health, Auditor]) Assert.IsType<Failure.Missing>((await Open(person, referral.Reference)).Failure);
        Assert.IsType<Failure.Missing>((await Open(Solicitor, "R-0000-0000")).Failure);
        await See(Solicitor, referral);
        Assert.Equal("view_recovery", (await world.StoredAs(referral.Id)).LastAudit);
    }

    [Fact]
    public async Task Each_wall_holds_alone()
    {
        var referral = await Treated();
        var (solicitor, stranger) = (await world.Actor(Solicitor), await world.Actor(Stranger));
        Assert.IsType<Failure.Missing>((await new ReadRecovery(world.WithoutRowLevelSecurity()).Handle(stranger, referral.Reference, null, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new ReadRecovery(world.Database).Handle(stranger.DisguisedAs(solicitor), referral.Reference, null, Ct)).Failure);
        Assert.True((await new ReadRecovery(world.WithoutRowLevelSecurity()).Handle(stranger.DisguisedAs(solicitor), referral.Reference, null, Ct)).IsDone);

        // The employer's blindness: with the use case taken in, the database keeps scores, goals and the prognosis.
        var employer = await world.Actor(Employer);
        var taken = employer with { OrganisationKind = OrganisationKind.CaseManager };
        var view = (await new ReadRecovery(world.Database).Handle(taken, referral.Reference, null, Ct)).Value!;
        Assert.Empty(view.Scores);
        Assert.Empty(view.Goals);
        Assert.Null(view.Head.ExpectedBy);
    }

    [Fact]
    public async Task It_prints_as_a_tagged_PDF_with_every_number()
    {
        var referral = await Treated();
        await world.Record(referral.Id, "phq9", Filled("22222222."));
        var (view, catalogue) = (await See(CaseManager, referral), await world.Catalogue().Get(Ct));
        await using var printer = await Reports.ReportPdfTests.Printer();

        var pdf = await RecoveryEndpoints.Print(printer, view, catalogue, DateTimeOffset.UtcNow, Ct);
        using var document = PdfDocument.Open(pdf);
        var text = string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        foreach (var expected in (string[])[referral.Reference, "Ollerenshaw", "Recovery at a glance", "of 8 authorised", "What happens next", "25 Jan 2027", "rests on 8 of 9 answers", ReferralWorld.GoalWords, "Working with adjusted hours", "Page 1 of"])
            Assert.Contains(expected, text);
        Assert.True(document.Structure.Catalog.CatalogDictionary.ContainsKey(UglyToad.PdfPig.Tokens.NameToken.Create("StructTreeRoot")), "the PDF is not tagged");
    }

    [Fact]
    public async Task It_is_one_question_however_many_scores_there_are()
    {
        var (empty, full) = (await world.AddReferral(), await Treated());
        await world.Run("""
            insert into outcome_score (id, referral_id, measure_key, taken_at, recorded_by, score, answered, rule_version)
            select gen_random_uuid(), @Id, measure.key, now() + n * interval '1 day', u.id, 5, 1, measure.rule_version
            from outcome_measure measure, generate_series(1, 40) n, portal_user u where u.user_name = @Clinician
            """, new { full.Id, Clinician });
        async Task<double> Time(TestReferral referral)
        {
            var best = double.MaxValue;
            for (var turn = 0; turn < 8; turn++)
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                await Open(Solicitor, referral.Reference, null);
                best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
            }
            return best;
        }
        var (few, many) = (await Time(empty), await Time(full));
        Assert.Equal(482, (await See(Solicitor, full)).Scores.Count);
        Assert.True(many < 3 * few + 10, $"{many:0.0} ms against {few:0.0} ms");
    }
}
