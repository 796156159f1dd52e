using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>
/// Checks who issued a token. With the tenant <c>organizations</c> any directory of the world can issue one with a valid signature, so the issuer
/// must be exactly the instance's address for the very tenant that the token names; whether that tenant is one of ours, the database says.
/// </summary>
public static class DirectoryIssuer
{
    /// <summary>A validator for <see cref="TokenValidationParameters.IssuerValidator"/>.</summary>
    /// <param name="instance"><c>AzureAd:Instance</c>, for example <c>https://login.microsoftonline.com/</c>.</param>
    public static IssuerValidator For(string instance)
    {
        var root = instance.TrimEnd('/');
        return (issuer, token, _) =>
            token is JsonWebToken jwt && jwt.TryGetPayloadValue<string>("tid", out var tenant) && Guid.TryParse(tenant, out var id) && issuer == $"{root}/{id}/v2.0"
                ? issuer
                : throw new SecurityTokenInvalidIssuerException("The token's issuer is not the directory that the token names.");
    }
}
