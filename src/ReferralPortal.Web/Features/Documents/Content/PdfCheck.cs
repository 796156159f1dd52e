using ReferralPortal.Domain.Documents;

namespace ReferralPortal.Web.Features.Documents.Content;

/// <summary>A PDF begins where the file does, and ends where the file does.</summary>
static class PdfCheck
{
    // Where readers look for the end.
    const int End = 2048;

    internal static FileFault? Fault(FileBytes file)
    {
        var tail = file.Tail(End);
        var end = tail.AsSpan().LastIndexOf("%%EOF"u8);
        if (end < 0) return ZipCheck.EndsAsZip(file) ? FileFault.TwoInOne : FileFault.Damaged;
        foreach (var rest in tail.AsSpan(end + 5))
            if (rest != 0 && !char.IsWhiteSpace((char)rest)) return FileFault.TwoInOne;
        return tail.AsSpan(0, end).LastIndexOf("startxref"u8) < 0 ? FileFault.Damaged : null;
    }
}
