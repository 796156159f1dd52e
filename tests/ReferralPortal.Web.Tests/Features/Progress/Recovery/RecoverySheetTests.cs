using Bunit;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Recovery;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Tests.Components;

namespace ReferralPortal.Web.Tests.Features.Progress.Recovery;

public sealed class RecoverySheetTests : ComponentWorld
{
    static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);
    static readonly Measure Pain = new("nprs", "Numeric pain rating scale", "NPRS", "lower", 2, "nprs-1", true, null, "[]");

    static RecoveryScore Score(int day, decimal? value, int? answered = 1, string measure = "nprs") => new(measure, Now.AddDays(day - 100), value, answered);

    static MeasureChart? Chart(params RecoveryScore[] scores) => MeasureChart.Of(scores, [Pain], new DateOnly(2027, 1, 25)).SingleOrDefault();

    static RecoveryView View(Sight sight = Sight.All, RecoveryScore[]? scores = null, Attendance[]? attendances = null, int? authorised = 8, ReferralState state = ReferralState.InTreatment) => new(
        new RecoveryHead(Guid.Empty, "R-7K3M-92QX", state, "Maud", "Ollerenshaw", new(1985, 3, 12), "Northgate Law", null, "Manchester", "A. Physio", null, null, null, Now, null, "referrer"),
        sight, true, scores ?? [], attendances ?? [], [], []) { Balance = new SessionBalance(authorised, 1, authorised - 1) };

    static readonly Measure Health = new("eq5d5l", "EQ-5D-5L", "EQ-5D-5L", "none", null, "eq5d5l-1", false, null, "[]");

    IRenderedComponent<RecoverySheet> Sheet(RecoveryView view) => Render<RecoverySheet>(it => it.Add(sheet => sheet.Recovery, view)
        .Add(sheet => sheet.Catalogue, new CatalogueContent(null!, [], [], [], [], [], [], [Pain, Health], [])).Add(sheet => sheet.Now, Now));

    [Theory]
    [InlineData(8, 5, "Now 5. Better by 3 since the first score, which was 8: a meaningful change, 2 or more.")]
    [InlineData(8, 7, "Now 7. Better by 1 since the first score, which was 8: less than the 2 that count as a meaningful change.")]
    [InlineData(5, 8, "Now 8. Worse by 3 since the first score, which was 5: a meaningful change, 2 or more.")]
    [InlineData(5, 5, "Now 5. Unchanged since the first score, which was 5.")]
    public void A_measure_says_in_a_sentence_whether_the_patient_gets_better(int first, int last, string verdict)
    {
        var chart = Render<RecoveryChart>(it => it.Add(chart => chart.Chart, Chart(Score(1, first), Score(20, last))!));
        Assert.Equal(verdict, chart.Find(".verdict").TextContent);
        Assert.Contains(verdict, chart.Find("svg").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_beside_the_chart_holds_the_same_numbers()
    {
        var chart = Render<RecoveryChart>(it => it.Add(chart => chart.Chart, Chart(Score(1, 7), Score(20, 7.5m), Score(40, 3))!));
        Assert.Equal(["7|First", "7.5|+0.5", "3|−4"], chart.FindAll("tbody tr").Select(row => string.Join('|', row.Children.Skip(1).Select(cell => cell.TextContent.Trim()))));
        Assert.Equal(3, chart.FindAll("circle").Count);
        Assert.Single(chart.FindAll("line.expected"));
        Assert.Contains("Recovery expected by 25 Jan 2027", chart.Markup);
    }

    [Fact]
    public void Of_many_scores_the_table_shows_the_first_and_the_last_and_says_how_many_lie_between()
    {
        var chart = Render<RecoveryChart>(it => it.Add(chart => chart.Chart, Chart([.. Enumerable.Range(1, 40).Select(day => Score(day, 8))])!));
        Assert.Equal(8, chart.FindAll("tbody tr").Count);
        Assert.Contains("33 more between", chart.Markup);
        Assert.Equal(40, chart.FindAll("circle").Count);
    }

    [Fact]
    public void One_score_is_a_first_one_and_answers_without_a_score_draw_nothing()
    {
        Assert.Contains("the first score. There is no later one yet.", Chart(Score(1, 7))!.Verdict);
        Assert.Null(Chart(Score(1, null, 0)));
    }

    [Fact]
    public void A_measure_without_a_score_is_a_table_of_what_was_answered_where_the_reader_sees_that()
    {
        var known = Sheet(View(scores: [Score(1, null, 6, "eq5d5l") with { Answers = "[2,1,2,3,2,70]" }, Score(20, null, 1, "eq5d5l") with { Answers = "[null,null,null,null,null,85]" }]));
        Assert.Equal(["21232|70", "–|85"], known.FindAll(".numbers tbody tr").Select(row => string.Join('|', row.Children.Skip(1).Select(cell => cell.TextContent.Trim()))));
        Assert.Empty(known.FindAll("svg"));

        var party = Sheet(View(scores: [Score(1, null, 6, "eq5d5l")]));
        Assert.Equal(["6 of 6"], party.FindAll(".numbers tbody td").Select(cell => cell.TextContent.Trim()));
        Assert.Contains("What was answered is kept by the clinic.", party.Find(".verdict").TextContent);
        Assert.DoesNotContain("No score has been recorded yet", party.Markup);
    }

    [Fact]
    public void What_is_not_there_says_so()
    {
        var words = Sheet(View(authorised: null)).Markup;
        foreach (var said in (string[])["No appointment is booked", "No appointment has been booked yet", "No score has been recorded yet", "No goals have been agreed yet", "Nothing is recorded about the patient’s work", "is not known yet"]) Assert.Contains(said, words);
    }

    [Fact]
    public void What_the_reader_may_not_see_is_absent_and_not_empty()
    {
        var words = Sheet(View(Sight.Appointments | Sight.WorkStatus)).Markup;
        foreach (var hidden in (string[])["Outcome measures", "Goals", "score", "Recovery is expected"]) Assert.DoesNotContain(hidden, words[words.IndexOf("</style>", StringComparison.Ordinal)..]);
        Assert.Contains("Work", words);
    }

    [Fact]
    public void Attendance_is_counted_and_each_appointment_is_read_out()
    {
        var sheet = Sheet(View(attendances: [new(Now.AddDays(-9), "initial_assessment", "attended", "Bury"), new(Now.AddDays(-2), "treatment", "did_not_attend", "Bury"), new(Now.AddDays(2), "treatment", "booked", "Bury")]));
        Assert.Contains("of 8 authorised sessions used", sheet.Find(".big").TextContent);
        Assert.Contains("7 left, 1 booked, 1 not attended", sheet.Markup);
        Assert.Equal(["17 Nov 2026: attended", "24 Nov 2026: did not attend", "28 Nov 2026: booked"], sheet.FindAll(".strip .visually-hidden").Select(one => one.TextContent));
        Assert.Contains("on 28 Nov 2026 at 09:00", sheet.Find(".next").TextContent);
    }

    [Fact]
    public void A_closed_referral_has_no_next_step() => Assert.Equal("The referral is closed. On 26 Nov 2026.", Sheet(View(state: ReferralState.Closed)).Find(".next").TextContent.Trim());
}
