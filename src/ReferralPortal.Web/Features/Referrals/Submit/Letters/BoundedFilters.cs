using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>
/// Unpacks a PDF's streams only as far as a letter's can reach: a few kilobytes can be made that unfold into gigabytes. What a stream would come to is counted
/// before it is unpacked. One of these serves one document.
/// </summary>
sealed class BoundedFilters : IFilterProvider
{
    const long MostOfOne = 32L * 1024 * 1024, MostOfAll = 128L * 1024 * 1024;

    // These two unfold at most some hundredfold, and letters hardly use them.
    const int MostPackedOtherwise = 256 * 1024;

    readonly IFilterProvider inner = DefaultFilterProvider.Instance;
    long unpacked;

    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary) => Bounded(inner.GetFilters(dictionary));

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) => Bounded(inner.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => Bounded(inner.GetAllFilters());

    IReadOnlyList<IFilter> Bounded(IReadOnlyList<IFilter> filters) => [.. filters.Select(filter => new BoundedFilter(filter, this))];

    sealed class BoundedFilter(IFilter filter, BoundedFilters budget) : IFilter
    {
        public bool IsSupported => filter.IsSupported;

        public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
        {
            budget.Check(filter, input);
            return filter.Decode(input, streamDictionary, filterProvider, filterIndex);
        }
    }

    void Check(IFilter filter, Memory<byte> input)
    {
        switch (filter)
        {
            case FlateFilter: unpacked += Unfolded(input); break;
            case LzwFilter or RunLengthFilter when input.Length > MostPackedOtherwise: throw new InvalidDataException("A stream is too large.");
            default: unpacked += input.Length; break;
        }
        if (unpacked > MostOfAll) throw new InvalidDataException("The streams are too large together.");
    }

    static long Unfolded(Memory<byte> input)
    {
        using var packed = new MemoryStream(input.ToArray(), writable: false);
        using var zip = new ZLibStream(packed, CompressionMode.Decompress);
        var buffer = new byte[64 * 1024];
        long length = 0;
        try
        {
            while (zip.Read(buffer) is > 0 and var read)
                if ((length += read) > MostOfOne) throw new InvalidDataException("A stream is too large.");
        }
        catch (InvalidDataException) when (length <= MostOfOne) { } // damaged; the filter itself says what can be had of it
        return length;
    }
}
