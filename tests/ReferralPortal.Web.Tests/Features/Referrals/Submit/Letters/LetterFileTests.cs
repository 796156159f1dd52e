using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Microsoft.Playwright;
using MimeKit;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Submit.Letters;
using ReferralPortal.Web.Platform;
using UglyToad.PdfPig.Writer;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>Letters as they come: PDF, Word, e-mail, plain text, and files that are none.</summary>
public sealed class LetterFileTests
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_printed_PDF_reads_as_well_as_its_text()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await TestBrowser.Launch(playwright);
        var page = await browser.NewPageAsync();
        foreach (var name in new[] { "d02-two-people", "d01-table" })
        {
            var letter = LetterFixture.One(name);
            await page.SetContentAsync(name == "d01-table" ? Table(letter.Text) : $"<body style='font: 12pt serif; margin: 2cm'>{string.Concat(letter.Text.Split("\n\n").Select(part => $"<p>{System.Net.WebUtility.HtmlEncode(part).Replace("\n", "<br>")}</p>"))}</body>");
            ReadsWell(letter, LetterFile.Read(await page.PdfAsync(new() { Format = "A4" })));
        }
    }

    // Rows of two columns as a real table, the rest as paragraphs.
    static string Table(string text) => "<body style='font: 11pt sans-serif'><table>" + string.Concat(text.Split('\n').Select(line => line.Split("  ", 2) is [var label, var value] && label.Length > 0
        ? $"<tr><td style='width:6cm'>{System.Net.WebUtility.HtmlEncode(label)}</td><td>{System.Net.WebUtility.HtmlEncode(value.Trim())}</td></tr>"
        : $"<tr><td colspan='2'>{(line.Length == 0 ? "&nbsp;" : System.Net.WebUtility.HtmlEncode(line))}</td></tr>")) + "</table></body>";

    [Theory]
    [InlineData("d08-intermediary")]
    [InlineData("d09-case-manager")]
    public void A_Word_document_reads_as_well_as_its_text(string name)
    {
        var letter = LetterFixture.One(name);
        using var stream = new MemoryStream();
        using (var document = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var body = new Body();
            Table? table = null;
            foreach (var line in letter.Text.Split('\n'))
                if (name == "d08-intermediary" && line.Split(": ", 2) is [var label, var value])
                {
                    if (table is null) body.Append(table = new Table());
                    table.Append(new TableRow(Cell(label), Cell(value)));
                }
                else
                {
                    table = null;
                    body.Append(Paragraph(line));
                }
            document.AddMainDocumentPart().Document = new Document(body);
        }
        ReadsWell(letter, LetterFile.Read(stream.ToArray()));
    }

    static TableCell Cell(string words) => new(Paragraph(words));

    static Paragraph Paragraph(string words) => new(new Run(new Text(words) { Space = SpaceProcessingModeValues.Preserve }));

    [Theory]
    [InlineData("d03-terse", false)]
    [InlineData("d10-chinese", true)]
    public void A_saved_e_mail_reads_as_well_as_its_text(string name, bool html)
    {
        var letter = LetterFixture.One(name);
        var (head, body) = letter.Text.Split("\n\n", 2) is [var first, var rest] ? (first, rest) : ("", letter.Text);
        var message = new MimeMessage { Subject = Header(head, "Subject") };
        message.From.Add(MailboxAddress.Parse(Header(head, "From")));
        message.To.Add(MailboxAddress.Parse("office@physio.co.uk"));
        message.Body = html
            ? new TextPart("html") { Text = $"<html><head><style>p {{ color: red }}</style></head><body>{string.Concat(body.Split("\n\n").Select(part => $"<p>{System.Net.WebUtility.HtmlEncode(part).Replace("\n", "<br>\n")}</p>"))}<script>bad()</script></body></html>" }
            : new MultipartAlternative(new TextPart("plain") { Text = body }, new TextPart("html") { Text = "<p>not this one</p>" });
        using var stream = new MemoryStream();
        message.WriteTo(stream, Ct);

        var outcome = LetterFile.Read(stream.ToArray());

        Assert.DoesNotContain("bad()", outcome.Value!.Text);
        Assert.DoesNotContain("not this one", outcome.Value.Text);
        ReadsWell(letter, outcome);
    }

    static string Header(string head, string name) => head.Split('\n').Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    [Fact]
    public void The_attachment_of_an_e_mail_is_mentioned_and_not_opened()
    {
        var builder = new BodyBuilder { TextBody = "Please see the letter." };
        builder.Attachments.Add("letter.pdf", "%PDF-1.4"u8.ToArray(), new ContentType("application", "pdf"));
        var message = new MimeMessage { Body = builder.ToMessageBody() };
        message.From.Add(MailboxAddress.Parse("a@firm.example"));
        using var stream = new MemoryStream();
        message.WriteTo(stream, Ct);
        Assert.Contains("an attachment", LetterFile.Read(stream.ToArray()).Value!.Note);
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("windows-1252", false)]
    public void Plain_text_is_read_in_the_encodings_that_people_save(string encoding, bool marked)
    {
        const string text = "Re: Mr Zoë O’Brien – “our client”\nDOB: 12/03/1984\n";
        var used = encoding == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(encoding);
        byte[] bytes = [.. marked ? used.GetPreamble() : [], .. used.GetBytes(text)];
        Assert.Equal(text, LetterFile.Read(bytes).Value!.Text);
    }

    [Fact]
    public void A_scan_without_text_a_protected_PDF_and_a_damaged_file_each_say_what_they_are()
    {
        var scan = new PdfDocumentBuilder();
        scan.AddPage(UglyToad.PdfPig.Content.PageSize.A4).DrawRectangle(new(50, 50), 400, 600);
        Assert.Contains("only pictures of pages", Refusal(scan.Build()));
        Assert.Contains("protected by a password", Refusal(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Features", "Referrals", "Submit", "Letters", "Files", "protected.pdf"))));
        Assert.Contains("damaged", Refusal("%PDF-1.7 and then nothing of the sort"u8.ToArray()));
        Assert.Contains("damaged", Refusal([0x50, 0x4B, 0x03, 0x04, 1, 2, 3]));
        Assert.Contains("older Office file", Refusal([0xD0, 0xCF, 0x11, 0xE0, 0, 0]));
        Assert.Contains("picture", Refusal([0x89, 0x50, 0x4E, 0x47, 0, 0]));
        Assert.Contains("no words", Refusal("   \n "u8.ToArray()));
        Assert.Contains("cannot be read", Refusal([1, 2, 3, 4, 5, 6, 7, 8]));
    }

    [Fact]
    public async Task A_file_that_is_too_large_empty_or_cut_short_is_refused_before_it_is_read()
    {
        Assert.Contains("10 MB", Words(await LetterFile.Read(() => throw new InvalidOperationException("must not be opened"), LetterFile.LargestBytes + 1, Ct)));
        Assert.Contains("empty", Words(await LetterFile.Read(() => throw new InvalidOperationException("must not be opened"), 0, Ct)));
        Assert.Contains("did not arrive whole", Words(await LetterFile.Read(() => new MemoryStream(new byte[10]), 20, Ct)));
        for (var again = 0; again < 8; again++) Assert.NotNull((await LetterFile.Read(() => new MemoryStream("Re: Mr A B"u8.ToArray()), 10, Ct)).Value); // every turn is given back
    }

    [Fact]
    public void A_small_PDF_that_unfolds_without_end_is_refused()
    {
        var bomb = PdfBomb(60 * 1024 * 1024);
        Assert.True(bomb.Length < 200_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("damaged", Refusal(bomb));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40L * 1024 * 1024);
    }

    static byte[] PdfBomb(int unfolded)
    {
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            for (var written = 0; written < unfolded; written += 65_536) zip.Write(Enumerable.Repeat((byte)' ', 65_536).ToArray());
        using var pdf = new MemoryStream();
        List<long> places = [];
        void Write(string text) => pdf.Write(Encoding.Latin1.GetBytes(text));
        void Begin(string text)
        {
            places.Add(pdf.Position);
            Write(text);
        }
        Write("%PDF-1.4\n");
        Begin("1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
        Begin("2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
        Begin("3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>\nendobj\n");
        Begin($"4 0 obj\n<< /Length {packed.Length} /Filter /FlateDecode >>\nstream\n");
        packed.WriteTo(pdf);
        Write("\nendstream\nendobj\n");
        var table = pdf.Position;
        Write($"xref\n0 5\n0000000000 65535 f \n{string.Concat(places.Select(place => $"{place:0000000000} 00000 n \n"))}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF");
        return pdf.ToArray();
    }

    static void ReadsWell(LetterFixture letter, Outcome<LetterContent> outcome)
    {
        Assert.Null(outcome.Failure);
        var score = new LetterScore();
        score.Add(letter, LetterFixture.Read(outcome.Value!.Text));
        Assert.True(score.Precision >= 0.95 && score.Recall >= 0.9, $"precision {score.Precision:0.00}, recall {score.Recall:0.00}\n{string.Join('\n', score.Complaints)}\n{outcome.Value.Text}");
    }

    static string Refusal(byte[] bytes) => Words(LetterFile.Read(bytes));

    static string Words(Outcome<LetterContent> outcome) => Assert.IsType<Failure.Refused>(outcome.Failure).Words;
}
