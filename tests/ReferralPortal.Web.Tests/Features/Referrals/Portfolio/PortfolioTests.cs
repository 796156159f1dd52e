using Dapper;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.Portfolio;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Progress.Closing;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Portfolio;

public sealed class PortfolioTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    static readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock = TestClock.At("2026-11-26 10:00");

    async Task<ReadPortfolio.Page> Shown(PortfolioView view = PortfolioView.All, string reader = CaseManager, bool own = false, PagePlace? after = null) =>
        (await new ReadPortfolio(database.On(Clock)).Handle(await database.Actor(reader), new() { View = view, Own = own, After = after }, Ct)).Value!;

    /// <summary>A patient in treatment since September, last seen a week ago, whom nothing is known of beyond that.</summary>
    async Task<TestReferral> Patient(string referrer = CaseManager, ReferralState state = ReferralState.InTreatment, params (string Person, PartyRole Role)[] others)
    {
        var referral = await database.AddReferral(referrer, state, submittedAt: TestClock.Moment("2026-09-01 09:00"), others: others);
        await database.Run($"delete from outcome_score where referral_id = @Id; update appointment set state = 'cancelled' where referral_id = @Id; {TriageWorld.NoReports}", new { referral.Id });
        await Appointment(referral, "2026-11-19 09:00", "attended");
        return referral;
    }

    Task Appointment(TestReferral referral, string london, string state) => database.Run("""
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state)
        select gen_random_uuid(), @Id, 'treatment', (select id from clinic order by name limit 1), u.id, @at, @at + interval '30 minutes', @state from portal_user u where u.user_name = @Clinician
        """, new { referral.Id, at = TestClock.Moment(london), state, Clinician });

    Task Score(TestReferral referral, string london, string measure, decimal score, int? answered = null) => database.Run("""
        insert into outcome_score (id, referral_id, measure_key, taken_at, recorded_by, score, answered, rule_version)
        select gen_random_uuid(), @Id, @measure, @at, u.id, @score, @answered, @measure || '-1' from portal_user u where u.user_name = @Clinician
        """, new { referral.Id, at = TestClock.Moment(london), measure, score, answered, Clinician });

    static PortfolioRow Of(ReadPortfolio.Page page, TestReferral referral) => page.Rows.Single(row => row.Id == referral.Id);

    [Fact]
    public async Task Patients_stand_where_their_scores_and_appointments_put_them()
    {
        var (improving, worse, unchanged, unseen, fresh) = (await Patient(), await Patient(), await Patient(), await Patient(), await Patient());
        await Score(improving, "2026-09-10 09:00", "nprs", 7);
        await Score(improving, "2026-11-19 09:00", "nprs", 4);
        await Score(worse, "2026-09-10 09:00", "nprs", 5);
        await Score(worse, "2026-11-19 09:00", "nprs", 4);
        await Score(worse, "2026-11-10 09:00", "psfs", 6, answered: 3);
        await Score(worse, "2026-11-19 09:00", "psfs", 3, answered: 3);
        await Score(unchanged, "2026-10-01 09:00", "nprs", 6);
        await Score(unchanged, "2026-11-19 09:00", "nprs", 5);
        await database.Run("update appointment set starts_at = starts_at - interval '40 days', ends_at = ends_at - interval '40 days' where referral_id = @Id", new { unseen.Id });
        await Score(fresh, "2026-11-10 09:00", "nprs", 6);
        await Score(fresh, "2026-11-19 09:00", "nprs", 6);
        await Appointment(fresh, "2026-11-12 09:00", "did_not_attend");
        await Appointment(fresh, "2026-12-03 09:00", "booked");

        var page = await Shown();
        Assert.Equal((true, null, "NPRS 7 → 4: better by a change that matters"), (Of(page, improving).Improving, Of(page, improving).Stuck, Of(page, improving).ScoreWords));
        Assert.Equal(("worse", "PSFS 6 → 3: worse by a change that matters"), (Of(page, worse).Stuck, Of(page, worse).ScoreWords));
        Assert.Equal(("no_change", "NPRS 6 → 5: no change that matters yet"), (Of(page, unchanged).Stuck, Of(page, unchanged).ScoreWords));
        Assert.Equal(("not_seen", null), (Of(page, unseen).Stuck, Of(page, unseen).ScoreWords));
        Assert.Equal("Not seen since 10 Oct 2026, nothing booked", Of(page, unseen).StuckWords);
        Assert.Equal((false, null, 1, TestClock.Moment("2026-12-03 09:00")), (Of(page, fresh).Improving, Of(page, fresh).Stuck, Of(page, fresh).Missed, Of(page, fresh).NextAppointment!.Value));
        Assert.Equal((8, 1), (Of(page, fresh).SessionsAuthorised, Of(page, fresh).SessionsUsed));

        foreach (var (view, these) in new[] { (PortfolioView.Improving, new[] { improving }), (PortfolioView.Stuck, [worse, unchanged, unseen]), (PortfolioView.Missed, [fresh]), (PortfolioView.Waiting, []) })
        {
            var shown = await Shown(view);
            Assert.Equal(these.Select(one => one.Id).Order(), shown.Rows.Select(row => row.Id).Order());
            Assert.Equal(these.Length, shown.Counts[view]);
        }
    }

    [Fact]
    public async Task What_waits_for_the_reader_leads_to_where_it_is_done()
    {
        var asked = await Patient(Intermediary, ReferralState.InformationRequested);
        var ended = await Patient(Intermediary, ReferralState.Discharged);
        var report = await database.SignDischarge(ended.Id, "2026-11-20 09:00");
        var page = await Shown(PortfolioView.Waiting, Intermediary);
        Assert.Equal(2, page.Counts[PortfolioView.Waiting]);
        Assert.Equal(("You", "answer the clinic", $"/referrals/{asked.Reference}/answer"), Of(page, asked).WaitsFor);
        Assert.Equal(("You", "acknowledge the discharge report", $"/reports/{report}"), Of(page, ended).WaitsFor);
        // The list of referrals counts and shows the same.
        var list = await new ListReferrals(database.Database).Handle(await database.Actor(Intermediary), new() { Waiting = true }, Ct);
        Assert.Equal(2, list.Waiting);
        Assert.Equal(new[] { asked.Id, ended.Id }.Order(), list.Rows.Select(row => row.Id).Order());
        var home = (await new ReferralPortal.Web.Features.Home.ReadHome(database.Database).Handle(await database.Actor(Intermediary), Ct))!;
        Assert.Equal((2, ended.Id), (home.Waiting, Assert.Single(home.ToAcknowledge).Id));

        await new AcknowledgeReport(database.Database).Handle(await database.Actor(Intermediary), report, Ct);
        Assert.Equal(asked.Id, Assert.Single((await Shown(PortfolioView.Waiting, Intermediary)).Rows).Id);
        Assert.Equal(1, (await new ListReferrals(database.Database).Handle(await database.Actor(Intermediary), new(), Ct)).Waiting);
        Assert.Equal(("The clinic", "closes it", null), Of(await Shown(reader: Intermediary), ended).WaitsFor);
    }

    [Fact]
    public async Task A_case_manager_on_somebody_elses_referral_has_it_in_hand_and_a_closed_one_nobody_has()
    {
        var theirs = await Patient(Health, others: (Partner, PartyRole.CaseManager));
        var closed = await Patient(Health, ReferralState.Closed, (Partner, PartyRole.CaseManager));
        var page = await Shown(reader: Solicitor);
        Assert.Contains(page.Rows, row => row.Id == theirs.Id);
        Assert.DoesNotContain(page.Rows, row => row.Id == closed.Id);
        Assert.DoesNotContain((await Shown(reader: Solicitor, own: true)).Rows, row => row.Id == theirs.Id);
        Assert.Contains((await Shown(reader: Health, own: true)).Rows, row => row.Id == theirs.Id);
    }

    [Fact]
    public async Task Pages_follow_on_each_other_without_a_gap()
    {
        for (var one = 0; one < 30; one++) await Patient(Partner);
        var first = await Shown(reader: Partner);
        var second = await Shown(reader: Partner, after: first.Next);
        Assert.Equal((25, null), (first.Rows.Count, second.Next));
        Assert.True(first.Counts[PortfolioView.All] >= 30);
        Assert.Equal(first.Counts[PortfolioView.All], first.Rows.Concat(second.Rows).Select(row => row.Id).Distinct().Count());
    }

    [Fact]
    public async Task An_employer_learns_who_comes_and_nothing_of_scores()
    {
        var referral = await Patient(Employer);
        await Score(referral, "2026-09-10 09:00", "nprs", 7);
        await Score(referral, "2026-11-19 09:00", "nprs", 2);
        await Appointment(referral, "2026-11-12 09:00", "did_not_attend");
        var row = Of(await Shown(reader: Employer), referral);
        Assert.Equal((false, null, null, 1), (row.Improving, row.MeasureKey, row.Latest, row.Missed));
        Assert.Equal(0, (await Shown(PortfolioView.Improving, Employer)).Counts[PortfolioView.Improving]);
    }

    [Fact]
    public async Task Each_wall_round_a_portfolio_holds_alone()
    {
        var referral = await Patient(Solicitor);
        var (member, stranger) = (await database.Actor(Solicitor), await database.Actor(Stranger));
        Assert.DoesNotContain((await new ReadPortfolio(database.WithoutRowLevelSecurity(Clock)).Handle(stranger, new(), Ct)).Value!.Rows, row => row.Id == referral.Id);
        Assert.DoesNotContain((await new ReadPortfolio(database.On(Clock)).Handle(stranger.DisguisedAs(member), new(), Ct)).Value!.Rows, row => row.Id == referral.Id);
        Assert.Contains((await new ReadPortfolio(database.WithoutRowLevelSecurity(Clock)).Handle(stranger.DisguisedAs(member), new(), Ct)).Value!.Rows, row => row.Id == referral.Id);
        foreach (var person in new[] { Funder, Triage, Clinician, Lead, Auditor }) Assert.IsType<Failure.Missing>((await new ReadPortfolio(database.Database).Handle(await database.Actor(person), new(), Ct)).Failure);
    }

    [Fact]
    public async Task Each_state_in_hand_is_one_range_of_the_index_and_nothing_is_read_from_end_to_end()
    {
        await Patient(Health);
        await using var owner = await database.Owner();
        await using var trial = await owner.BeginTransactionAsync(Ct);
        await owner.ExecuteAsync("""
            insert into patient (id, given_name, family_name, date_of_birth, sex, address, postcode, preferred_contact, readers)
            select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'N', 'N', '1990-01-01', 'other', 'x', 'M1 1AA', 'phone', '{}' from generate_series(1, 6000) n;
            insert into referral (id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, submitted_at, state_since, readers)
            select p.id, 'X' || row_number() over (), (array['submitted', 'closed', 'in_treatment', 'discharged'])[1 + (row_number() over ()) % 4], 'routine', p.id, u.organisation_id, u.id, now(), now(), '{}'
            from patient p, portal_user u where u.user_name = 'agent@mersey-rehab.example' and p.given_name = 'N';
            insert into referral_party (referral_id, organisation_id, role, state, submitted_at)
            select r.id, r.referring_organisation_id, 'referrer', r.state, r.submitted_at from referral r where r.reference like 'X%';
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state)
            select gen_random_uuid(), r.id, 'treatment', (select id from clinic limit 1), r.referrer_id, now() + n * interval '1 day', now() + n * interval '1 day 1 hour', 'attended' from referral r, generate_series(1, 3) n where r.reference like 'X%';
            insert into outcome_score (id, referral_id, measure_key, taken_at, recorded_by, score, rule_version)
            select gen_random_uuid(), r.id, 'nprs', now() + n * interval '1 day', r.referrer_id, n, 'nprs-1' from referral r, generate_series(1, 3) n where r.reference like 'X%';
            insert into report (id, referral_id, kind, state, content, author_id, author_name, author_hcpc, signed_at, content_hash)
            select gen_random_uuid(), r.id, 'discharge', 'signed', '[]', r.referrer_id, 'N', 'PH104512', now(), 'f00d' from referral r where r.reference like 'X%';
            analyze;
            """);
        var health = await database.Actor(Health);
        var plan = string.Join('\n', await owner.QueryAsync<string>("explain (costs off) " + ReadPortfolio.Sql(new()), ReadPortfolio.Asked(health, new(), Clock.GetUtcNow())));
        foreach (var index in new[] { "referral_party_by_state", "outcome_score_referral", "appointment_referral", "report_referral" }) Assert.Contains(index, plan, StringComparison.Ordinal);
        foreach (var table in new[] { "referral_party", "referral r", "outcome_score", "appointment", "report d" }) Assert.DoesNotContain($"Seq Scan on {table}", plan, StringComparison.Ordinal);
    }

    /// <summary>The query judges as the measures do: the rule stands in the domain alone, and goes into the query as numbers.</summary>
    [Fact]
    public async Task The_query_judges_a_change_as_the_measure_itself_does()
    {
        var chance = new Random(11);
        var measures = OutcomeMeasures.All.Where(measure => measure.HighestScore is not null).ToList();
        var cases = Enumerable.Range(0, 400).Select(_ => measures[chance.Next(measures.Count)])
            .Select(measure => (Measure: measure, Base: Between(measure), Latest: Between(measure), Answered: chance.Next(6) is > 0 and var answered ? answered : (int?)null)).ToList();
        await using var owner = await database.Owner();
        var judged = (await owner.QueryAsync<(int Place, bool? Better, bool? Worse)>($"""
            create temp table outcome_score_case as select * from unnest(@keys, @bases, @latests, @answered) with ordinality given (measure_key, base, latest, answered, place);
            with {CourseRules.Rule},
            mine as (select place as referral_id from outcome_score_case),
            outcome_score as (
                select place as referral_id, measure_key, base as score, answered, now() - interval '1 day' as taken_at, 1 as id from outcome_score_case
                union all select place, measure_key, latest, answered, now(), 2 from outcome_score_case)
            select mine.referral_id::int, score.better, score.worse from mine {CourseRules.Score} order by 1
            """, new
        {
            keys = cases.Select(one => one.Measure.Key).ToArray(), bases = cases.Select(one => one.Base).ToArray(), latests = cases.Select(one => one.Latest).ToArray(), answered = cases.Select(one => one.Answered).ToArray(),
            measures = CourseRules.MeasureKeys, signs = CourseRules.Signs, points = CourseRules.Points, oneActivity = CourseRules.OneActivity, shares = CourseRules.Shares, seesScores = true,
        })).AsList();

        Assert.Equal(400, judged.Count);
        Assert.All(judged, one =>
        {
            var (measure, baseline, latest, answered) = cases[one.Place - 1];
            var expected = measure.Compare(baseline, latest, answered);
            Assert.True((expected == ChangeKind.Better) == (one.Better is true) && (expected == ChangeKind.Worse) == (one.Worse is true), $"{measure.Key} {baseline} -> {latest} ({answered}): {expected}, but {one.Better} {one.Worse}");
        });
        Assert.True(judged.Count(one => one.Better is true) > 50 && judged.Count(one => one.Worse is true) > 50);

        decimal Between(OutcomeMeasure measure) => chance.Next((int)measure.LowestScore!.Value, (int)measure.HighestScore!.Value + 1);
    }
}
