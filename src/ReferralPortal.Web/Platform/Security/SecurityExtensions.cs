using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.SignalR;
using ReferralPortal.Web.Platform.Hosting;

namespace ReferralPortal.Web.Platform.Security;

/// <summary>The portal's outer walls: headers, limits, the origin of connections.</summary>
public static class SecurityExtensions
{
    /// <summary>Registers limits, antiforgery and the watch on open pages.</summary>
    public static WebApplicationBuilder AddPortalSecurity(this WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection(PortalLimits.Section).Get<PortalLimits>() ?? new();
        builder.Services.AddSingleton(limits);

        // Addresses of requests carry sign-in codes and what people search for.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.RequestBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.Configure<FormOptions>(form =>
        {
            form.ValueCountLimit = 512;
            form.ValueLengthLimit = (int)Math.Min(limits.RequestBodyBytes, int.MaxValue);
        });
        builder.Services.Configure<HubOptions>(hub =>
        {
            hub.MaximumReceiveMessageSize = limits.HubMessageBytes;
            // A browser on a busy or sleepy machine may miss two of its signs of life before its line is cut.
            hub.ClientTimeoutInterval = TimeSpan.FromMinutes(1);
            hub.AddFilter(new EventOrder());
        });
        builder.Services.Configure<CircuitOptions>(circuits => circuits.DisconnectedCircuitMaxRetained = 100);

        builder.Services.AddAntiforgery(antiforgery => antiforgery.Cookie.Harden("antiforgery", builder.Environment, SameSiteMode.Strict));
        builder.Services.AddHsts(hsts =>
        {
            hsts.MaxAge = TimeSpan.FromDays(365);
            hsts.IncludeSubDomains = true;
        });
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = async (rejected, ct) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "60";
                await rejected.HttpContext.Response.WriteAsync("Too many sign-ins from your network just now. Please wait a minute, then go back and try again.", ct);
            };
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => SignInLimit(context, limits));
        });

        // Only proxies that are named may say who the caller is and that the outer connection was https.
        var proxies = builder.Configuration.GetSection("Security:TrustedProxies").Get<string[]>() ?? [];
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var network in proxies) forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        });

        builder.Services.AddSecurityHeaderPolicies().AddPolicy(SecurityHeaders.OfFiles, SecurityHeaders.ForFiles()).AddPolicy(SecurityHeaders.OfSecrets, SecurityHeaders.ForSecrets());

        builder.Services.AddSingleton<OpenPages>();
        builder.Services.AddScoped<OpenPage>();
        builder.Services.AddScoped<CircuitHandler>(services => services.GetRequiredService<OpenPage>());
        return builder;
    }

    /// <summary>Sets the security headers of every answer; comes first, so that errors and refusals carry them too.</summary>
    public static WebApplication UsePortalSecurityHeaders(this WebApplication app)
    {
        app.UseForwardedHeaders();
        if (!app.Environment.IsDevelopment()) app.UseHsts();
        app.UseSecurityHeaders(SecurityHeaders.For(app.Configuration));
        app.Use(NothingPersonalIsKept);
        app.UseRateLimiter();
        return app;
    }

    /// <summary>Guards the connection of interactive pages: its origin, its kind, its number. Comes after authentication.</summary>
    public static WebApplication UsePortalConnectionGuard(this WebApplication app)
    {
        app.UseMiddleware<ConnectionGuard>();
        return app;
    }

    /// <summary>Names a cookie and keeps it from scripts, other sites and, outside development, plain http.</summary>
    internal static void Harden(this CookieBuilder cookie, string name, IHostEnvironment environment, SameSiteMode sameSite)
    {
        var overHttps = !environment.IsDevelopment();
        cookie.Name = overHttps ? "__Host-" + name : "portal-" + name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.IsEssential = true;
        cookie.SameSite = sameSite;
        cookie.SecurePolicy = overHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
    }

    /// <summary>What a signed-in person reads stays out of the browser's and every proxy's memory.</summary>
    static Task NothingPersonalIsKept(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var type = context.Response.ContentType;
            var isAsset = type is not null && (type.StartsWith("text/css", StringComparison.Ordinal) || type.Contains("javascript") || type.StartsWith("font/", StringComparison.Ordinal) || type.StartsWith("image/", StringComparison.Ordinal));
            if (context.User.Identity is { IsAuthenticated: true } && !isAsset) context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    static RateLimitPartition<string> SignInLimit(HttpContext context, PortalLimits limits)
    {
        var path = context.Request.Path;
        if (!path.StartsWithSegments("/sign-in/start") && !path.StartsWithSegments("/signin-oidc")) return RateLimitPartition.GetNoLimiter("");
        var from = context.Connection.RemoteIpAddress?.ToString() ?? "";
        return RateLimitPartition.GetSlidingWindowLimiter(from, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = limits.SignInsPerMinute,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 6,
        });
    }
}
