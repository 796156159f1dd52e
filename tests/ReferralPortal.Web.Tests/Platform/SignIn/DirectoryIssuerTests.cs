using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ReferralPortal.Web.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.SignIn;

public class DirectoryIssuerTests
{
    const string Instance = "https://login.microsoftonline.com/";
    const string Ours = "7b6c2a0e-53d5-4f0a-8a53-0d4c5a6f9a01";
    const string Theirs = "0f2d9b64-6f3b-4d62-9d55-3b8f0a9f7e02";

    [Fact]
    public void The_directory_that_the_token_names_may_issue_it() =>
        Assert.Equal($"{Instance}{Ours}/v2.0", Check($"{Instance}{Ours}/v2.0", Ours));

    [Theory]
    [InlineData($"{Instance}{Theirs}/v2.0", Ours)] // another directory speaks in our name
    [InlineData($"{Instance}{Ours}/v1.0", Ours)]
    [InlineData($"{Instance}{Ours}/v2.0/", Ours)]
    [InlineData($"https://login.microsoftonline.com.elsewhere.example/{Ours}/v2.0", Ours)]
    [InlineData($"{Instance}organizations/v2.0", "organizations")]
    [InlineData($"{Instance}{Ours}/v2.0", null)]
    public void Any_other_issuer_is_refused(string issuer, string? tenant) =>
        Assert.Throws<SecurityTokenInvalidIssuerException>(() => Check(issuer, tenant));

    static string Check(string issuer, string? tenant)
    {
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor { Issuer = issuer, Claims = tenant is null ? null : new Dictionary<string, object> { ["tid"] = tenant } });
        return DirectoryIssuer.For(Instance)(issuer, new JsonWebToken(token), new TokenValidationParameters());
    }
}
