using System.Buffers.Binary;
using ReferralPortal.Domain.Documents;

namespace ReferralPortal.Web.Features.Documents.Content;

/// <summary>Walks through an image's own structure to its end, and looks whether the file ends there too.</summary>
static class ImageChecks
{
    internal static FileFault? JpegFault(FileBytes file)
    {
        using var bytes = Buffered(file, 2);
        var picture = false;
        while (true)
        {
            if (bytes.ReadByte() != 0xFF) return FileFault.Damaged;
            int marker;
            do marker = bytes.ReadByte(); while (marker == 0xFF);
            if (marker == 0xD9) break;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) continue;
            if (marker <= 0) return FileFault.Damaged;

            var length = (bytes.ReadByte() << 8) | bytes.ReadByte();
            if (length < 2 || bytes.Position + length - 2 > file.Length) return FileFault.Damaged;
            bytes.Position += length - 2;
            picture |= marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (marker == 0xDA && !PastScan(bytes)) return FileFault.Damaged;
        }
        if (!picture) return FileFault.Damaged;

        // Cameras add a smaller picture behind the first, or pad with zeros.
        var behind = bytes.Position;
        if (ZipCheck.EndsAsZip(file)) return FileFault.TwoInOne;
        return FileCheck.Starts(file.At(behind, 3), [0xFF, 0xD8, 0xFF]) || OnlyZeros(file, behind) ? null : FileFault.TwoInOne;
    }

    /// <summary>Compressed data runs to the next marker that is not part of it; the stream is left before that.</summary>
    static bool PastScan(BufferedStream bytes)
    {
        while (true)
        {
            int one;
            do one = bytes.ReadByte(); while (one is >= 0 and not 0xFF);
            while (one == 0xFF) one = bytes.ReadByte();
            if (one < 0) return false;
            if (one == 0 || one is >= 0xD0 and <= 0xD7) continue;
            bytes.Position -= 2;
            return true;
        }
    }

    internal static FileFault? PngFault(FileBytes file)
    {
        long place = 8;
        for (var first = true; ; first = false)
        {
            var chunk = file.At(place, 8);
            if (chunk.Length < 8) return FileFault.Damaged;
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (first != chunk.AsSpan(4).SequenceEqual("IHDR"u8)) return FileFault.Damaged;
            place += 12L + length;
            if (place > file.Length) return FileFault.Damaged;
            if (chunk.AsSpan(4).SequenceEqual("IEND"u8)) return OnlyZeros(file, place) ? null : FileFault.TwoInOne;
        }
    }

    internal static FileFault? TiffFault(FileBytes file)
    {
        const int mostPages = 1000;
        var little = file.At(0, 1)[0] == 'I';
        uint Number(ReadOnlySpan<byte> bytes) => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int Word(ReadOnlySpan<byte> bytes) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

        var head = file.At(4, 4);
        if (head.Length < 4) return FileFault.Damaged;
        var directory = Number(head);
        for (var page = 0; directory != 0; page++)
        {
            var count = file.At(directory, 2);
            if (page == mostPages || directory < 8 || count.Length < 2) return FileFault.Damaged;
            var size = Word(count) * 12;
            var entries = file.At(directory + 2L, size + 4);
            if (entries.Length < size + 4 || size == 0) return FileFault.Damaged;

            uint[] places = [], lengths = [];
            for (var entry = 0; entry < size; entry += 12)
            {
                var tag = Word(entries.AsSpan(entry));
                if (tag is 273 or 324) places = Values(entries.AsSpan(entry, 12));
                if (tag is 279 or 325) lengths = Values(entries.AsSpan(entry, 12));
            }
            if (places.Length == 0 || places.Length != lengths.Length) return FileFault.Damaged;
            for (var strip = 0; strip < places.Length; strip++)
                if ((long)places[strip] + lengths[strip] > file.Length) return FileFault.Damaged;
            directory = Number(entries.AsSpan(size));
        }
        return ZipCheck.EndsAsZip(file) ? FileFault.TwoInOne : null;

        uint[] Values(ReadOnlySpan<byte> entry)
        {
            const int most = 100_000;
            var (width, count) = (Word(entry[2..]) == 3 ? 2 : 4, Number(entry[4..]));
            if (count is 0 or > most) return [];
            var bytes = count * width <= 4 ? entry.Slice(8, 4).ToArray() : file.At(Number(entry[8..]), (int)count * width);
            if (bytes.Length < count * width) return [];
            var values = new uint[count];
            for (var place = 0; place < count; place++) values[place] = width == 2 ? (uint)Word(bytes.AsSpan(place * 2)) : Number(bytes.AsSpan(place * 4));
            return values;
        }
    }

    /// <summary>HEIC, and its cousins that are not taken (AVIF, video).</summary>
    internal static FileVerdict Boxed(FileBytes file, byte[] head)
    {
        var brand = head.AsSpan(8, 4);
        if (!(brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) || brand.SequenceEqual("heim"u8) || brand.SequenceEqual("heis"u8) || brand.SequenceEqual("mif1"u8)))
            return FileVerdict.Not(brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) ? FileFault.OtherImage : FileFault.NotTaken);

        var described = false;
        for (long place = 0; place < file.Length;)
        {
            var box = file.At(place, 16);
            if (box.Length < 8) return FileVerdict.Not(FileFault.Damaged);
            long length = BinaryPrimitives.ReadUInt32BigEndian(box);
            if (length == 1) length = box.Length < 16 ? 0 : (long)Math.Min(long.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(box.AsSpan(8)));
            else if (length == 0) length = file.Length - place;
            if (length < 8 || length > file.Length - place) return FileVerdict.Not(box.AsSpan(4, 4).ContainsAnyExceptInRange((byte)' ', (byte)'~') ? FileFault.TwoInOne : FileFault.Damaged);
            described |= box.AsSpan(4, 4).SequenceEqual("meta"u8);
            place += length;
        }
        return FileVerdict.Is(FileFormat.Heic, !described ? FileFault.Damaged : ZipCheck.EndsAsZip(file) ? FileFault.TwoInOne : null);
    }

    static bool OnlyZeros(FileBytes file, long from)
    {
        for (var place = from; place < file.Length; place += 65536)
            if (file.At(place, 65536).AsSpan().ContainsAnyExcept((byte)0)) return false;
        return true;
    }

    static BufferedStream Buffered(FileBytes file, long from)
    {
        file.Content.Position = from;
        return new BufferedStream(new Open(file.Content), 65536);
    }

    // Disposing a BufferedStream must not close the file.
    sealed class Open(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
