using System.Text;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Printing;
using ReferralPortal.Web.Platform.Spreadsheets;
using ReferralPortal.Web.Tests.Features.Progress.Reports;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using UglyToad.PdfPig;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Dashboard;

/// <summary>The monthly report of Northgate Law over an October whose answers are known beforehand.</summary>
public sealed class MonthlyReportTests(MonthlyReportTests.October october) : IClassFixture<MonthlyReportTests.October>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public sealed class October : IAsyncLifetime
    {
        internal PortalTestDatabase Database { get; } = new();
        internal FakeTimeProvider Clock { get; } = TestClock.At("2026-11-05 10:00");
        internal Guid Northgate { get; private set; }
        internal TestReferral FirstMinute { get; private set; } = null!;
        internal TestReferral Ended { get; private set; } = null!;
        internal TestReferral LastHour { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Northgate = (await Database.Actor(Solicitor)).OrganisationId;
            // Summer time until the 25th: London's October begins at 23:00 UTC of the day before, and ends at 24:00 UTC.
            await Database.Sent("2026-09-30 23:59").Then(Database, "decline", "2026-10-01 09:00", ReferralState.Declined, "outside_area");
            FirstMinute = await Database.Sent("2026-10-01 00:00").Then(Database, "start_triage", "2026-10-01 10:00", ReferralState.InTriage).Then(Database, "accept", "2026-10-02 09:00", ReferralState.Accepted)
                .Promised(Database, "triage", "2026-10-01 20:00", "2026-10-02 09:00");
            await Database.Run("update referral set our_reference = '=HYPERLINK(\"http://x\")' where id = @Id", new { FirstMinute.Id });
            // Was in triage at the end of the month, and has been declined since.
            Ended = await Database.Sent("2026-10-20 09:00").Then(Database, "start_triage", "2026-10-20 13:00", ReferralState.InTriage).Then(Database, "decline", "2026-11-03 09:00", ReferralState.Declined, "other");
            LastHour = await Database.Sent("2026-10-31 23:59");
            await Database.Sent("2026-11-01 00:00");
            await Database.Sent("2026-10-10 09:00", Stranger);
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }

    async Task<Outcome<MonthlyReport>> Read(string person = Lead, int month = 10, Guid? organisation = null, AuditAction how = AuditAction.ViewMonthlyReport) =>
        await new ReadMonthlyReport(october.Database.On(october.Clock)).Handle(await october.Database.Actor(person), new(organisation ?? october.Northgate, new(2026, month, 1)), how, Ct);

    async Task<MonthlyReport> Report() => (await Read()).Value!;

    [Fact]
    public async Task A_month_is_Londons_from_midnight_to_midnight_though_the_clocks_change_within_it()
    {
        Assert.Equal((3, 1), (await Counted(10, Measure.Received), await Counted(10, Measure.Declined)));
        Assert.Equal((1, 0), (await Counted(9, Measure.Received), await Counted(9, Measure.Declined)));
        Assert.Equal((1, 1), (await Counted(11, Measure.Received), await Counted(11, Measure.Declined)));
        Assert.Equal((new DateTimeOffset(2026, 9, 30, 23, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)), (await Report()).Choice.Instants);

        async Task<int> Counted(int month, Measure measure) => new Figures((await Read(month: month)).Value!.Rows).Of(measure).Count;
    }

    [Fact]
    public async Task It_counts_what_happened_in_the_month_to_this_organisations_referrals()
    {
        var figures = new Figures((await Report()).Rows);
        Assert.Equal((3, 1, 1, 0, 1), (figures.Of(Measure.Received).Count, figures.Of(Measure.Accepted).Count, figures.Of(Measure.Declined).Count, figures.Of(Measure.Withdrawn).Count, figures.Of(Measure.Missed).Count));
        Assert.Equal("outside_area", Assert.Single(figures.ByCode(Measure.Declined)).Key);
        // 4 h, 9 h and a minute, 10 h.
        Assert.Equal(3, figures.Of(Measure.Triaged).Count);
        Assert.Equal(9 + 1 / 60d, figures.Of(Measure.Triaged).Median!.Value, 1e-6);
    }

    [Fact]
    public async Task What_was_open_at_the_months_end_is_listed_in_its_state_of_then()
    {
        var report = await Report();
        Assert.Equal(
            [(october.FirstMinute.Reference, ReferralState.Accepted), (october.Ended.Reference, ReferralState.InTriage), (october.LastHour.Reference, ReferralState.Submitted)],
            report.Open.Select(open => (open.Reference, open.State.Value)));
        Assert.Equal((3, TestClock.Moment("2026-10-20 13:00"), false), (report.OpenCount, report.Open[1].Since, report.SoFar));

        var now = (await Read(month: 11)).Value!;
        Assert.True(now.SoFar);
        Assert.DoesNotContain(now.Open, open => open.Reference == october.Ended.Reference);
    }

    [Theory]
    [InlineData(AuditAction.ViewMonthlyReport, "view_monthly_report")]
    [InlineData(AuditAction.PrintMonthlyReport, "print_monthly_report")]
    [InlineData(AuditAction.ExportMonthlyReport, "export_monthly_report")]
    public async Task Each_way_in_which_it_leaves_is_audited(AuditAction how, string recorded)
    {
        await Read(how: how);
        Assert.Equal("2026-10", await october.Database.Ask<string>("select detail ->> 'month' from audit_entry where action = @recorded and subject_id = @Northgate order by sequence desc limit 1", new { recorded, october.Northgate }));
    }

    [Fact]
    public async Task Of_an_organisation_that_does_not_refer_there_is_no_report()
    {
        foreach (var organisation in new[] { (await october.Database.Actor(Lead)).OrganisationId, (await october.Database.Actor(Funder)).OrganisationId, Guid.NewGuid() })
            Assert.IsType<Failure.Missing>((await Read(organisation: organisation)).Failure);
    }

    [Fact]
    public async Task The_spreadsheet_says_the_same_and_runs_nothing()
    {
        await using var browser = await ReportPdfTests.Printer();
        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, SpreadsheetFormat.Csv, [await new MonthlyReportFiles(browser, october.Database.Catalogue()).Sheet(await Report(), Ct)], Ct);
        var lines = Encoding.UTF8.GetString(file.ToArray()).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');

        foreach (var line in new[] { "Organisation,Northgate Law", "Month,October 2026", "Received,,3,,", "Accepted,,1,,", "Declined,,1,,", "Declined,Outside the area we serve,1,,", "Targets missed,Triage,1,,", "Wait from submission to triage,,3,9.02,9.8", "Wait from submission to contact,,0,," })
            Assert.Contains(line, lines);
        Assert.Contains($"{october.FirstMinute.Reference},\"'=HYPERLINK(\"\"http://x\"\")\",Accepted,01/10/2026 00:00,02/10/2026 09:00", lines);
        NothingOfThePatient(string.Join('\n', lines));
    }

    [Fact]
    public async Task The_printed_report_is_a_tagged_PDF_that_says_the_same()
    {
        await using var browser = await ReportPdfTests.Printer();
        var pdf = await new MonthlyReportFiles(browser, october.Database.Catalogue()).Pdf(await Report(), Ct);

        using var document = PdfDocument.Open(pdf);
        var text = string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        foreach (var expected in new[] { "Northgate Law: referrals in October 2026", "Received 3", "Accepted 1", "Outside the area we serve 1", "Triage 3 9 h 9.8 h", "Altogether 1", october.LastHour.Reference, "Open at the end of October 2026", "Page 1 of 1" })
            Assert.Contains(expected, text);
        Assert.True(document.Structure.Catalog.CatalogDictionary.ContainsKey(UglyToad.PdfPig.Tokens.NameToken.Create("StructTreeRoot")), "the PDF is not tagged");
        NothingOfThePatient(text);
    }

    static void NothingOfThePatient(string text)
    {
        foreach (var secret in new[] { "Maud", "Ollerenshaw", "1985", ReferralWorld.Symptoms, "9434765919", "CLAIM-4711" }) Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("?month=2026-10", "2026-10")]
    [InlineData("?month=2026-11", "2026-11")]
    [InlineData("", "2026-10")]
    [InlineData("?month=2026-12", "2026-10")] // is not there yet
    [InlineData("?month=1999-01", "2026-10")]
    [InlineData("?month=soon", "2026-10")]
    public void The_month_before_this_one_is_offered_first(string query, string month) => Assert.Equal(month, ReportChoice.Parse(query, new(2026, 11, 5)).Code);
}
