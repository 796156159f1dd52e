using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Xml;
using ReferralPortal.Domain.Documents;

namespace ReferralPortal.Web.Features.Documents.Content;

/// <summary>Of all that is a ZIP inside, only a Word document without macros is taken.</summary>
static class ZipCheck
{
    const int MostEntries = 4000, EndRecord = 22, MostRatio = 200;
    const long MostUnpacked = 200 << 20, RatioMatters = 10 << 20;

    const string WordDocument = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

    internal static FileVerdict Of(FileBytes file)
    {
        if (!EndsAsZip(file)) return FileVerdict.Not(FileFault.Damaged);
        try
        {
            using var archive = new ZipArchive(file.Content, ZipArchiveMode.Read, leaveOpen: true);
            return Of(archive);
        }
        catch (Exception fault) when (fault is InvalidDataException or XmlException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            return FileVerdict.Not(FileFault.Damaged);
        }
    }

    static FileVerdict Of(ZipArchive archive)
    {
        var entries = archive.Entries;
        if (entries.Count > MostEntries || entries.Sum(entry => entry.Length) > MostUnpacked) return FileVerdict.Not(FileFault.TooMuchInside);
        if (archive.GetEntry("[Content_Types].xml") is not { } types) return FileVerdict.Not(FileFault.Archive);
        if (entries.Any(entry => entry.IsEncrypted)) return FileVerdict.Not(FileFault.Password);
        if (entries.Select(entry => entry.FullName.ToLowerInvariant()).Distinct().Count() != entries.Count) return FileVerdict.Not(FileFault.TwoInOne);
        // A part that is larger packed than it says it is unpacked lies about one of the two.
        if (entries.Any(entry => entry.CompressedLength > entry.Length + entry.Length / 100 + 64) || !UnpacksModestly(entries)) return FileVerdict.Not(FileFault.TooMuchInside);

        var said = ContentTypes(types);
        if (said.Any(type => type.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase) || type.Contains("vbaProject", StringComparison.OrdinalIgnoreCase) || type.Contains("activeX", StringComparison.OrdinalIgnoreCase))
            || entries.Any(entry => HoldsPrograms(entry.FullName))) return FileVerdict.Not(FileFault.Macros);
        if (!said.Contains(WordDocument) || archive.GetEntry("word/document.xml") is null) return FileVerdict.Not(FileFault.OtherDocument);
        return FileVerdict.Is(FileFormat.Docx, FetchesFromElsewhere(archive) ? FileFault.Macros : null);
    }

    /// <summary>Whether the file's last bytes are the end of a ZIP: a file that is one in front can be another behind.</summary>
    internal static bool EndsAsZip(FileBytes file)
    {
        var tail = file.Tail(EndRecord + ushort.MaxValue);
        for (var place = tail.Length - EndRecord; place >= 0; place--)
        {
            if (!tail.AsSpan(place).StartsWith("PK\u0005\u0006"u8)) continue;
            if (place + EndRecord + BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(place + 20)) == tail.Length) return true;
        }
        return false;
    }

    // What the directory says of sizes may be a lie, so it is unpacked, into nothing.
    static bool UnpacksModestly(IReadOnlyCollection<ZipArchiveEntry> entries)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(65536);
        try
        {
            long all = 0;
            foreach (var entry in entries)
            {
                long one = 0;
                using var unpacked = entry.Open();
                for (int read; (read = unpacked.Read(buffer)) > 0;)
                {
                    (one, all) = (one + read, all + read);
                    if (all > MostUnpacked || one > RatioMatters && one / Math.Max(1, entry.CompressedLength) > MostRatio) return false;
                }
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static HashSet<string> ContentTypes(ZipArchiveEntry entry)
    {
        var types = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using var stream = entry.Open();
        using var reader = XmlReader.Create(stream, Careful);
        while (reader.Read())
            if (reader.NodeType == XmlNodeType.Element && reader.GetAttribute("ContentType") is { } type) types.Add(type);
        return types;
    }

    static bool HoldsPrograms(string name) =>
        name.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase)
        || name.Contains("/activeX/", StringComparison.OrdinalIgnoreCase)
        || (name.Contains("/embeddings/", StringComparison.OrdinalIgnoreCase) && !IsOpenDocument(name));

    static bool IsOpenDocument(string name) => Path.GetExtension(name).ToLowerInvariant() is ".xlsx" or ".docx" or ".pptx" or "";

    // A template on a web server is how a document without macros comes by them.
    static bool FetchesFromElsewhere(ZipArchive archive)
    {
        if (archive.GetEntry("word/_rels/settings.xml.rels") is not { } relations) return false;
        using var stream = relations.Open();
        using var reader = XmlReader.Create(stream, Careful);
        while (reader.Read())
            if (reader.NodeType == XmlNodeType.Element && reader.GetAttribute("Type")?.EndsWith("/attachedTemplate", StringComparison.Ordinal) == true
                && Uri.TryCreate(reader.GetAttribute("Target"), UriKind.Absolute, out var target) && target.Scheme is "http" or "https" or "ftp") return true;
        return false;
    }

    static readonly XmlReaderSettings Careful = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 10_000_000 };
}
