using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports.Check;

/// <summary>
/// The secret in the address under which a patient checks a report: 256 random bits, made when the mail leaves, so that nobody but the patient ever has it; the database keeps
/// its hash. A mail that is handed over a second time holds a second one; all of them end together.
/// </summary>
public static class CheckLinks
{
    const int Bytes = 32;

    /// <summary>A new address for the patient of this report, relative to the portal's own. In the unit of the portal's own account that sends the mail.</summary>
    internal static async Task<string> New(PortalUnit unit, Guid reportId)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        await unit.Run(Insert, new { id = Guid.CreateVersion7(unit.Now), reportId, hash = Hash(token), at = unit.Now });
        return $"/p/{token}";
    }

    /// <summary>The hash under which it is kept; null when the text is no such secret.</summary>
    internal static byte[]? Hash(string? token)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        return token?.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.DecodeFromChars(token, bytes, out _, out var written) == OperationStatus.Done && written == Bytes ? SHA256.HashData(bytes) : null;
    }

    const string Insert = """
        insert into report_preview_link (id, preview_id, token_hash, created_at)
        select @id, preview.id, @hash, @at from report_preview preview where preview.report_id = @reportId
        """;
}
