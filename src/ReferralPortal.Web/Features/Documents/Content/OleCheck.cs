using System.Buffers.Binary;
using System.Text;
using ReferralPortal.Domain.Documents;

namespace ReferralPortal.Web.Features.Documents.Content;

/// <summary>
/// Outlook's e-mails, old Office files, installers and password-protected documents are all the same kind of container. The names in its root tell which.
/// Layout: [MS-CFB].
/// </summary>
static class OleCheck
{
    const int EntrySize = 128, MostSectors = 4096;
    const uint LastSector = 0xFFFFFFFA;

    internal static FileVerdict Of(FileBytes file)
    {
        var names = Names(file);
        if (names is null) return FileVerdict.Not(FileFault.Damaged);
        bool Has(params string[] wanted) => wanted.Any(name => names.Contains(name));

        if (Has("EncryptedPackage")) return FileVerdict.Not(FileFault.Password);
        if (Has("_VBA_PROJECT", "Macros", "VBA")) return FileVerdict.Not(FileFault.Macros);
        if (Has("WordDocument", "Workbook", "Book", "PowerPoint Document")) return FileVerdict.Not(FileFault.OtherDocument);
        if (Has("__properties_version1.0")) return FileVerdict.Is(FileFormat.Msg, ZipCheck.EndsAsZip(file) ? FileFault.TwoInOne : null);
        return FileVerdict.Not(FileFault.NotTaken);
    }

    /// <summary>The names of everything in the container, or null when it is damaged.</summary>
    static HashSet<string>? Names(FileBytes file)
    {
        var header = file.At(0, 512);
        if (header.Length < 512) return null;
        var shift = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30));
        if (shift is not (9 or 12)) return null;
        var size = 1 << shift;
        // The whole of it stands here: the sectors that the header speaks of must.
        var allocation = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(44));
        if (allocation == 0 || (allocation + 1L) * size > file.Length) return null;

        var names = new HashSet<string>(StringComparer.Ordinal);
        var sector = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(48));
        for (var read = 0; sector < LastSector; read++)
        {
            var entries = file.At((sector + 1L) * size, size);
            if (read == MostSectors || entries.Length < size) return null;
            for (var entry = 0; entry < size; entry += EntrySize)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(entries.AsSpan(entry + 64)); // in bytes, with the closing zero
                if (entries[entry + 66] == 0 || length is < 4 or > 64) continue;
                names.Add(Encoding.Unicode.GetString(entries, entry, length - 2));
            }
            if (Next(file, header, size, sector) is not { } next) return null;
            sector = next;
        }
        return names;
    }

    /// <summary>The sector behind one, from the allocation table.</summary>
    static uint? Next(FileBytes file, byte[] header, int size, uint sector)
    {
        var perSector = size / 4;
        var table = sector / perSector;
        uint place;
        if (table < 109) place = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(76 + (int)table * 4));
        else
        {
            // Beyond 109 the table's own sectors are listed in a chain.
            var list = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(68));
            var left = table - 109;
            for (var step = 0; left >= perSector - 1; step++, left -= (uint)perSector - 1)
            {
                var link = file.At((list + 1L) * size + size - 4, 4);
                if (link.Length < 4 || step == MostSectors) return null;
                list = BinaryPrimitives.ReadUInt32LittleEndian(link);
            }
            var found = file.At((list + 1L) * size + left * 4, 4);
            if (found.Length < 4) return null;
            place = BinaryPrimitives.ReadUInt32LittleEndian(found);
        }
        var next = file.At((place + 1L) * size + sector % perSector * 4, 4);
        return next.Length < 4 ? null : BinaryPrimitives.ReadUInt32LittleEndian(next);
    }
}
