using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using UglyToad.PdfPig;

namespace ReferralPortal.Web.Tests.Features.Progress;

public sealed class ReportPdfTests
{
    [Fact]
    public async Task A_signed_report_prints_as_a_tagged_PDF_that_says_what_was_signed()
    {
        await using var printer = new ReportPdf(
            new ServiceCollection().AddLogging().BuildServiceProvider(), NullLoggerFactory.Instance,
            new ConfigurationBuilder().AddInMemoryCollection([new("Pdf:Chromium", await TestBrowser.Program())]).Build());
        ReportSection[] sections = [new("treatment", "Treatment given", "Exercise <script>alert(1)</script> & massage"), new("next", "Next step", "Zażółć, 李, O’Connor")];
        var report = new SignedReportPage(
            Guid.CreateVersion7(), "R-7K3M-92QX", "Niamh", "O’Connor-Blythe", new DateOnly(1984, 3, 12), "CL-1", "NL-1", new DateOnly(2025, 9, 1), ReportKind.Progress, 1, false, sections,
            "Beth Entwistle", "PH104512", new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), ReportContent.Hash(sections), "Northgate Law", PartOnly: false);

        var pdf = await printer.Print(report, TestContext.Current.CancellationToken);

        using var document = PdfDocument.Open(pdf);
        var text = string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        foreach (var expected in new[] { "Progress report", "O’Connor-Blythe", "PH104512", "<script>alert(1)</script> & massage", "Zażółć", "24 Nov 2026 at 09:30", "Page 1 of 1", "version 1" })
            Assert.Contains(expected, text);
        Assert.True(document.Structure.Catalog.CatalogDictionary.ContainsKey(UglyToad.PdfPig.Tokens.NameToken.Create("StructTreeRoot")), "the PDF is not tagged");
    }
}
