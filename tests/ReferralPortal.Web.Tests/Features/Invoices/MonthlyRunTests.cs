using System.Text;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Invoices.Fees;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;
using ReferralPortal.Web.Tests.Features.Progress.Reports;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using UglyToad.PdfPig;
using static ReferralPortal.Web.Tests.Features.Invoices.InvoiceWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Invoices;

public sealed class MonthlyRunTests(InvoiceWorld world) : IClassFixture<InvoiceWorld>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    static PayerToBill Of(MonthlyRun run, string payer) => run.ToBill.Single(one => one.PayerName == payer);

    [Fact]
    public async Task A_run_bills_each_payer_for_the_month_and_what_was_left_before_and_not_for_what_comes_after()
    {
        var (first, second) = (await world.Referral(), await world.Referral(Stranger));
        await world.Took(first, "2026-09-30 10:00");
        await world.Took(first, "2026-10-31 23:30"); // the last half hour of London's October
        await world.Took(first, "2026-11-01 00:10");
        await world.Took(second, "2026-10-05 10:00");
        var unnamed = await world.Referral(funded: false);
        await world.Database.Run("update referral_detail set payer_kind = 'nhs', payer_name = null where referral_id = @Id", new { unnamed.Id });
        await world.Took(unnamed, "2026-10-05 10:00");

        var run = await world.Run(October);
        Assert.Equal((3, 2, 150m, true), (Of(run, "Ribble Insurance").Charges.Count, Of(run, "Ribble Insurance").Referrals, Of(run, "Ribble Insurance").Total, Of(run, "Ribble Insurance").UsesPortal));
        Assert.Equal((1, false), (Of(run, "The NHS").Charges.Count, Of(run, "The NHS").UsesPortal));

        var number = (await world.Issue(Of(run, "Ribble Insurance"), October)).Value;
        var after = await world.Run(October);
        Assert.DoesNotContain(after.ToBill, payer => payer.PayerName == "Ribble Insurance");
        Assert.Equal((number, 150m, 3), (Assert.Single(after.Issued).Number, after.Issued[0].Total, after.Issued[0].Lines));
        Assert.Equal(50m, Of(await world.Run(November), "Ribble Insurance").Total);

        // The second of two people who look at the same run.
        Assert.IsType<Failure.Conflict>((await world.Issue(Of(run, "Ribble Insurance"), October, biller: Triage)).Failure);
        // Something that was recorded late is billed by a second invoice of the same month.
        await world.Took(second, "2026-10-06 10:00");
        Assert.Equal(number + 1, (await world.Issue(Of(await world.Run(October), "Ribble Insurance"), October)).Value);
    }

    [Fact]
    public async Task The_printed_invoice_is_a_tagged_PDF_and_the_file_runs_nothing_and_both_name_a_patient_by_initials_alone()
    {
        var referral = await world.Referral(Health);
        await world.Database.Run("update referral set claim_reference = '=HYPERLINK(\"http://x\")' where id = @Id", new { referral.Id });
        await world.Took(referral, "2026-10-05 10:00");
        await world.Took(referral, "2026-10-12 10:00", state: "did_not_attend");
        var number = (await world.IssueStatement(referral.Id)).Value;
        var invoice = (await world.Invoice(number, Funder))!;

        await using var browser = await ReportPdfTests.Printer();
        var pdf = await new InvoiceFiles(browser).Pdf(invoice, Ct);
        using var document = PdfDocument.Open(pdf);
        var text = string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        foreach (var expected in new[] { $"Statement {InvoiceRules.Number(number)}", "Ribble Insurance", $"5 Oct 2026 {referral.Reference} M. O.", "Appointment not attended £25.00", "Total £75.00", "Exempt from VAT.", "Page 1 of 1" })
            Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.True(document.Structure.Catalog.CatalogDictionary.ContainsKey(UglyToad.PdfPig.Tokens.NameToken.Create("StructTreeRoot")), "the PDF is not tagged");

        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, SpreadsheetFormat.Csv, [InvoiceFiles.Sheet(invoice)], Ct);
        var csv = Encoding.UTF8.GetString(file.ToArray());
        Assert.Contains($"{InvoiceRules.Number(number)},Statement,05/11/2026,Ribble Insurance,05/10/2026,{referral.Reference},M. O.,\"'=HYPERLINK(\"\"http://x\"\")\",Treatment session,50.00,", csv, StringComparison.Ordinal);
        foreach (var secret in new[] { "Maud", "Ollerenshaw", "1985", "9434765919", ReferralWorld.Symptoms })
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, csv, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_long_invoice_says_its_total_at_the_head_and_once_at_the_end()
    {
        var lines = Enumerable.Range(1, 90).Select(line => new InvoiceLine(Guid.NewGuid(), Guid.NewGuid(), "R-7K3M-92QX", "M. O.", $"PO {line}", ReferralPortal.Domain.Invoices.FeeKind.Treatment, new(2026, 10, 5), 50.01m, null)).ToList();
        var invoice = new Invoice(Guid.NewGuid(), 7, "monthly", "Ribble Insurance", "Preston", October, null, null, null, "Physio.co.uk", "0330 088 7800", "Exempt.", lines.Sum(line => line.Pounds), TestClock.Moment("2026-11-05 10:00")) { Lines = lines };
        await using var browser = await ReportPdfTests.Printer();
        using var document = PdfDocument.Open(await new InvoiceFiles(browser).Pdf(invoice, Ct));
        var pages = document.GetPages().Select(page => string.Join(' ', page.GetWords().Select(word => word.Text))).ToList();
        Assert.True(pages.Count > 2);
        Assert.Equal(2, string.Join(' ', pages).Split("£4,500.90").Length - 1);
        Assert.Contains("£4,500.90", pages[^1], StringComparison.Ordinal);
        Assert.All(pages, page => Assert.Contains("Your reference", page, StringComparison.Ordinal)); // the head of the table stands on each
    }

    [Fact]
    public async Task An_employer_that_pays_does_not_learn_of_the_claim()
    {
        var referral = await world.Referral(Employer, funded: false);
        await world.Database.Run("update referral_detail set payer_kind = 'referrer', purchase_order = null where referral_id = @Id", new { referral.Id });
        await world.Took(referral, "2026-10-05 10:00");
        var invoice = (await world.Invoice((await world.IssueStatement(referral.Id)).Value, Employer))!;
        Assert.Equal("OUR-77", Assert.Single(invoice.Lines).PayerReference);
    }

    [Fact]
    public async Task Prices_are_the_managers_to_set_and_two_managers_do_not_write_over_each_other()
    {
        var payer = (await world.Database.Actor(CaseManager)).OrganisationId;
        var (save, lead) = (new SaveFees(world.Database.On(world.Clock), world.Clock), await world.Database.Actor(Lead));
        SaveFees.Command Prices(int version, string pounds, Guid? whose) => new(whose, version, new(2026, 11, 5), new Dictionary<string, string> { ["treatment"] = pounds }, "Exempt.", "");

        Assert.Equal(["ValidFrom", "VatNote", "treatment"], Assert.IsType<Failure.Invalid>((await save.Handle(lead, Prices(0, "55.555", payer) with { ValidFrom = null, VatNote = "" }, Ct)).Failure).Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, (await save.Handle(lead, Prices(0, "44", payer), Ct)).Value);
        Assert.Equal(1, (await save.Handle(lead, Prices(0, "44", payer), Ct)).Value); // sent twice
        Assert.IsType<Failure.Conflict>((await save.Handle(lead, Prices(0, "45", payer), Ct)).Failure);
        Assert.Equal(2, (await save.Handle(lead, Prices(1, "45", payer), Ct)).Value);
        Assert.IsType<Failure.Missing>((await save.Handle(lead, Prices(0, "45", Guid.NewGuid()), Ct)).Failure);
        Assert.Contains("Treatment session £45.00", FeeTerms.Words((await new ReadFees(world.Database.Database).All(lead, Ct)).Value!.Single(row => row.PayerId == payer).Fees!));

        foreach (var person in new[] { Triage, Clinician, CaseManager, Stranger })
        {
            var actor = await world.Database.Actor(person);
            Assert.False((await save.Handle(actor, Prices(2, "1", payer), Ct)).IsDone);
            Assert.False((await new ReadFees(world.Database.Database).All(actor, Ct)).IsDone);
            Assert.Empty((await new ReadFees(world.Database.Database).Of(actor.DisguisedAs(lead), payer, Ct)) is { IsDone: true, Value: { } read } && person is CaseManager or Stranger ? read.Schedules : []);
        }
    }
}
