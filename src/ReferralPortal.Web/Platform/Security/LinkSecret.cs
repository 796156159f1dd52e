using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ReferralPortal.Web.Platform.Security;

/// <summary>The secret in an address that opens something without an account: 256 random bits. The database keeps its hash; whoever reads the database opens nothing.</summary>
static class LinkSecret
{
    const int Bytes = 32;

    internal static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The hash under which it is kept; null when the text is no such secret.</summary>
    internal static byte[]? Hash(string secret)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        return secret.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.DecodeFromChars(secret, bytes, out _, out var written) == OperationStatus.Done && written == Bytes ? SHA256.HashData(bytes) : null;
    }
}
