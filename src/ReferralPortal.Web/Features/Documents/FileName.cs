using System.Globalization;
using System.Text;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>Names of files, in every script: as a person's machine gave them, and as they are handed out again.</summary>
public static class FileName
{
    /// <summary>The longest name that is kept, in UTF-16 units.</summary>
    public const int Longest = 255;

    /// <summary>The name as it is kept: the last part of a path, no control characters, at most <see cref="Longest"/> long with its ending kept; null when nothing is left.</summary>
    public static string? Kept(string? given)
    {
        if (given is null) return null;
        var last = given[(given.LastIndexOfAny(['/', '\\']) + 1)..];
        var name = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes()) // a lone half of a pair becomes the replacement character
            name.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control ? "_" : rune.ToString());
        var text = name.ToString().Trim().Normalize();
        if (text.Length > Longest)
        {
            var ending = Path.GetExtension(text) is { Length: > 0 and <= 16 } extension ? extension : "";
            var cut = Longest - ending.Length;
            if (char.IsHighSurrogate(text[cut - 1])) cut--;
            text = text[..cut] + ending;
        }
        return text.Length == 0 || text.All(letter => letter == '.') ? null : text;
    }

    /// <summary>
    /// The name for a download: what a machine opens a file with follows from the ending, so the ending is always one of the format's; characters that
    /// turn the direction of writing round, and so hide an ending, are left out, and so are those that some machine takes for something else.
    /// </summary>
    public static string Served(string kept, FileFormat format)
    {
        var name = string.Concat(kept.Where(letter => !IsDirection(letter) && !"<>:\"|?*/\\".Contains(letter, StringComparison.Ordinal)));
        var endings = Endings[format];
        return endings.Contains(Path.GetExtension(name).ToLowerInvariant()) ? name : $"{(name.Length == 0 ? "document" : name)}{endings[0]}";
    }

    /// <summary>What a name says of its file; only a first guess that the person sees and changes.</summary>
    public static DocumentKind Guess(string name)
    {
        bool Says(params string[] words) => words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
        return Says("instruct", "LOI") ? DocumentKind.LetterOfInstruction
            : Says("consent") ? DocumentKind.ConsentForm
            : Says("MRI", "x-ray", "xray", "imaging", "radiol", "ultrasound", "CT scan") ? DocumentKind.ImagingReport
            : Says("GP ", "GP_", "GP-", "records") ? DocumentKind.GpRecords
            : Says("medical", "medco", "report", "expert", "consultant") ? DocumentKind.MedicalReport
            : DocumentKind.Other;
    }

    /// <summary>The type under which a format is sent.</summary>
    public static string MediaType(FileFormat format) => format switch
    {
        FileFormat.Pdf => "application/pdf",
        FileFormat.Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileFormat.Jpeg => "image/jpeg",
        FileFormat.Png => "image/png",
        FileFormat.Heic => "image/heic",
        FileFormat.Tiff => "image/tiff",
        _ => "application/octet-stream", // an e-mail is for the person's own mail program, and for nothing that reads it as a page
    };

    static readonly Dictionary<FileFormat, string[]> Endings = new()
    {
        [FileFormat.Pdf] = [".pdf"], [FileFormat.Docx] = [".docx"], [FileFormat.Jpeg] = [".jpg", ".jpeg"], [FileFormat.Png] = [".png"],
        [FileFormat.Heic] = [".heic", ".heif"], [FileFormat.Tiff] = [".tif", ".tiff"], [FileFormat.Msg] = [".msg"], [FileFormat.Eml] = [".eml"],
    };

    static bool IsDirection(char letter) => letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C';
}
