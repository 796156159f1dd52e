using System.IO.Compression;
using System.Text;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Tests.Platform.Spreadsheets;

public sealed class SpreadsheetFilesTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly string[] Nasty =
    [
        "=HYPERLINK(\"http://x\")", "'=x", "''", "\"quoted\"", "a,b;c\td", "two\nlines", "two\r\nlines", "  spaces  ", "ÅÄÖ 田中さん 👩‍👩‍👧‍👦 ‮rtl", "﷽", "<script>alert(1)</script>", "'; drop table referral; --",
        "﻿mark", "null", "NaN", "1e5", "007", "##notes?", "\\u0000", "𝕴", "-", "+44 161 496 0123", "‎", new string('x', 4000),
    ];

    static Task<Outcome<Spreadsheet>> Read(byte[] bytes, SpreadsheetLimits? limits = null) => SpreadsheetReader.Read(new MemoryStream(bytes), limits ?? new(), Ct);
    static Task<Outcome<Spreadsheet>> Read(string text, Encoding? encoding = null) => Read((encoding ?? Encoding.UTF8).GetBytes(text));

    static async Task<string> Refused(byte[] bytes, SpreadsheetLimits? limits = null) => Assert.IsType<Failure.Refused>((await Read(bytes, limits)).Failure).Words;

    static async Task<byte[]> Written(SpreadsheetFormat format, IReadOnlyList<string>[] rows)
    {
        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, format, [new Sheet("One", SpreadsheetWriter.Of(rows)), new Sheet("Two", SpreadsheetWriter.Of([["## a note"]]))], Ct);
        return file.ToArray();
    }

    [Fact]
    public async Task Every_string_of_the_corpus_that_can_be_stored_comes_back_from_a_csv_file()
    {
        var strings = (await NastyStrings.All()).Where(text => text.Length <= 4000 && TypedText.Storable(text) == text).ToArray();
        Assert.True(strings.Length > 400);
        var sheet = (await Read(await Written(SpreadsheetFormat.Csv, [["Number", "Text"], .. strings.Select((text, place) => new[] { $"n{place}", text })]))).Value!;
        Assert.Equal(strings, sheet.Rows.Select(row => row.Cells[1]));
    }

    [Theory]
    [InlineData(SpreadsheetFormat.Csv)]
    [InlineData(SpreadsheetFormat.Xlsx)]
    public async Task Every_text_that_is_written_comes_back(SpreadsheetFormat format)
    {
        var bytes = await Written(format, [["Number", "Text"], .. Nasty.Select((text, place) => new[] { $"n{place}", text })]);
        var sheet = (await Read(bytes)).Value!;
        Assert.Equal(["Number", "Text"], sheet.Headings);
        // Excel's own format knows one kind of line break, and so does everything that reads XML.
        Assert.Equal(Nasty.Select(text => format == SpreadsheetFormat.Csv ? text : text.Replace("\r\n", "\n", StringComparison.Ordinal)),
            sheet.Rows.Select(row => format == SpreadsheetFormat.Csv ? row.Cells[1] : row.Cells[1].Replace("\r\n", "\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Excel_keeps_what_is_typed_into_our_files_as_text()
    {
        using var package = new ZipArchive(new MemoryStream(await Written(SpreadsheetFormat.Xlsx, [["Telephone"], ["0161 496 0123"]])));
        using var styles = new StreamReader(package.GetEntry("xl/styles.xml")!.Open());
        Assert.Contains("<x:xf numFmtId=\"49\"", await styles.ReadToEndAsync(Ct));
    }

    [Theory]
    [InlineData("a,b\r\n1,2\r\n")]
    [InlineData("a;b\n1;2")]
    [InlineData("a\tb\n1\t2\n\n")]
    [InlineData("sep=;\r\na;b\r\n1;2")]
    [InlineData("\"a\",\"b\"\r\n\"1\",\"2\"")]
    [InlineData("﻿a,b\n1,2")]
    public async Task Comma_semicolon_and_tab_are_told_apart(string text)
    {
        var sheet = (await Read(text)).Value!;
        Assert.Equal(["a", "b"], sheet.Headings);
        Assert.Equal(["1", "2"], Assert.Single(sheet.Rows).Cells);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("windows-1252")]
    public async Task Letters_of_every_usual_encoding_are_read(string name)
    {
        var encoding = name == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(name);
        var sheet = (await Read([.. encoding.GetPreamble(), .. encoding.GetBytes("Name,Fee\nZoë O’Neill,£5")])).Value!;
        Assert.Equal(["Zoë O’Neill", "£5"], sheet.Rows[0].Cells);
    }

    [Fact]
    public async Task Rows_keep_the_number_that_a_person_sees_and_empty_ones_are_left_out()
    {
        var sheet = (await Read("a,b\n1,2\n,\n## a note,x\n3,4\n5")).Value!;
        Assert.Equal([(2, "1"), (5, "3"), (6, "5")], sheet.Rows.Select(row => (row.Number, row.Cells[0])));
        Assert.Equal(["5", ""], sheet.Rows[2].Cells);
    }

    [Fact]
    public async Task A_quote_that_never_ends_is_said() => Assert.Contains("quotation mark", await Refused(Encoding.UTF8.GetBytes("a,b\n\"x,1\n" + string.Concat(Enumerable.Repeat("line,2\n", 5000)))));

    [Fact]
    public async Task Cells_without_a_heading_are_said() => Assert.Contains("Row 3 has more cells", await Refused("a,b\n1,2\n1,2,3"u8.ToArray()));

    [Fact]
    public async Task Limits_are_said()
    {
        var small = new SpreadsheetLimits(Bytes: 100, Rows: 2, Columns: 3, CellLength: 10);
        Assert.Contains("more than 2 rows", await Refused("a\n1\n2\n3"u8.ToArray(), small));
        Assert.Contains("more than 3 columns", await Refused("a,b,c,d\n1,2,3,4"u8.ToArray(), small));
        Assert.Contains("Row 2, column 2 is longer than 10", await Refused("a,b\n1,12345678901"u8.ToArray(), small));
        Assert.Contains("too much text", await Refused("a\n12345678\n12345678"u8.ToArray(), small with { Characters = 10 }));
        Assert.Contains("larger than", await Refused(new byte[101], small));
        Assert.Contains("empty", await Refused([]));
        Assert.Contains("no rows", await Refused("a,b\n"u8.ToArray()));
    }

    [Fact]
    public async Task What_is_no_table_is_said()
    {
        Assert.Contains("PDF", await Refused("%PDF-1.7\n"u8.ToArray()));
        Assert.Contains("no text and no Excel", await Refused([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 1]));
        byte[] compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        Assert.Contains(".xls", await Refused([.. compound, .. new byte[600]]));
        Assert.Contains("password", await Refused([.. compound, .. new byte[600], .. Encoding.Unicode.GetBytes("EncryptedPackage")]));
        Assert.Contains("no Excel file", await Refused(Package(("word/document.xml", "<x/>"u8.ToArray()))));
        Assert.Contains(".xlsb", await Refused(Package(("xl/workbook.bin", [1]))));
        Assert.Contains("could not be read", await Refused(Package(("xl/workbook.xml", "<nonsense"u8.ToArray()))));
        Assert.Contains("could not be read", await Refused([0x50, 0x4B, 3, 4, 1, 2, 3]));
    }

    [Fact]
    public async Task A_zip_bomb_is_refused_without_being_held()
    {
        var bomb = Package(("xl/workbook.xml", "<workbook/>"u8.ToArray()), ("xl/worksheets/sheet1.xml", new byte[200 * 1024 * 1024]));
        Assert.True(bomb.Length < 1024 * 1024);
        Assert.Contains("unpacks to more than 100 MB", await Refused(bomb));
    }

    [Fact]
    public async Task Excel_cells_come_as_a_person_reads_them()
    {
        var sheet = (await Read(Workbook("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>Date</t></is></c><c r="B1" t="inlineStr"><is><t>Phone</t></is></c><c r="C1" t="inlineStr"><is><t>Formula</t></is></c><c r="D1" t="inlineStr"><is><t>Yes</t></is></c></row>
            <row r="2"><c r="A2" s="1"><v>30753</v></c><c r="B2"><v>1614960123</v></c><c r="C2" t="str"><f>UPPER("neck")</f><v>NECK</v></c><c r="D2" t="b"><v>1</v></c></row>
            <row r="5"><c r="A5" s="1"><v>30754</v></c><c r="B5"><v>0.1</v></c><c r="C5"><f>1+1</f><v>2</v></c><c r="D5" t="e"><v>#N/A</v></c></row>
            """))).Value!;
        Assert.Equal(["12/03/1984", "1614960123", "NECK", "yes"], sheet.Rows[0].Cells);
        Assert.Equal((5, "13/03/1984", "0.1", "2", "#N/A"), (sheet.Rows[1].Number, sheet.Rows[1].Cells[0], sheet.Rows[1].Cells[1], sheet.Rows[1].Cells[2], sheet.Rows[1].Cells[3]));
    }

    static byte[] Package(params (string Name, byte[] Content)[] parts)
    {
        using var file = new MemoryStream();
        using (var package = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in parts)
                using (var part = package.CreateEntry(name).Open()) part.Write(content);
        return file.ToArray();
    }

    static byte[] Workbook(string rows) => Package(
        ("[Content_Types].xml", """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"""u8.ToArray()),
        ("_rels/.rels", """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"""u8.ToArray()),
        ("xl/workbook.xml", """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""u8.ToArray()),
        ("xl/_rels/workbook.xml.rels", """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"""u8.ToArray()),
        ("xl/styles.xml", """<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"""u8.ToArray()),
        ("xl/worksheets/sheet1.xml", Encoding.UTF8.GetBytes($"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>""")));
}
