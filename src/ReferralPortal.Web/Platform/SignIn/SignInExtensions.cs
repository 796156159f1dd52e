using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>Sign-in with a work account: Entra ID or the local provider, by configuration alone.</summary>
public static class SignInExtensions
{
    /// <summary>
    /// Registers sign-in from the sections <c>AzureAd</c> and <c>SignIn</c>. Needs <c>AddPortalDatabase</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The provider's address is missing, or is plain http on another machine than this.</exception>
    public static WebApplicationBuilder AddPortalSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var options = builder.Configuration.GetSection(SignInOptions.Section).Get<SignInOptions>() ?? new();
        var directory = builder.Configuration.GetSection("AzureAd");
        var instance = Instance(directory);

        services.AddSingleton(options);
        services.AddSingleton<PortalSessions>();
        services.AddSingleton<SignedInActivity>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddScoped<AuthenticationStateProvider, CircuitSession>();
        services.AddScoped<CurrentActor>();
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();

        // The local provider in this process checks its own codes through the same library, which then warns of a portal's checks that it leaves out.
        if (new Uri(instance).IsLoopback) builder.Logging.AddFilter("Microsoft.IdentityModel.LoggingExtensions.IdentityLoggerAdapter", LogLevel.Error);

        // These hold for every provider; the section says only where it is.
        directory["ResponseType"] = OpenIdConnectResponseType.Code;
        directory["MapInboundClaims"] = "false"; // set in code it would be overwritten
        services.AddAuthentication(scheme =>
            {
                scheme.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                scheme.DefaultChallengeScheme = CookieAuthenticationDefaults.AuthenticationScheme; // first our own page, with one button
            })
            .AddMicrosoftIdentityWebApp(directory);
        services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, provider => Provider(provider, instance, builder.Environment));
        services.Configure<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme, cookie => Cookie(cookie, options, builder.Environment));

        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .RequireClaim(PortalClaims.Person)
            .Build());
        return builder;
    }

    /// <summary>Finds out who asks, refuses whom no endpoint admits, and checks the token of every form.</summary>
    public static WebApplication UsePortalSignIn(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    /// <summary>
    /// Maps <c>GET /sign-in/start</c> (leads to the provider), <c>POST /sign-out</c> (ends both sessions) <c>POST /session</c> (keeps a session in use alive)
    /// and <c>POST /session/end</c> (ends an unused one here, and leaves the provider's alone).
    /// The pages <c>/sign-in</c>, <c>/signed-out</c> and <c>/access-denied</c> are Razor components.
    /// </summary>
    public static WebApplication MapSignIn(this WebApplication app)
    {
        app.MapGet("/sign-in/start", Start).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/sign-out", SignOut).AllowAnonymous().WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();
        app.MapPost("/session", () => Results.NoContent()).ExcludeFromDescription();
        app.MapPost("/session/end", End).AllowAnonymous().ExcludeFromDescription();
        return app;
    }

    static IResult Start(HttpContext context, string? returnUrl, bool? choose)
    {
        var address = ReturnAddress.Safe(returnUrl);
        if (context.User.PersonId() is not null && choose is not true) return Results.LocalRedirect(address);
        var properties = new AuthenticationProperties { RedirectUri = address };
        if (choose is true) properties.SetParameter(OpenIdConnectParameterNames.Prompt, OpenIdConnectPrompt.SelectAccount);
        return Results.Challenge(properties, [OpenIdConnectDefaults.AuthenticationScheme]);
    }

    /// <summary>Somebody whose session has ended already, in another tab perhaps, has nothing to prove.</summary>
    static async Task<IResult> SignOut(HttpContext context, PortalSessions sessions)
    {
        if (context.User.SessionId() is not { } session) return Results.LocalRedirect("/signed-out");
        if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: true }) return Results.BadRequest();
        await sessions.End(session, context.RequestAborted);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = "/signed-out" },
            [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]);
    }

    /// <summary>Takes no token: the cookie is not sent from other sites, and ending a session harms nobody.</summary>
    static async Task<IResult> End(HttpContext context, PortalSessions sessions)
    {
        if (context.User.SessionId() is { } session) await sessions.End(session, context.RequestAborted);
        return Results.SignOut(authenticationSchemes: [CookieAuthenticationDefaults.AuthenticationScheme]);
    }

    static string Instance(IConfiguration directory)
    {
        var instance = directory["Instance"];
        if (!Uri.TryCreate(instance, UriKind.Absolute, out var address)) throw new InvalidOperationException("Set AzureAd:Instance to the sign-in provider's address, for example https://login.microsoftonline.com/.");
        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback) throw new InvalidOperationException("AzureAd:Instance must be https; plain http is for a provider on this machine.");
        if (string.IsNullOrEmpty(directory["ClientId"])) throw new InvalidOperationException("Set AzureAd:ClientId to the portal's application id.");
        return instance;
    }

    static void Provider(OpenIdConnectOptions provider, string instance, IHostEnvironment environment)
    {
        provider.RequireHttpsMetadata = instance.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        provider.ResponseMode = OpenIdConnectResponseMode.Query; // lets the passing cookies be SameSite=Lax; the code is worthless without its PKCE verifier
        provider.UsePkce = true;
        provider.SaveTokens = false;
        provider.GetClaimsFromUserInfoEndpoint = false;
        provider.CorrelationCookie.Harden("sign-in-", environment, SameSiteMode.Lax);
        provider.NonceCookie.Harden("nonce-", environment, SameSiteMode.Lax);
        provider.SignedOutRedirectUri = "/signed-out";
        provider.TokenValidationParameters.IssuerValidator = DirectoryIssuer.For(instance);
        provider.TokenValidationParameters.NameClaimType = "name";
        provider.TokenValidationParameters.RoleClaimType = PortalClaims.Roles;
        var validated = provider.Events.OnTokenValidated;
        provider.Events.OnTokenValidated = async context =>
        {
            await validated(context);
            await DirectorySignIn.Admit(context);
        };
        provider.Events.OnRemoteFailure = DirectorySignIn.Fail;
    }

    static void Cookie(CookieAuthenticationOptions cookie, SignInOptions options, IHostEnvironment environment)
    {
        cookie.Cookie.Harden("session", environment, SameSiteMode.Lax);
        cookie.ExpireTimeSpan = options.Idle;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/sign-in";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.AccessDeniedPath = "/access-denied";
        cookie.Events.OnValidatePrincipal = SessionCookie.Validate;
        cookie.Events.OnRedirectToLogin = SessionCookie.Challenge;
        cookie.Events.OnRedirectToAccessDenied = SessionCookie.Forbid;
    }
}
