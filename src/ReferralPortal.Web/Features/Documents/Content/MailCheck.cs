using System.Text;
using ReferralPortal.Domain.Documents;

namespace ReferralPortal.Web.Features.Documents.Content;

/// <summary>An e-mail as text (RFC 5322): a header of named lines with a sender and a date, and then whatever it says. It is never shown here, only downloaded.</summary>
static class MailCheck
{
    const int HeaderBytes = 65536;

    internal static FileVerdict Of(FileBytes file)
    {
        var bytes = file.At(0, HeaderBytes);
        var text = Encoding.Latin1.GetString(bytes).ReplaceLineEndings("\n");
        if (text.StartsWith('\uFEFF')) text = text[1..];
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 && file.Length <= HeaderBytes) end = text.Length;
        if (end <= 0 || text.Contains('\0')) return FileVerdict.Not(FileFault.NotTaken);

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string from = "";
        foreach (var line in text[..end].Split('\n'))
        {
            if (line.Length == 0 || line[0] is ' ' or '\t') continue; // goes on from the line before
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExceptInRange('!', '~')) return FileVerdict.Not(FileFault.NotTaken);
            names.Add(line[..colon]);
            if (line.StartsWith("From:", StringComparison.OrdinalIgnoreCase)) from = line[5..].Trim();
        }
        if (!names.Contains("From") || !names.Contains("Date")) return FileVerdict.Not(FileFault.NotTaken);
        // A saved web page dresses as an e-mail.
        if (names.Contains("Snapshot-Content-Location") || from.StartsWith("<Saved by", StringComparison.OrdinalIgnoreCase)) return FileVerdict.Not(FileFault.WebPage);
        return FileVerdict.Is(FileFormat.Eml, ZipCheck.EndsAsZip(file) ? FileFault.TwoInOne : null);
    }
}
