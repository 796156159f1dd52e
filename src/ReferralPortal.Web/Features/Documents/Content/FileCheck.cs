using ReferralPortal.Domain.Documents;

namespace ReferralPortal.Web.Features.Documents.Content;

/// <summary>What a file is by its content: one of the formats that are taken, or why it is not.</summary>
public sealed record FileVerdict(FileFormat? Format, FileFault? Fault)
{
    internal static FileVerdict Is(FileFormat format, FileFault? fault) => fault is null ? new(format, null) : new(null, fault);
    internal static FileVerdict Not(FileFault fault) => new(null, fault);
}

/// <summary>
/// Says what a file is by looking at its bytes from the first to the last, and at nothing else: neither its name nor what a browser calls it.
/// A file must be one thing only and be whole. It opens nothing, runs nothing, and unpacks only to count.
/// </summary>
public static class FileCheck
{
    /// <param name="content">The file; it can be sought in, and is left wherever the looking ended.</param>
    public static FileVerdict Of(Stream content)
    {
        var file = new FileBytes(content);
        var head = file.At(0, 512);

        if (Starts(head, "%PDF-"u8)) return FileVerdict.Is(FileFormat.Pdf, PdfCheck.Fault(file));
        if (Starts(head, [0xFF, 0xD8, 0xFF])) return FileVerdict.Is(FileFormat.Jpeg, ImageChecks.JpegFault(file));
        if (Starts(head, [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n'])) return FileVerdict.Is(FileFormat.Png, ImageChecks.PngFault(file));
        if (Starts(head, "II*\0"u8) || Starts(head, "MM\0*"u8)) return FileVerdict.Is(FileFormat.Tiff, ImageChecks.TiffFault(file));
        if (head.Length >= 12 && head.AsSpan(4, 4).SequenceEqual("ftyp"u8)) return ImageChecks.Boxed(file, head);
        if (Starts(head, "PK\u0003\u0004"u8)) return ZipCheck.Of(file);
        if (Starts(head, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])) return OleCheck.Of(file);
        return Known(head) is { } fault ? FileVerdict.Not(fault) : MailCheck.Of(file);
    }

    // What is refused anyway is named where that helps the person to do better.
    static FileFault? Known(byte[] head)
    {
        foreach (var (magic, fault) in Refused)
            if (Starts(head, magic)) return fault;
        if (head.Length > 262 && head.AsSpan(257, 5).SequenceEqual("ustar"u8)) return FileFault.Archive;
        if (Starts(head, "RIFF"u8) && head.Length >= 12 && head.AsSpan(8, 4).SequenceEqual("WEBP"u8)) return FileFault.OtherImage;
        var text = head.AsSpan();
        if (Starts(head, [0xEF, 0xBB, 0xBF]) || Starts(head, [0xFF, 0xFE]) || Starts(head, [0xFE, 0xFF])) text = text[2..];
        foreach (var letter in text)
        {
            if (letter is 0 or 0xBF || char.IsWhiteSpace((char)letter)) continue;
            return letter == '<' ? FileFault.WebPage : null;
        }
        return null;
    }

    static readonly (byte[] Magic, FileFault Fault)[] Refused =
    [
        ("MZ"u8.ToArray(), FileFault.Program), ([0x7F, .. "ELF"u8], FileFault.Program), ([0xCA, 0xFE, 0xBA, 0xBE], FileFault.Program),
        ([0xCF, 0xFA, 0xED, 0xFE], FileFault.Program), ([0xCE, 0xFA, 0xED, 0xFE], FileFault.Program), ([0xFE, 0xED, 0xFA, 0xCE], FileFault.Program), ([0xFE, 0xED, 0xFA, 0xCF], FileFault.Program),
        ("#!"u8.ToArray(), FileFault.Program), ([0x4C, 0, 0, 0, 1, 0x14, 2, 0], FileFault.Program), ([0, .. "asm"u8], FileFault.Program), ("dex\n"u8.ToArray(), FileFault.Program),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], FileFault.Archive), ("Rar!"u8.ToArray(), FileFault.Archive), ([0x1F, 0x8B], FileFault.Archive), ("BZh"u8.ToArray(), FileFault.Archive),
        ([0xFD, .. "7zXZ"u8], FileFault.Archive), ("MSCF"u8.ToArray(), FileFault.Archive), ("PK"u8.ToArray(), FileFault.Archive),
        ("{\\rt"u8.ToArray(), FileFault.OtherDocument), ("%!PS"u8.ToArray(), FileFault.OtherDocument),
        ("GIF8"u8.ToArray(), FileFault.OtherImage), ("BM"u8.ToArray(), FileFault.OtherImage), ("8BPS"u8.ToArray(), FileFault.OtherImage), ("II+\0"u8.ToArray(), FileFault.OtherImage), ("MM\0+"u8.ToArray(), FileFault.OtherImage),
    ];

    internal static bool Starts(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> magic) => bytes.StartsWith(magic);
}

/// <summary>A file as bytes at places. Never more of it in memory than was asked for.</summary>
sealed class FileBytes(Stream content)
{
    public Stream Content => content;

    public long Length { get; } = content.Length;

    /// <summary>At most <paramref name="count"/> bytes; fewer where the file ends, none outside of it.</summary>
    public byte[] At(long offset, int count)
    {
        if (offset < 0 || offset >= Length || count <= 0) return [];
        var bytes = new byte[(int)Math.Min(count, Length - offset)];
        content.Position = offset;
        return bytes[..content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The last bytes.</summary>
    public byte[] Tail(int count) => At(Math.Max(0, Length - count), count);
}
