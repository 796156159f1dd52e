using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ReferralPortal.DevIdentity;

/// <summary>
/// An OpenID Connect provider with Entra's addresses, issuers and claims, for development and tests: no database, keys that live as long as the
/// process, and codes sent to this machine only. It keeps its own services, so that the portal's pipeline holds nothing of it.
/// </summary>
public sealed class DevIdentityProvider : IAsyncDisposable
{
    // One for the process: making it is the dearest part of a start, and tests start many providers.
    static readonly RsaSecurityKey signingKey = new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("n") };

    readonly DevIdentityOptions options;
    readonly Lazy<IReadOnlyList<DevAccount>> accounts;
    readonly ServiceProvider services;
    readonly RequestDelegate pipeline;

    /// <summary>Builds the provider. The accounts are read at the first request, so a faulty file stops nothing but a sign-in.</summary>
    public DevIdentityProvider(DevIdentityOptions options, ILoggerFactory logging)
    {
        this.options = options;
        accounts = new(options.LoadAccounts);
        services = Services(logging);
        pipeline = Pipeline();
    }

    /// <summary>Answers one request whose path base is the provider's own.</summary>
    public async Task Invoke(HttpContext context)
    {
        var outer = context.RequestServices;
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await pipeline(context);
        }
        finally
        {
            context.RequestServices = outer;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => services.DisposeAsync();

    RequestDelegate Pipeline()
    {
        var app = new ApplicationBuilder(services);
        app.Use(MoveTenantIntoPathBase);
        app.UseAuthentication(); // answers discovery, keys and token; lets authorise and end-session through to Answer
        app.Run(Answer);
        return app.Build();
    }

    ServiceProvider Services(ILoggerFactory logging)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<ILoggerFactory>(new WarningsOnly(logging));
        collection.AddDataProtection().UseEphemeralDataProtectionProvider();
        collection.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "devidp";
            cookie.Cookie.Path = "/";
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        });
        collection.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode()
                .SetConfigurationEndpointUris("v2.0/.well-known/openid-configuration")
                .SetJsonWebKeySetEndpointUris("discovery/v2.0/keys")
                .SetAuthorizationEndpointUris("oauth2/v2.0/authorize")
                .SetTokenEndpointUris("oauth2/v2.0/token")
                .SetEndSessionEndpointUris("oauth2/v2.0/logout")
                .AllowAuthorizationCodeFlow()
                .RequireProofKeyForCodeExchange()
                .RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess)
                .AddSigningKey(signingKey)
                .AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32))); // of codes, which only this provider reads
            server.UseAspNetCore()
                .DisableTransportSecurityRequirement()
                .EnableAuthorizationEndpointPassthrough()
                .EnableEndSessionEndpointPassthrough();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(CheckAuthorizationRequest));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(CheckTokenRequest));
            server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(CheckEndSessionRequest));
            server.AddEventHandler<ProcessSignInContext>(handler => handler.UseInlineHandler(IssueInTheTenantsName)
                .SetOrder(OpenIddictServerHandlers.PrepareIdentityTokenPrincipal.Descriptor.Order + 1));
            server.AddEventHandler<ValidateTokenContext>(handler => handler.UseInlineHandler(AcceptEveryTenantsIssuer)
                .SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 1));
            server.AddEventHandler<ApplyConfigurationResponseContext>(handler => handler.UseInlineHandler(DescribeTheIssuer));
        });
        return collection.BuildServiceProvider();
    }

    /// <summary>Entra's addresses start with a tenant: a directory's id, or <c>organizations</c> for any directory.</summary>
    static Task MoveTenantIntoPathBase(HttpContext context, RequestDelegate next)
    {
        var parts = context.Request.Path.Value!.Split('/', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !(parts[0] is "organizations" or "common" || Guid.TryParse(parts[0], out _)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        context.Request.PathBase = context.Request.PathBase.Add("/" + parts[0]);
        context.Request.Path = context.Request.Path.Value[(parts[0].Length + 1)..];
        return next(context);
    }

    async Task Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        switch (context.GetOpenIddictServerEndpointType())
        {
            case OpenIddictServerEndpointType.Authorization:
                await Authorise(context);
                break;
            case OpenIddictServerEndpointType.EndSession:
                await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                await context.SignOutAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    async Task Authorise(HttpContext context)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var form = HttpMethods.IsPost(context.Request.Method) ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;

        if (form.TryGetValue("account", out var chosen)) // a press of a listed account needs no password
            await Enter(context, Known(chosen.ToString()), request, "This account is not in the directory.");
        else if (form.TryGetValue("user_name", out var typed))
            await Enter(context, form["password"] == options.Password ? Known(typed.ToString().Trim()) : null, request, "Check the user name and the password. The password of every demo account is \"demo\".", typed);
        else if (!request.HasPromptValue(PromptValues.Login) && !request.HasPromptValue(PromptValues.SelectAccount) && await SignedIn(context) is { } account)
            await Issue(context, account);
        else
            await SignInPage.Show(context, accounts.Value, request);
    }

    async Task Enter(HttpContext context, DevAccount? account, OpenIddictRequest request, string otherwise, string? typed = null)
    {
        if (account is null || !Serves(context, account))
        {
            await SignInPage.Show(context, accounts.Value, request, otherwise, typed);
            return;
        }
        var session = new ClaimsIdentity([new Claim(Claims.Subject, account.UserName)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(session));
        await Issue(context, account);
    }

    async Task<DevAccount?> SignedIn(HttpContext context)
    {
        var session = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return session.Principal?.GetClaim(Claims.Subject) is { } userName && Known(userName) is { } account && Serves(context, account) ? account : null;
    }

    static Task Issue(HttpContext context, DevAccount account)
    {
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, "roles");
        identity.SetClaim(Claims.Subject, account.ObjectId.ToString())
            .SetClaim("oid", account.ObjectId.ToString())
            .SetClaim("tid", account.TenantId.ToString())
            .SetClaim("ver", "2.0")
            .SetClaim(Claims.PreferredUsername, account.UserName)
            .SetClaim(Claims.Name, account.DisplayName)
            .SetScopes(context.GetOpenIddictServerRequest()!.GetScopes())
            .SetDestinations(static _ => [Destinations.IdentityToken]);
        return context.SignInAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
    }

    DevAccount? Known(string userName) => accounts.Value.FirstOrDefault(account => string.Equals(account.UserName, userName, StringComparison.OrdinalIgnoreCase));

    /// <summary>A directory's own address admits its own people only; <c>organizations</c> admits everybody.</summary>
    static bool Serves(HttpContext context, DevAccount account)
    {
        var tenant = context.Request.PathBase.Value!.Split('/')[^1];
        return !Guid.TryParse(tenant, out var id) || id == account.TenantId;
    }

    ValueTask CheckAuthorizationRequest(ValidateAuthorizationRequestContext context)
    {
        if (context.ClientId != options.ClientId)
            context.Reject(Errors.InvalidClient, $"The client must be {options.ClientId} (AzureAd:ClientId).");
        else if (!MayReceive(context.Transaction, context.RedirectUri))
            context.Reject(Errors.InvalidRequest, "A code is sent to this machine or this site only.");
        return ValueTask.CompletedTask;
    }

    ValueTask CheckTokenRequest(ValidateTokenRequestContext context)
    {
        if (context.ClientId != options.ClientId) context.Reject(Errors.InvalidClient, "Unknown client.");
        return ValueTask.CompletedTask;
    }

    static ValueTask CheckEndSessionRequest(ValidateEndSessionRequestContext context)
    {
        if (context.PostLogoutRedirectUri is { Length: > 0 } address && !MayReceive(context.Transaction, address))
            context.Reject(Errors.InvalidRequest, "After signing out, the way leads back to this machine or this site only.");
        return ValueTask.CompletedTask;
    }

    static bool MayReceive(OpenIddictServerTransaction transaction, string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && (uri.IsLoopback || string.Equals(uri.Authority, transaction.GetHttpRequest()?.Host.Value, StringComparison.OrdinalIgnoreCase));

    static ValueTask IssueInTheTenantsName(ProcessSignInContext context)
    {
        if (context.IdentityTokenPrincipal is { } principal)
            principal.SetClaim(Claims.Private.Issuer, Root(context.BaseUri!) + principal.GetClaim("tid") + "/v2.0");
        return ValueTask.CompletedTask;
    }

    static ValueTask AcceptEveryTenantsIssuer(ValidateTokenContext context)
    {
        if (context.TokenValidationParameters is not { } parameters || context.BaseUri is not { } address) return ValueTask.CompletedTask;
        var root = Root(address);
        parameters.IssuerValidator = (issuer, _, _) => issuer.StartsWith(root, StringComparison.Ordinal) ? issuer : throw new InvalidOperationException("Not a token of this provider.");
        return ValueTask.CompletedTask;
    }

    static ValueTask DescribeTheIssuer(ApplyConfigurationResponseContext context)
    {
        var address = context.BaseUri!.AbsoluteUri.TrimEnd('/');
        context.Response[Metadata.Issuer] = Guid.TryParse(address[(address.LastIndexOf('/') + 1)..], out _) ? address + "/v2.0" : Root(context.BaseUri) + "{tenantid}/v2.0";
        return ValueTask.CompletedTask;
    }

    /// <summary>The provider's own address, without the tenant, with a slash at the end.</summary>
    static string Root(Uri tenantAddress)
    {
        var address = tenantAddress.AbsoluteUri.TrimEnd('/');
        return address[..(address.LastIndexOf('/') + 1)];
    }

    /// <summary>What the provider tells beyond warnings is who signed in, and with which codes.</summary>
    sealed class WarningsOnly(ILoggerFactory outer) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Quiet(outer.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Add it to the portal's own logging.");

        public void Dispose() { }

        sealed class Quiet(ILogger logger) : ILogger
        {
            public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning && logger.IsEnabled(level);

            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(level)) logger.Log(level, id, state, exception, formatter);
            }
        }
    }
}
