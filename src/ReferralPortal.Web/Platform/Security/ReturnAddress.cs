namespace ReferralPortal.Web.Platform.Security;

/// <summary>Where to go after signing in: an address inside the portal and nowhere else.</summary>
public static class ReturnAddress
{
    /// <summary>
    /// The address when it is a path of this portal, else <c>/</c>. Refused are whole addresses, <c>//host</c>, <c>/\host</c>, the same once or twice
    /// percent-encoded, control characters (browsers drop tabs and line feeds before they read an address), and the sign-in pages themselves.
    /// </summary>
    public static string Safe(string? address) => IsSafe(address) ? address! : "/";

    static bool IsSafe(string? address)
    {
        if (string.IsNullOrEmpty(address) || address.Length > 2000) return false;
        var seen = address;
        for (var round = 0; round < 3; round++)
        {
            if (!IsLocalPath(seen)) return false;
            var decoded = Uri.UnescapeDataString(seen);
            if (decoded == seen) break;
            seen = decoded;
        }
        return !SignInPages.Any(page => address.StartsWith(page, StringComparison.OrdinalIgnoreCase));
    }

    static bool IsLocalPath(string address) =>
        address[0] == '/' && !(address.Length > 1 && address[1] is '/' or '\\') && !address.Any(char.IsControl) && !address.AsSpan(0, PathLength(address)).Contains('\\');

    static int PathLength(string address) => address.AsSpan().IndexOfAny('?', '#') is var end && end < 0 ? address.Length : end;

    static readonly string[] SignInPages = ["/sign-in", "/sign-out", "/signed-out", "/access-denied", "/signin-oidc", "/signout-"];
}
