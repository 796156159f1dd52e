using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace ReferralPortal.Web.Platform.Spreadsheets;

/// <summary>What kind of file.</summary>
public enum SpreadsheetFormat { Csv, Xlsx }

/// <summary>One sheet: rows of texts, the headings first.</summary>
public sealed record Sheet(string Name, IAsyncEnumerable<IReadOnlyList<string>> Rows);

/// <summary>The only place that writes CSV or Excel: every cell goes through <see cref="SpreadsheetCell.Defuse"/>.</summary>
public static class SpreadsheetWriter
{
    /// <summary>The content type of a format.</summary>
    public static string ContentType(SpreadsheetFormat format) =>
        format == SpreadsheetFormat.Csv ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>The ending of a format's file names, with the dot.</summary>
    public static string Extension(SpreadsheetFormat format) => format == SpreadsheetFormat.Csv ? ".csv" : ".xlsx";

    /// <summary>The file as an answer that is written while the rows are read. A CSV file has the first sheet's rows, and under them the others'.</summary>
    public static IResult Download(SpreadsheetFormat format, string name, params IReadOnlyList<Sheet> sheets) =>
        Results.Stream(stream => Write(stream, format, sheets, default), ContentType(format), name + Extension(format));

    /// <summary>Writes the file.</summary>
    public static Task Write(Stream stream, SpreadsheetFormat format, IReadOnlyList<Sheet> sheets, CancellationToken ct) =>
        format == SpreadsheetFormat.Csv ? WriteCsv(stream, sheets, ct) : WriteXlsx(stream, sheets, ct);

    // With the mark of UTF-8 in front: without it Excel reads names in the machine's old code page.
    static async Task WriteCsv(Stream stream, IReadOnlyList<Sheet> sheets, CancellationToken ct)
    {
        var options = new CsvWriterOptions { WriteByteOrderMark = true, Quoting = CsvQuoting.WhenNeededOrWhitespace, ValidateFieldCount = false };
        await using var csv = CsvWriter.Create(stream, options, leaveOpen: true);
        foreach (var sheet in sheets)
            await foreach (var row in sheet.Rows.WithCancellation(ct))
                await csv.WriteRecordAsync([.. row.Select(SpreadsheetCell.Defuse)], ct);
    }

    // The library writes synchronously, which an answer's stream refuses: the file is made on disk, sent from there, and gone when it is closed.
    static async Task WriteXlsx(Stream stream, IReadOnlyList<Sheet> sheets, CancellationToken ct)
    {
        await using var file = TemporaryFile();
        await Task.Run(() => file.SaveAs(
            sheets.ToDictionary(sheet => sheet.Name, object (sheet) => Rows(sheet, ct)), printHeader: false, excelType: ExcelType.XLSX,
            configuration: new OpenXmlConfiguration { TableStyles = TableStyles.None, AutoFilter = false }), ct);
        KeepAsText(file);
        file.Position = 0;
        await file.CopyToAsync(stream, ct);
    }

    // Whoever fills in one of our files types telephone numbers: in a cell of the format "General" they lose their zeros. 49 is "Text".
    static void KeepAsText(Stream file)
    {
        using var package = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true);
        if (package.GetEntry("xl/styles.xml") is not { } entry) return;
        using var content = entry.Open();
        var styles = new StreamReader(content).ReadToEnd().Replace("numFmtId=\"0\" ", "numFmtId=\"49\" applyNumberFormat=\"1\" ", StringComparison.Ordinal);
        content.SetLength(0);
        content.Write(Encoding.UTF8.GetBytes(styles));
    }

    static IEnumerable<Dictionary<string, object>> Rows(Sheet sheet, CancellationToken ct) =>
        sheet.Rows.ToBlockingEnumerable(ct).Select(row => row.Select((cell, place) => (cell, place))
            .ToDictionary(one => one.place.ToString("000", CultureInfo.InvariantCulture), object (one) => Storable(SpreadsheetCell.Defuse(one.cell))));

    // XML has no control characters but tab and line breaks, and no half surrogate pairs.
    static string Storable(string text) =>
        text.All(System.Xml.XmlConvert.IsXmlChar) ? text : string.Concat(text.EnumerateRunes().Where(rune => rune.Value > 0xFFFF || System.Xml.XmlConvert.IsXmlChar((char)rune.Value)));

    /// <summary>A file of the system's own that nobody else opens and that is gone when it is closed.</summary>
    public static FileStream TemporaryFile() => new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
    });

    /// <summary>Rows that are there already.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<string>> Of(IEnumerable<IReadOnlyList<string>> rows)
    {
        await Task.CompletedTask;
        foreach (var row in rows) yield return row;
    }
}
