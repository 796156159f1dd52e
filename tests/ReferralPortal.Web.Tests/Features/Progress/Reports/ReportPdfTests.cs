using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Verify;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Printing;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

public sealed class ReportPdfTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly Uri Portal = new("https://portal.clinic.example");

    [Theory]
    [InlineData(ReportKind.Triage)]
    [InlineData(ReportKind.InitialAssessment)]
    [InlineData(ReportKind.Progress)]
    [InlineData(ReportKind.TreatmentExtension)]
    [InlineData(ReportKind.Discharge)]
    [InlineData(ReportKind.ImmediateNeeds)]
    public async Task Every_kind_prints_as_a_tagged_PDF_that_says_what_was_signed_by_whom_and_where_it_is_verified(ReportKind kind)
    {
        await using var browser = await Printer();
        var long_ = string.Join('\n', Enumerable.Repeat("The patient lifts, carries and reaches overhead with less pain than at the assessment; sleep is undisturbed on most nights.", 8));
        ReportSection[] sections = [.. ReportForms.Of(kind).Select(part => new ReportSection(part.Key, part.Heading, part.Key is "next" or "plan" ? "Exercise <script>alert(1)</script> & massage; Zażółć, 李, O’Connor" : long_))];
        var report = Report("O’Connor-Blythe", sections, kind) with { Number = 2, AmendmentReason = "The side was wrong." };

        var pdf = await new ReportPdf(browser).Print(report, Portal, Ct);
        await Keep(pdf, kind);

        using var document = PdfDocument.Open(pdf);
        var pages = document.GetPages().Select(page => string.Join(' ', page.GetWords().Select(word => word.Text))).ToList();
        var text = string.Join(' ', pages);
        foreach (var expected in new[] { ReportForms.Name(kind), "O’Connor-Blythe", "Beth Entwistle", "PH104512", "24 Nov 2026 at 09:30", "The side was wrong.", "https://portal.clinic.example/verify", report.ContentHash! })
            Assert.Contains(expected, text);
        if (sections.Any(section => section.Key is "next" or "plan")) Assert.Contains("<script>alert(1)</script> & massage; Zażółć", text);
        for (var page = 0; page < pages.Count; page++)
        {
            Assert.Contains($"Page {page + 1} of {pages.Count}", pages[page]);
            Assert.Contains(Bare($"{ReportForms.Name(kind)}, version 2 · check value {report.ContentHash![..16]}"), Bare(pages[page]));
        }
        Assert.True(document.Structure.Catalog.CatalogDictionary.ContainsKey(UglyToad.PdfPig.Tokens.NameToken.Create("StructTreeRoot")), "the PDF is not tagged");
    }

    [Fact]
    public async Task A_portal_that_does_not_know_its_own_address_prints_none()
    {
        await using var browser = await Printer();
        var report = Report("Blythe", [new("next", "Next step", "Two more sessions.")]) with { Superseded = true, CurrentId = Guid.CreateVersion7() };
        var text = Text(await new ReportPdf(browser).Print(report, null, Ct));
        Assert.Contains(report.ContentHash!, text);
        foreach (var never in (string[])["verify", "http", "Open the current version"]) Assert.DoesNotContain(never, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_file_is_issued_once_for_each_kind_of_reader_and_can_be_verified_by_its_bytes()
    {
        await using var browser = await Printer();
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.InitialAssessment);
        var files = new ReportFiles(database.Database, new ReadReport(database.Database), new ReportPdf(browser));
        async Task<byte[]> File(string who) => (await files.Handle(await database.Actor(who), report, Portal, Ct)).Value!.Pdf;

        var first = await File(Solicitor);
        Assert.Equal(first, await File(Partner));
        var payers = await File(Funder);
        Assert.NotEqual(first, payers);
        Assert.Contains("[subjective]", Text(first));
        Assert.DoesNotContain("[subjective]", Text(payers));
        Assert.IsType<Failure.Missing>((await files.Handle(await database.Actor(Stranger), report, Portal, Ct)).Failure);

        var verify = new VerifyReport(database.Sources);
        foreach (var pdf in new[] { first, payers }) Assert.Equal(Genuineness.Current, (await verify.Handle(null, Convert.ToHexString(SHA256.HashData(pdf)), Ct)).Value);
        Assert.Equal(Genuineness.Unknown, (await verify.Handle(null, Convert.ToHexString(SHA256.HashData([.. first, 0])), Ct)).Value);

        var clinician = await database.Actor(Clinician);
        var second = (await new AmendReport(database.Database).Start(clinician, Guid.CreateVersion7(), report, "Wrong date.", Ct)).Value;
        await database.Sign(second, await database.Fill((await database.Write().Open(clinician, second, Ct)).Value!));
        Assert.Equal(Genuineness.Superseded, (await verify.Handle(null, Convert.ToHexString(SHA256.HashData(first)), Ct)).Value);
        Assert.Contains("Superseded.", Text(await File(Solicitor)));
    }

    [Fact]
    public async Task An_employer_gets_its_own_copy_of_a_file_and_no_other_even_past_the_use_case()
    {
        var referral = await database.Treated(Employer);
        var report = await database.Signed(referral, ReportKind.Progress);
        await database.Run("""
            insert into report_file (id, report_id, audience, superseded, pdf, sha256)
            select gen_random_uuid(), @report, audience, false, 'x'::bytea, sha256('x'::bytea) from unnest(array['clinic', 'case_manager', 'employer']) audience
            """, new { report });
        async Task<string?> Files(string who) => await database.Database.Read(await database.Actor(who), async unit => await unit.One<string?>("select string_agg(audience, ' ' order by audience) from report_file where report_id = @report", new { report }), Ct);
        Assert.Equal("employer", await Files(Employer));
        Assert.Equal("case_manager clinic employer", await Files(CaseManager));
        Assert.Null(await Files(Stranger));
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

        var pdf = await printer.Print(Report("<i>=1+1</i>", sections), Portal, TestContext.Current.CancellationToken);

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

    static string Text(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        return string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
    }

    /// <summary>For a look at it: where <c>REPORT_PDFS</c> names a folder, each kind's file is put there.</summary>
    static async Task Keep(byte[] pdf, ReportKind kind)
    {
        if (Environment.GetEnvironmentVariable("REPORT_PDFS") is { Length: > 0 } folder) await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, $"{kind}.pdf"), pdf, Ct);
    }

    internal static async Task<PagePrinter> Printer() => new(
        new ServiceCollection().AddLogging().BuildServiceProvider(), NullLoggerFactory.Instance,
        new ConfigurationBuilder().AddInMemoryCollection([new("Pdf:Chromium", await TestBrowser.Program())]).Build());

    static ReportCopy Report(string familyName, ReportSection[] sections, ReportKind kind = ReportKind.Progress) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), ReportAudience.Referrer, "R-7K3M-92QX", "Niamh", familyName, new DateOnly(1984, 3, 12), "CL-1", "NL-1", new DateOnly(2025, 9, 1), "Northgate Law", kind, 1, sections, PartOnly: false)
    {
        AuthorName = "Beth Entwistle", AuthorHcpc = "PH104512", SignedAt = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), ReleasedAt = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), ContentHash = ReportContent.Hash(sections),
    };
}
