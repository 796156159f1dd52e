using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ReferralPortal.Testing;

/// <summary>Files for tests to add to referrals, made on the spot: whole ones of every kind that is taken, and the parts for others.</summary>
public static class ExampleFiles
{
    /// <summary>The EICAR test file: harmless, and a threat to every scanner. It stands here in hexadecimal, so that nothing takes this source for it.</summary>
    public static byte[] Eicar { get; } = Convert.FromHexString("58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a");

    /// <summary>48 by 32 points of orange to teal.</summary>
    public static byte[] Jpeg { get; } = Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAgADADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFRABAQAAAAAAAAAAAAAAAAAAABP/xAAWAQEBAQAAAAAAAAAAAAAAAAAABgX/xAAVEQEBAAAAAAAAAAAAAAAAAAAAFP/aAAwDAQACEQMRAD8A1qlUVSqYlaNS2pVFUqSlS2pVFUqSlSKpVDUqo5U1UuqVQ1KkpUuqVQ1KkpU//9k=");

    /// <summary>24 by 16 points of teal.</summary>
    public static byte[] Png { get; } = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAABgAAAAQAQMAAAA26i3WAAAAA1BMVEUAgIBxQSaxAAAADElEQVQI12NgoAwAAABAAAFmF2OwAAAAAElFTkSuQmCC");

    /// <summary>16 by 16 points of grey, in one strip that begins at byte 8 and ends at byte 264.</summary>
    public static byte[] Tiff { get; } =
    [
        .. "II*\0"u8, .. Number(264), .. Enumerable.Repeat((byte)0x7E, 256), 8, 0,
        .. Tag(256, 16), .. Tag(257, 16), .. Tag(258, 8), .. Tag(259, 1), .. Tag(262, 1), .. Tag(273, 8), .. Tag(278, 16), .. Tag(279, 256), 0, 0, 0, 0,
    ];

    /// <summary>The boxes of a picture as telephones take them.</summary>
    public static byte[] Heic { get; } = [.. Box("ftyp", [.. "heic"u8, 0, 0, 0, 0, .. "mif1heic"u8]), .. Box("meta", new byte[40]), .. Box("mdat", new byte[200])];

    /// <summary>An e-mail as text.</summary>
    public static byte[] Eml(string body = "The letter is attached.") => Encoding.UTF8.GetBytes(
        $"Received: from mail.example by mx.example;\r\n\tMon, 2 Nov 2026 09:00:00 +0000\r\nFrom: Amara Okafor <amara@northgate-law.example>\r\nTo: triage@clinic.example\r\nDate: Mon, 2 Nov 2026 09:00:00 +0000\r\nSubject: Letter\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{body}\r\n");

    /// <summary>An e-mail as Outlook keeps it: a container whose root holds the properties of a message, or whatever else is named.</summary>
    public static byte[] Container(params string[] names)
    {
        var file = new byte[512 * 3];
        byte[] head = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        head.CopyTo(file, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(24), 0x3E);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(26), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(28), 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(30), 9);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(32), 6);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(44), 1); // sectors of the allocation table
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(48), 1); // the directory's first sector
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(56), 4096);
        file.AsSpan(60, 452).Fill(0xFF);
        file.AsSpan(64, 4).Clear();
        file.AsSpan(72, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(68), 0xFFFFFFFE);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(60), 0xFFFFFFFE);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(76), 0); // the table is sector 0
        file.AsSpan(512, 512).Fill(0xFF);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(512), 0xFFFFFFFD);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(516), 0xFFFFFFFE);
        string[] all = ["Root Entry", .. names];
        for (var place = 0; place < all.Length; place++)
        {
            var entry = file.AsSpan(1024 + place * 128, 128);
            Encoding.Unicode.GetBytes(all[place]).CopyTo(entry);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[64..], (ushort)((all[place].Length + 1) * 2));
            entry[66] = (byte)(place == 0 ? 5 : 2);
            entry[68..80].Fill(0xFF);
        }
        return file;
    }

    /// <summary>Outlook's e-mail.</summary>
    public static byte[] Msg { get; } = Container("__properties_version1.0", "__nameid_version1.0");

    /// <summary>A PDF with so many pages, and about so many bytes more that do not compress.</summary>
    public static byte[] Pdf(int pages = 1, int padding = 0, byte[]? inside = null)
    {
        using var file = new MemoryStream();
        var places = new List<long>();
        void Text(string text) => file.Write(Encoding.Latin1.GetBytes(text));
        void Begin() { places.Add(file.Position); Text($"{places.Count} 0 obj\n"); }
        void Stream(byte[] bytes) { Begin(); Text($"<< /Length {bytes.Length} >>\nstream\n"); file.Write(bytes); Text("\nendstream\nendobj\n"); }

        Text("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n");
        Begin(); Text("<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
        Begin(); Text($"<< /Type /Pages /Count {pages} /Kids [{string.Join(' ', Enumerable.Range(3, pages).Select(number => $"{number} 0 R"))}] >>\nendobj\n");
        for (var page = 0; page < pages; page++) { Begin(); Text("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"); }
        if (inside is not null) Stream(inside);
        if (padding > 0)
        {
            var bytes = new byte[padding];
            new Random(7).NextBytes(bytes);
            Stream(bytes);
        }
        var index = file.Position;
        Text($"xref\n0 {places.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in places) Text($"{place:0000000000} 00000 n \n");
        Text($"trailer\n<< /Size {places.Count + 1} /Root 1 0 R >>\nstartxref\n{index}\n%%EOF\n");
        return file.ToArray();
    }

    /// <summary>A Word document, with further parts or with parts that take the place of the usual ones.</summary>
    public static byte[] Docx(params (string Name, byte[] Content)[] parts)
    {
        var all = new Dictionary<string, byte[]>
        {
            ["[Content_Types].xml"] = ContentTypes(),
            ["_rels/.rels"] = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>"""u8.ToArray(),
            ["word/document.xml"] = """<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Dear Sirs</w:t></w:r></w:p></w:body></w:document>"""u8.ToArray(),
        };
        foreach (var (name, content) in parts) all[name] = content;
        return Zip([.. all.Select(part => (part.Key, part.Value))]);
    }

    /// <summary>The list of types in an Office file.</summary>
    public static byte[] ContentTypes(string main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml") => Encoding.UTF8.GetBytes(
        $"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>""");

    /// <summary>An archive.</summary>
    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                entry.Write(content);
            }
        return file.ToArray();
    }

    static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    static byte[] Tag(ushort tag, uint value) => [(byte)tag, (byte)(tag >> 8), 4, 0, 1, 0, 0, 0, .. Number(value)];

    static byte[] Box(string name, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)content.Length + 8);
        return [.. length, .. Encoding.ASCII.GetBytes(name), .. content];
    }
}
