using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;
using MiniExcelLibs;

namespace ReferralPortal.Web.Platform.Spreadsheets;

/// <summary>How much of a file is read.</summary>
public sealed record SpreadsheetLimits(long Bytes = 10 * 1024 * 1024, int Rows = 5_000, int Columns = 200, int CellLength = 8_000, long UnpackedBytes = 100 * 1024 * 1024, int Characters = 30_000_000);

/// <summary>A table as it stands in a file. Rows without any text are left out.</summary>
public sealed record Spreadsheet(IReadOnlyList<string> Headings, IReadOnlyList<SpreadsheetRow> Rows);

/// <summary>One row. <paramref name="Number"/> is what a spreadsheet program shows beside it; there is a text for every heading.</summary>
public sealed record SpreadsheetRow(int Number, string[] Cells);

/// <summary>
/// Reads the first table of a CSV or Excel file as texts. What it is, is told by its content and not by its name. A file that cannot be read, or
/// is too large, is refused in words for the person who sent it; nothing in it is run, and no more of it is held than the limits allow.
/// </summary>
public static class SpreadsheetReader
{
    /// <summary>A row that begins like this is a note of the template, and no row.</summary>
    public const string Note = "##";

    const int LongestGap = 10_000, LongestRecord = 2 * 1024 * 1024;

    /// <param name="file">The file, from its beginning; it can be read more than once.</param>
    /// <param name="limits">How much of it.</param>
    /// <param name="ct">Cancels the reading.</param>
    public static async Task<Outcome<Spreadsheet>> Read(Stream file, SpreadsheetLimits limits, CancellationToken ct)
    {
        if (file.Length == 0) return Outcome.Refused("The file is empty.");
        if (file.Length > limits.Bytes) return Outcome.Refused($"The file is larger than {limits.Bytes / 1024 / 1024} MB. Split it into smaller ones.");

        var start = new byte[8];
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        file.Position = 0;
        return start.AsSpan(0, length) switch
        {
            [0x50, 0x4B, ..] => await Task.Run(() => ReadExcel(file, limits, ct), ct),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Outcome.Refused(await HoldsEncrypted(file, ct)
                ? "This Excel file is protected by a password. Save a copy without the password, and send that."
                : "This is an Excel file of the old kind (.xls). Open it in Excel and save it as .xlsx or CSV."),
            [0x25, 0x50, 0x44, 0x46, ..] => Outcome.Refused("This is a PDF. Send a CSV or Excel (.xlsx) file."),
            _ => await ReadText(file, limits, ct),
        };
    }

    static async Task<bool> HoldsEncrypted(Stream file, CancellationToken ct)
    {
        var whole = new byte[file.Length]; // at most the limit
        await file.ReadExactlyAsync(whole, ct);
        return whole.AsSpan().IndexOf(Encoding.Unicode.GetBytes("EncryptedPackage")) >= 0;
    }

    static Outcome<Spreadsheet> ReadExcel(Stream file, SpreadsheetLimits limits, CancellationToken ct)
    {
        try
        {
            if (ProblemWithPackage(file, limits, ct) is { } problem) return Outcome.Refused(problem);
            file.Position = 0;
            var table = new Table(limits);
            var (number, gap) = (0, 0);
            foreach (IDictionary<string, object> row in file.Query(useHeaderRow: false, excelType: ExcelType.XLSX))
            {
                ct.ThrowIfCancellationRequested();
                number++;
                var cells = row.Values.Select(Text).ToArray();
                gap = Array.TrueForAll(cells, string.IsNullOrWhiteSpace) ? gap + 1 : 0;
                if (gap > LongestGap) break;
                if (gap == 0 && table.Add(number, cells) is { } words) return Outcome.Refused(words);
            }
            return table.Done();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Another's parser on a file from outside: whatever it stumbles over, it is the file that cannot be read.
            return Outcome.Refused("This Excel file could not be read; it may be damaged. Open it in Excel, save it again as .xlsx or CSV, and send that.");
        }
    }

    /// <summary>Unpacks everything once and counts, because what a package says of its own size may be a lie.</summary>
    static string? ProblemWithPackage(Stream file, SpreadsheetLimits limits, CancellationToken ct)
    {
        using var package = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (package.GetEntry("xl/workbook.bin") is not null) return "This is a binary Excel file (.xlsb). Open it in Excel and save it as .xlsx or CSV.";
        if (package.GetEntry("xl/workbook.xml") is null) return "This is no Excel file. Send a CSV or Excel (.xlsx) file.";

        var left = limits.UnpackedBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            foreach (var entry in package.Entries)
            {
                using var content = entry.Open();
                for (int read; (read = content.Read(buffer)) > 0;)
                {
                    ct.ThrowIfCancellationRequested();
                    if ((left -= read) < 0) return $"This Excel file unpacks to more than {limits.UnpackedBytes / 1024 / 1024} MB. Copy the rows into a new workbook, without pictures and empty rows, and send that.";
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return null;
    }

    /// <summary>A cell as a person reads it: a date day first, a number without an exponent.</summary>
    static string Text(object? value) => value switch
    {
        null => "",
        string text => SpreadsheetCell.Read(text),
        DateTime date => date.ToString(date.TimeOfDay == default ? "dd/MM/yyyy" : "dd/MM/yyyy HH:mm", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("hh\\:mm", CultureInfo.InvariantCulture),
        bool yes => yes ? "yes" : "no",
        double number => number.ToString("0.###############", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    static async Task<Outcome<Spreadsheet>> ReadText(Stream file, SpreadsheetLimits limits, CancellationToken ct)
    {
        if (await Encodings.Of(file, ct) is not { } encoding) return Outcome.Refused("This is no text and no Excel file. Send a CSV or Excel (.xlsx) file.");

        file.Position = 0;
        using var reader = new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        var (delimiter, skipped) = await Delimiter(reader, ct);
        file.Position = 0;
        reader.DiscardBufferedData();
        for (var line = 0; line < skipped; line++) await reader.ReadLineAsync(ct);

        var table = new Table(limits);
        var unended = false;
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            Separator = delimiter,
            SkipEmptyLines = false, // so that rows keep their numbers
            MaxRecordSize = LongestRecord,
            OnMalformedRecord = wrong => unended |= wrong.Reason == CsvMalformedReason.UnterminatedQuote,
        };
        using var csv = CsvReader.Create(reader, options, leaveOpen: true);
        const string quote = "A quotation mark that is opened in or after row {0} is not closed again.";
        try
        {
            while (await csv.ReadAsync(ct))
            {
                if (unended) return Outcome.Refused(string.Format(CultureInfo.InvariantCulture, quote, csv.RowNumber + skipped));
                var cells = csv.Current.ToArray().Select(SpreadsheetCell.Read).ToArray();
                if (!Array.TrueForAll(cells, string.IsNullOrWhiteSpace) && table.Add((int)csv.RowNumber + skipped, cells) is { } words) return Outcome.Refused(words);
            }
        }
        catch (CsvFormatException)
        {
            return Outcome.Refused(string.Format(CultureInfo.InvariantCulture, quote, csv.RowNumber + skipped));
        }
        return table.Done();
    }

    /// <summary>Comma, semicolon or tab: whichever stands most often in the first line, outside quotes. Excel's own <c>sep=;</c> line says it.</summary>
    static async Task<(char Delimiter, int Skipped)> Delimiter(StreamReader reader, CancellationToken ct)
    {
        var line = await reader.ReadLineAsync(ct) ?? "";
        if (line.Trim('"') is ['s', 'e', 'p', '=', var said]) return (said, 1);
        var (quoted, counts) = (false, new Dictionary<char, int> { [','] = 0, [';'] = 0, ['\t'] = 0 });
        foreach (var letter in line.AsSpan(0, Math.Min(line.Length, 100_000)))
        {
            if (letter == '"') quoted = !quoted;
            else if (!quoted && counts.TryGetValue(letter, out var count)) counts[letter] = count + 1;
        }
        return (counts.MaxBy(count => count.Value).Key, 0);
    }

    /// <summary>Collects rows within the limits. The first is the headings.</summary>
    sealed class Table(SpreadsheetLimits limits)
    {
        readonly List<SpreadsheetRow> rows = [];
        string[]? headings;
        long characters;

        /// <summary>Takes a row, or says why the file cannot be taken.</summary>
        public string? Add(int number, string[] cells)
        {
            if (cells[0].StartsWith(Note, StringComparison.Ordinal)) return null;
            if (Array.FindIndex(cells, cell => cell.Length > limits.CellLength) is >= 0 and var place)
                return $"Row {number}, column {place + 1} is longer than {limits.CellLength:N0} characters.";

            if (headings is null)
            {
                var last = Array.FindLastIndex(cells, cell => !string.IsNullOrWhiteSpace(cell));
                if (last >= limits.Columns) return $"The file has more than {limits.Columns} columns.";
                headings = [.. cells.Take(last + 1).Select(cell => cell.Trim())];
                return null;
            }
            if (cells.Skip(headings.Length).Any(cell => !string.IsNullOrWhiteSpace(cell)))
                return $"Row {number} has more cells than there are headings, so it is not clear what they are. A comma inside a text needs quotation marks round the text; a column without a heading must be given one.";
            if (rows.Count == limits.Rows) return $"The file has more than {limits.Rows:N0} rows. Split it into smaller ones.";
            // A packed workbook can say the same long text in a million cells.
            if ((characters += cells.Sum(cell => cell.Length)) > limits.Characters) return "The file holds too much text. Split it into smaller ones.";
            var fitted = new string[headings.Length];
            for (var column = 0; column < fitted.Length; column++) fitted[column] = column < cells.Length ? cells[column] : "";
            rows.Add(new SpreadsheetRow(number, fitted));
            return null;
        }

        public Outcome<Spreadsheet> Done() =>
            headings is null ? Outcome.Refused("The file is empty.")
            : rows.Count == 0 ? Outcome.Refused("The file has headings, but no rows under them.")
            : new Spreadsheet(headings, rows);
    }

    /// <summary>Unicode where the file is that, else the code page in which Excel saves in this country; null for what is no text.</summary>
    static class Encodings
    {
        static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

        public static async Task<Encoding?> Of(Stream file, CancellationToken ct)
        {
            file.Position = 0;
            var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
            var (bytes, letters, isUtf8, hasNul, first) = (new byte[64 * 1024], new char[64 * 1024 + 16], true, false, true);
            for (int read; (read = await file.ReadAsync(bytes, ct)) > 0; first = false)
            {
                if (first && bytes.AsSpan(0, read) is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
                hasNul |= bytes.AsSpan(0, read).Contains((byte)0);
                isUtf8 = isUtf8 && Decodes(decoder, bytes.AsSpan(0, read), letters, flush: false);
            }
            return hasNul ? null : isUtf8 && Decodes(decoder, [], letters, flush: true) ? Encoding.UTF8 : Windows1252;
        }

        static bool Decodes(Decoder decoder, ReadOnlySpan<byte> bytes, char[] letters, bool flush)
        {
            try
            {
                decoder.GetChars(bytes, letters, flush);
                return true;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
