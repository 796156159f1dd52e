namespace ReferralPortal.Web.Platform.Security;

/// <summary>The headers of every answer.</summary>
static class SecurityHeaders
{
    /// <summary>The name of the headers of files that people added: whatever is in them, nothing of it runs, fetches or frames anything.</summary>
    public const string OfFiles = "files";

    /// <summary>The name of the headers of a <see cref="SecretPageAttribute"/>: nothing of it is kept or told on, and no script runs.</summary>
    public const string OfSecrets = "secrets";

    /// <summary>The headers of such a page.</summary>
    public static HeaderPolicyCollection ForSecrets() => new HeaderPolicyCollection()
        .AddContentTypeOptionsNoSniff()
        .AddFrameOptionsDeny()
        .AddReferrerPolicyNoReferrer()
        .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
        .AddCrossOriginResourcePolicy(policy => policy.SameOrigin())
        .RemoveServerHeader()
        .AddContentSecurityPolicy(policy =>
        {
            policy.AddDefaultSrc().None();
            policy.AddStyleSrc().Self().UnsafeInline(); // the palette stands in the page's head
            policy.AddImgSrc().Self().Data();
            policy.AddFontSrc().Self();
            policy.AddBaseUri().Self();
            policy.AddFrameAncestors().None();
            policy.AddFormAction().Self();
        })
        .AddCustomHeader("Cache-Control", "no-store")
        .AddCustomHeader("X-Robots-Tag", "noindex, nofollow");

    /// <summary>The headers of such a file.</summary>
    public static HeaderPolicyCollection ForFiles() => new HeaderPolicyCollection()
        .AddContentTypeOptionsNoSniff()
        .AddFrameOptionsDeny()
        .AddReferrerPolicyNoReferrer()
        .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
        .AddCrossOriginResourcePolicy(policy => policy.SameOrigin())
        .RemoveServerHeader()
        .AddContentSecurityPolicy(policy =>
        {
            policy.AddDefaultSrc().None();
            policy.AddFrameAncestors().None();
            policy.AddSandbox();
        });

    /// <summary>Builds them; the sign-in provider's origin comes from <c>AzureAd:Instance</c>.</summary>
    public static HeaderPolicyCollection For(IConfiguration configuration)
    {
        var provider = new Uri(configuration["AzureAd:Instance"] ?? "https://login.microsoftonline.com/").GetLeftPart(UriPartial.Authority);
        return new HeaderPolicyCollection()
            .AddContentTypeOptionsNoSniff()
            .AddFrameOptionsDeny()
            .AddReferrerPolicyStrictOriginWhenCrossOrigin()
            .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
            .AddCrossOriginResourcePolicy(policy => policy.SameOrigin())
            .AddPermissionsPolicy(policy =>
            {
                policy.AddCamera().None();
                policy.AddMicrophone().None();
                policy.AddGeolocation().None();
                policy.AddPayment().None();
                policy.AddUsb().None();
                policy.AddDisplayCapture().None();
                policy.AddPublickeyCredentialsGet().None();
            })
            .RemoveServerHeader()
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().Self();
                policy.AddScriptSrc().Self().WithNonce(); // the nonce is for the import map alone
                policy.AddStyleSrc().Self().UnsafeInline(); // MudBlazor positions pop-overs by style attributes
                policy.AddImgSrc().Self().Data();
                policy.AddFontSrc().Self();
                policy.AddConnectSrc().Self();
                policy.AddObjectSrc().None();
                policy.AddBaseUri().Self();
                policy.AddFrameAncestors().None();
                policy.AddFormAction().Self().From(provider); // signing out is a form whose answer leads to the provider
            });
    }
}
