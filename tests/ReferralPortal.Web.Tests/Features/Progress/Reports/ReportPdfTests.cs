using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform.Printing;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

public sealed class ReportPdfTests
{
    [Fact]
    public async Task A_signed_report_prints_as_a_tagged_PDF_that_says_what_was_signed()
    {
        await using var browser = await Printer();
        var printer = new ReportPdf(browser);
        ReportSection[] sections = [new("treatment", "Treatment given", "Exercise <script>alert(1)</script> & massage"), new("next", "Next step", "Zażółć, 李, O’Connor")];
        var report = Report("O’Connor-Blythe", sections);

        var pdf = await printer.Print(report, TestContext.Current.CancellationToken);

        using var document = PdfDocument.Open(pdf);
        var text = string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        foreach (var expected in new[] { "Progress report", "O’Connor-Blythe", "PH104512", "<script>alert(1)</script> & massage", "Zażółć", "24 Nov 2026 at 09:30", "Page 1 of 1", "version 1" })
            Assert.Contains(expected, text);
        Assert.True(document.Structure.Catalog.CatalogDictionary.ContainsKey(UglyToad.PdfPig.Tokens.NameToken.Create("StructTreeRoot")), "the PDF is not tagged");
    }

    [Fact]
    public async Task Nasty_strings_are_printed_as_they_were_written()
    {
        await using var browser = await Printer();
        var printer = new ReportPdf(browser);
        // What a PDF can carry: every string of letters, digits and signs that the page's own font and the usual ones of a machine have.
        // Text that runs from right to left is put down glyph by glyph in the order of the page, and is left to the browser's own tests.
        var strings = (await NastyStrings.All()).Where(text => text.Length <= 200 && Printable(text)).ToList();
        ReportSection[] sections = [.. strings.Chunk(50).Select((some, place) => new ReportSection($"part-{place}", $"Part {place}", string.Join('\n', some.Select((text, line) => $"[{place * 50 + line}]{text}[/]"))))];

        var pdf = await printer.Print(Report("<i>=1+1</i>", sections), TestContext.Current.CancellationToken);

        using var document = PdfDocument.Open(pdf);
        var printed = Bare(string.Concat(document.GetPages().Select(page => FooterLess(ContentOrderTextExtractor.GetText(page)))));
        var lost = strings.Where((text, number) => !printed.Contains(Bare($"[{number}]{text}[/]"), StringComparison.Ordinal)).ToList();
        Assert.True(strings.Count > 250, $"Only {strings.Count} strings are printable.");
        Assert.True(lost.Count == 0, $"{lost.Count} of {strings.Count} are not in the PDF as written:\n{string.Join('\n', lost)}");
        Assert.Contains("<i>=1+1</i>", printed);
    }

    /// <summary>Letters of the scripts that the fonts of any machine have, and everything on a keyboard.</summary>
    static bool Printable(string text) => text.EnumerateRunes().All(letter => letter.Value is >= 0x20 and < 0x7F or >= 0xA1 and <= 0x17F or >= 0x391 and <= 0x3C9 or >= 0x410 and <= 0x44F or 0x2018 or 0x2019 or 0x201C or 0x201D or 0x20AC && letter.Value != 0xAD);

    /// <summary>Without spaces, which a PDF has only between words and at the ends of lines where it likes; and letter by letter where the font draws "ffi" as one.</summary>
    static string Bare(string text) => string.Concat(text.Normalize(System.Text.NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter) && letter != '\u00AD'));

    static string FooterLess(string page) => System.Text.RegularExpressions.Regex.Replace(page, @"R-7K3M-92QX · .*?Page\s*\d+\s*of\s*\d+", "", System.Text.RegularExpressions.RegexOptions.Singleline);

    internal static async Task<PagePrinter> Printer() => new(
        new ServiceCollection().AddLogging().BuildServiceProvider(), NullLoggerFactory.Instance,
        new ConfigurationBuilder().AddInMemoryCollection([new("Pdf:Chromium", await TestBrowser.Program())]).Build());

    static SignedReportPage Report(string familyName, ReportSection[] sections) => new(
        Guid.CreateVersion7(), "R-7K3M-92QX", "Niamh", familyName, new DateOnly(1984, 3, 12), "CL-1", "NL-1", new DateOnly(2025, 9, 1), ReportKind.Progress, 1, false, sections,
        "Beth Entwistle", "PH104512", new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), ReportContent.Hash(sections), "Northgate Law", PartOnly: false);
}
