using System.IO.Compression;
using System.Text;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Documents.Content;

namespace ReferralPortal.Web.Tests.Features.Documents;

/// <summary>What a file is told by its bytes alone: the whole table of what is taken and what is not.</summary>
public sealed class FileCheckTests
{
    static readonly byte[] Exe = [.. "MZ"u8, .. new byte[200]];
    static readonly byte[] PlainZip = ExampleFiles.Zip(("letter.txt", "Dear Sirs"u8.ToArray()));

    static readonly Dictionary<string, (byte[] File, object Expected)> Table = new()
    {
        // Taken
        ["PDF"] = (ExampleFiles.Pdf(3), FileFormat.Pdf),
        ["PDF whose last line is padded"] = ([.. ExampleFiles.Pdf(), .. "\r\n\0\0 "u8], FileFormat.Pdf),
        ["DOCX"] = (ExampleFiles.Docx(), FileFormat.Docx),
        ["DOCX with a sheet in it"] = (ExampleFiles.Docx(("word/embeddings/Sheet1.xlsx", PlainZip)), FileFormat.Docx),
        ["DOCX from a firm's own template"] = (ExampleFiles.Docx(("word/_rels/settings.xml.rels", Template(@"file:///\\server\Letters\Letter.dotx"))), FileFormat.Docx),
        ["JPEG"] = (ExampleFiles.Jpeg, FileFormat.Jpeg),
        ["JPEG with a smaller picture behind"] = ([.. ExampleFiles.Jpeg, .. ExampleFiles.Jpeg], FileFormat.Jpeg),
        ["JPEG padded with zeros"] = ([.. ExampleFiles.Jpeg, .. new byte[100]], FileFormat.Jpeg),
        ["PNG"] = (ExampleFiles.Png, FileFormat.Png),
        ["TIFF"] = (ExampleFiles.Tiff, FileFormat.Tiff),
        ["HEIC"] = (ExampleFiles.Heic, FileFormat.Heic),
        ["MSG"] = (ExampleFiles.Msg, FileFormat.Msg),
        ["EML"] = (ExampleFiles.Eml(), FileFormat.Eml),
        ["EML in Unicode"] = (ExampleFiles.Eml("您好 👋 שלום"), FileFormat.Eml),

        // Cut off
        ["PDF cut off"] = (ExampleFiles.Pdf(3, 5000)[..4000], FileFault.Damaged),
        ["PDF of its first line only"] = ("%PDF-1.7\n"u8.ToArray(), FileFault.Damaged),
        ["DOCX cut off"] = (ExampleFiles.Docx()[..^30], FileFault.Damaged),
        ["JPEG cut off"] = (ExampleFiles.Jpeg[..^20], FileFault.Damaged),
        ["JPEG of three bytes"] = ([0xFF, 0xD8, 0xFF], FileFault.Damaged),
        ["PNG cut off"] = (ExampleFiles.Png[..^9], FileFault.Damaged),
        ["PNG of its signature only"] = (ExampleFiles.Png[..8], FileFault.Damaged),
        ["TIFF cut off"] = (ExampleFiles.Tiff[..300], FileFault.Damaged),
        ["TIFF whose picture is elsewhere"] = (Changed(ExampleFiles.Tiff, 264 + 2 + 5 * 12 + 8, 0xFF, 0xFF, 0xFF, 0x00), FileFault.Damaged),
        ["TIFF whose pages go round in circles"] = (Changed(ExampleFiles.Tiff, ExampleFiles.Tiff.Length - 4, 0x08, 0x01), FileFault.Damaged),
        ["HEIC cut off"] = (ExampleFiles.Heic[..^50], FileFault.Damaged),
        ["MSG cut off"] = (ExampleFiles.Msg[..1100], FileFault.Damaged),

        // Two in one, and behind another's back
        ["PDF with a ZIP behind it"] = ([.. ExampleFiles.Pdf(), .. PlainZip], FileFault.TwoInOne),
        ["PDF with a script behind it"] = ([.. ExampleFiles.Pdf(), .. "<script>alert(1)</script>"u8], FileFault.TwoInOne),
        ["JPEG with a ZIP behind it"] = ([.. ExampleFiles.Jpeg, .. PlainZip], FileFault.TwoInOne),
        ["JPEG with PHP behind it"] = ([.. ExampleFiles.Jpeg, .. "<?php system($_GET['c']);"u8], FileFault.TwoInOne),
        ["PNG with a program behind it"] = ([.. ExampleFiles.Png, .. Exe], FileFault.TwoInOne),
        ["HEIC with a ZIP behind it"] = ([.. ExampleFiles.Heic, .. PlainZip], FileFault.TwoInOne),
        ["MSG with a ZIP behind it"] = ([.. ExampleFiles.Msg, .. PlainZip], FileFault.TwoInOne),
        ["TIFF with a ZIP behind it"] = ([.. ExampleFiles.Tiff, .. PlainZip], FileFault.TwoInOne),
        ["EML with a ZIP behind it"] = ([.. ExampleFiles.Eml(), .. PlainZip], FileFault.NotTaken),
        ["ZIP with a PDF in front"] = ([.. "%PDF-1.7\n"u8, .. PlainZip], FileFault.TwoInOne),
        ["program with a PDF behind it"] = ([.. Exe, .. ExampleFiles.Pdf()], FileFault.Program),
        ["web page with a PDF behind it"] = ([.. "<html><script>"u8, .. ExampleFiles.Pdf()], FileFault.WebPage),
        ["DOCX with two parts of one name"] = (ExampleFiles.Zip(("[Content_Types].xml", ExampleFiles.ContentTypes()), ("word/document.xml", [1]), ("word/Document.xml", [2])), FileFault.TwoInOne),

        // Macros and what fetches them
        ["DOCM"] = (ExampleFiles.Docx(("[Content_Types].xml", ExampleFiles.ContentTypes("application/vnd.ms-word.document.macroEnabled.main+xml"))), FileFault.Macros),
        ["DOCX that hides a macro project"] = (ExampleFiles.Docx(("word/vbaProject.bin", [1, 2, 3])), FileFault.Macros),
        ["DOCX with an ActiveX control"] = (ExampleFiles.Docx(("word/activeX/activeX1.bin", [1])), FileFault.Macros),
        ["DOCX with an embedded program"] = (ExampleFiles.Docx(("word/embeddings/oleObject1.bin", Exe)), FileFault.Macros),
        ["DOCX with a template on the web"] = (ExampleFiles.Docx(("word/_rels/settings.xml.rels", Template("https://evil.example/t.dotm"))), FileFault.Macros),
        ["old Word with macros"] = (ExampleFiles.Container("WordDocument", "Macros"), FileFault.Macros),

        // Locked, too large inside
        ["DOCX with a password"] = (ExampleFiles.Container("EncryptionInfo", "EncryptedPackage"), FileFault.Password),
        ["DOCX that unpacks to a gigabyte"] = (Bomb(), FileFault.TooMuchInside),
        ["DOCX whose directory lies about a bomb"] = (LyingBomb(), FileFault.TooMuchInside),
        ["DOCX of five thousand parts"] = (ExampleFiles.Docx([.. Enumerable.Range(0, 5000).Select(number => ($"word/{number}", Array.Empty<byte>()))]), FileFault.TooMuchInside),

        // Other kinds, whatever they are called
        ["program"] = (Exe, FileFault.Program),
        ["Linux program"] = ([0x7F, .. "ELF"u8, .. new byte[60]], FileFault.Program),
        ["script"] = ("#!/bin/sh\nrm -rf /\n"u8.ToArray(), FileFault.Program),
        ["shortcut"] = ([0x4C, 0, 0, 0, 1, 0x14, 2, 0, .. new byte[40]], FileFault.Program),
        ["HTML"] = ("<!DOCTYPE html><html></html>"u8.ToArray(), FileFault.WebPage),
        ["HTML behind spaces and a mark"] = ([0xEF, 0xBB, 0xBF, .. " \r\n <script>"u8], FileFault.WebPage),
        ["HTML in UTF-16"] = ([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<html>")], FileFault.WebPage),
        ["SVG"] = ("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray(), FileFault.WebPage),
        ["saved page"] = (Encoding.ASCII.GetBytes("From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example\r\nDate: Mon, 2 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n\r\n<html>"), FileFault.WebPage),
        ["ZIP"] = (PlainZip, FileFault.Archive),
        ["RAR"] = ("Rar!\u001a\u0007"u8.ToArray(), FileFault.Archive),
        ["gzip"] = ([0x1F, 0x8B, 8, 0], FileFault.Archive),
        ["XLSX"] = (ExampleFiles.Zip(("[Content_Types].xml", ExampleFiles.ContentTypes("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")), ("xl/workbook.xml", [1])), FileFault.OtherDocument),
        ["old Word"] = (ExampleFiles.Container("WordDocument", "1Table"), FileFault.OtherDocument),
        ["old Excel"] = (ExampleFiles.Container("Workbook"), FileFault.OtherDocument),
        ["RTF"] = ("{\\rtf1 hello}"u8.ToArray(), FileFault.OtherDocument),
        ["installer"] = (ExampleFiles.Container("\u4840\u3F3F"), FileFault.NotTaken),
        ["GIF"] = ("GIF89a"u8.ToArray(), FileFault.OtherImage),
        ["WEBP"] = ([.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8], FileFault.OtherImage),
        ["AVIF"] = ([0, 0, 0, 16, .. "ftypavif"u8, 0, 0, 0, 0], FileFault.OtherImage),
        ["video"] = ([0, 0, 0, 16, .. "ftypisom"u8, 0, 0, 0, 0], FileFault.NotTaken),
        ["plain text"] = ("Dear Sirs,\n\nplease see him.\n"u8.ToArray(), FileFault.NotTaken),
        ["text that looks like a header for one line"] = ("From: me\n\nDear Sirs"u8.ToArray(), FileFault.NotTaken),
        ["random bytes"] = (Noise(), FileFault.NotTaken),
        ["one byte"] = ([42], FileFault.NotTaken),
    };

    public static readonly TheoryData<string> Names = [.. Table.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_file_is_what_its_bytes_say(string name)
    {
        var (file, expected) = Table[name];
        var verdict = FileCheck.Of(new MemoryStream(file));
        Assert.Equal(expected, (object?)verdict.Format ?? verdict.Fault);
        Assert.True(verdict.Format is null != verdict.Fault is null);
    }

    [Fact]
    public void No_file_that_is_cut_off_anywhere_and_no_file_with_a_changed_byte_is_a_fault_of_the_program()
    {
        var random = new Random(20261125);
        foreach (var (_, (file, _)) in Table)
        {
            if (file.Length > 20_000) continue;
            for (var round = 0; round < 40; round++)
            {
                var broken = file[..random.Next(file.Length + 1)];
                if (broken.Length > 0 && round % 2 == 0)
                {
                    broken = [.. file];
                    for (var change = 0; change < 4; change++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
                }
                FileCheck.Of(new MemoryStream(broken)); // whatever it says, it says it
            }
        }
    }

    [Fact]
    public void Every_reason_is_said_in_words_with_what_to_do() =>
        Assert.All(Enum.GetValues<FileFault>(), fault => Assert.True(DocumentWords.Of(fault).Length > 40, fault.ToString()));

    [Theory]
    [InlineData("report.pdf", FileFormat.Pdf, "report.pdf")]
    [InlineData("REPORT.PDF", FileFormat.Pdf, "REPORT.PDF")]
    [InlineData("scan.jpeg", FileFormat.Jpeg, "scan.jpeg")]
    [InlineData("photo.pdf", FileFormat.Jpeg, "photo.pdf.jpg")]
    [InlineData("letter.hta", FileFormat.Eml, "letter.hta.eml")]
    [InlineData("letter", FileFormat.Docx, "letter.docx")]
    [InlineData("報告書 👩‍⚕️.pdf", FileFormat.Pdf, "報告書 👩‍⚕️.pdf")]
    [InlineData("דוח רפואי.pdf", FileFormat.Pdf, "דוח רפואי.pdf")]
    [InlineData("annex\u202Efdp.exe", FileFormat.Pdf, "annexfdp.exe.pdf")]
    [InlineData("a:b*c?.pdf", FileFormat.Pdf, "abc.pdf")]
    public void A_download_s_ending_is_always_one_of_its_format(string kept, FileFormat format, string served) => Assert.Equal(served, FileName.Served(kept, format));

    [Theory]
    [InlineData("報告書 👩‍⚕️.pdf", "報告書 👩‍⚕️.pdf")]
    [InlineData(@"C:\fakepath\letter.pdf", "letter.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("a\0b\r\nc.pdf", "a_b__c.pdf")]
    [InlineData(" spaced .pdf ", "spaced .pdf")]
    [InlineData("..", null)]
    [InlineData("  ", null)]
    [InlineData(null, null)]
    public void A_name_is_kept_as_it_is_but_for_what_is_no_name(string? given, string? kept) => Assert.Equal(kept, FileName.Kept(given));

    [Fact]
    public void A_name_that_is_too_long_keeps_its_ending_and_no_half_of_a_sign()
    {
        var kept = FileName.Kept(string.Concat(Enumerable.Repeat("👩", 300)) + ".docx")!;
        Assert.True(kept.Length <= FileName.Longest && kept.EndsWith("👩.docx", StringComparison.Ordinal));
        Assert.DoesNotContain('\uFFFD', kept);
    }

    static byte[] Template(string target) => Encoding.UTF8.GetBytes(
        $"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="{target}" TargetMode="External"/></Relationships>""");

    static byte[] Changed(byte[] file, int place, params byte[] bytes)
    {
        byte[] changed = [.. file];
        bytes.CopyTo(changed, place);
        return changed;
    }

    static byte[] Noise()
    {
        var bytes = new byte[5000];
        new Random(3).NextBytes(bytes);
        bytes[0] = 0x99;
        return bytes;
    }

    static byte[] Bomb()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var types = archive.CreateEntry("[Content_Types].xml").Open()) types.Write(ExampleFiles.ContentTypes());
            using var zeros = archive.CreateEntry("word/document.xml").Open();
            for (var megabyte = 0; megabyte < 1024; megabyte += 8) zeros.Write(new byte[8 << 20]);
        }
        return file.ToArray();
    }

    /// <summary>The directory says that the part is 1,000 bytes long; it unpacks to 30 MB.</summary>
    static byte[] LyingBomb()
    {
        var file = ExampleFiles.Docx(("word/media/image1.png", new byte[30 << 20]));
        byte[] length = [.. BitConverter.GetBytes(30 << 20)];
        for (var place = 0; place < file.Length - 4; place++)
            if (file.AsSpan(place, 4).SequenceEqual(length)) BitConverter.GetBytes(1000).CopyTo(file, place);
        return file;
    }
}
