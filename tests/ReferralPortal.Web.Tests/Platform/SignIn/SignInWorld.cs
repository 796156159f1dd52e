using Dapper;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReferralPortal.Database.Local;
using ReferralPortal.DevIdentity;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.SignIn;

/// <summary>
/// The portal's sign-in and outer walls on Kestrel, with the real provider, the real pages and a database of its own; what lies behind them is one address
/// that answers with the signed-in person's claims.
/// </summary>
public sealed class SignInWorld : IAsyncLifetime
{
    public static readonly Guid NorthgateDirectory = new("11111111-0000-0000-0000-000000000001");
    static readonly Guid harbourDirectory = new("11111111-0000-0000-0000-000000000002");
    static readonly Guid strangersDirectory = new("11111111-0000-0000-0000-000000000009");

    public static readonly DevAccount Solicitor = Person("solicitor@northgate-law.example", "Priya Nair", NorthgateDirectory);
    public static readonly DevAccount Partner = Person("partner@northgate-law.example", "Owen Price", NorthgateDirectory);
    public static readonly DevAccount Leaver = Person("leaver@northgate-law.example", "Tom Ashworth", NorthgateDirectory);
    public static readonly DevAccount Unknown = Person("new.starter@northgate-law.example", "Ewa Nowak", NorthgateDirectory);
    public static readonly DevAccount Neighbour = Person("solicitor@harbour-legal.example", "Joy Obi", harbourDirectory);
    public static readonly DevAccount Stranger = Person("stranger@elsewhere.example", "Sam Field", strangersDirectory);
    static readonly DevAccount[] everybody = [Solicitor, Partner, Leaver, Unknown, Neighbour, Stranger];

    readonly List<IAsyncDisposable> running = [];
    readonly PortalTestDatabase database = new();

    /// <summary>The portal with the provider inside its own process.</summary>
    public Uri Portal { get; private set; } = null!;

    /// <summary>All that the portal logged.</summary>
    public LogBook Log { get; } = new();

    /// <summary>The services of the portal at <see cref="Portal"/>.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await Sql("""
            insert into organisation (id, kind, name, directory_tenant_id) values
                ('22222222-0000-0000-0000-000000000001', 'solicitor', 'Northgate Law', '11111111-0000-0000-0000-000000000001'),
                ('22222222-0000-0000-0000-000000000002', 'solicitor', 'Harbour Legal', '11111111-0000-0000-0000-000000000002')
            """);
        await Sql("""
            insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles) values
                ('33333333-0000-0000-0000-000000000001', '22222222-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'Solicitor@Northgate-Law.example', 'Priya Nair', '{referrer}'),
                ('33333333-0000-0000-0000-000000000002', '22222222-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'partner@northgate-law.example', 'Owen Price', '{referrer,organisation_administrator}'),
                ('33333333-0000-0000-0000-000000000003', '22222222-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'leaver@northgate-law.example', 'Tom Ashworth', '{referrer}'),
                ('33333333-0000-0000-0000-000000000004', '22222222-0000-0000-0000-000000000002', '11111111-0000-0000-0000-000000000002', 'solicitor@harbour-legal.example', 'Joy Obi', '{referrer}'),
                -- prepared at Harbour Legal for a name that only the strangers' directory has
                ('33333333-0000-0000-0000-000000000005', '22222222-0000-0000-0000-000000000002', '11111111-0000-0000-0000-000000000002', 'stranger@elsewhere.example', 'Sam Field', '{referrer}')
            """);
        var portal = await StartPortal();
        Services = portal.Services;
        Portal = Address(portal);
    }

    /// <summary>Starts one more portal on the same database, for a test that needs its own settings.</summary>
    /// <param name="provider">The address of a provider that runs elsewhere; inside the portal when not given.</param>
    /// <param name="settings">Configuration on top of the usual.</param>
    public Task<WebApplication> StartPortal(Uri? provider = null, params (string Key, string Value)[] settings) => StartPortal(provider, TimeProvider.System, settings);

    /// <summary>Starts one more portal with a clock of its own.</summary>
    public Task<WebApplication> StartPortal(TimeProvider clock) => StartPortal(null, clock, []);

    async Task<WebApplication> StartPortal(Uri? provider, TimeProvider clock, (string Key, string Value)[] settings)
    {
        var port = LocalProcess.FreePort();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", ApplicationName = typeof(SignInExtensions).Assembly.GetName().Name });
        builder.WebHost.UseUrls($"http://localhost:{port}");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Portal"] = database.AppConnection,
            ["AzureAd:Instance"] = (provider ?? new Uri($"http://localhost:{port}/devidp/")).AbsoluteUri,
            ["AzureAd:TenantId"] = "organizations",
            ["AzureAd:ClientId"] = DevIdentityOptions.DefaultClientId,
            ["SignIn:Revalidate"] = "00:00:00.500",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.AddPortalDatabase();
        builder.Services.AddSingleton(clock);
        builder.Services.AddPortalComponents();
        builder.Services.AddDevIdentity(builder.Configuration).Configure<DevIdentityOptions>(options => options.Accounts = everybody);
        builder.AddPortalSecurity();
        builder.AddPortalSignIn();

        var app = builder.Build();
        app.UseDevIdentity();
        app.UsePortalSecurityHeaders();
        app.UsePortalSignIn();
        app.UsePortalConnectionGuard();
        app.MapSignIn();
        app.MapRazorComponents<AnyPage>().AddAdditionalAssemblies(typeof(SignInExtensions).Assembly).AddInteractiveServerRenderMode();
        // In front of the portal's own home page.
        app.MapGet("/", (HttpContext context) => string.Join('\n', context.User.Claims.Select(claim => $"{claim.Type}={claim.Value}"))).WithOrder(-1);
        app.MapGet("/only-for-clinicians", () => "clinicians").RequireAuthorization(policy => policy.RequireRole("clinician"));
        app.MapGet("/form-token", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).RequestToken);
        await app.StartAsync();
        running.Add(app);
        return app;
    }

    /// <summary>Starts the provider as a host of its own.</summary>
    public async Task<Uri> StartProvider()
    {
        var provider = DevIdentityHost.Build(LocalProcess.FreePort(), everybody);
        await provider.StartAsync();
        running.Add(provider);
        return Address(provider);
    }

    /// <summary>Runs a statement as the owner of the schema.</summary>
    public async Task Sql(string statement, object? values = null)
    {
        await using var connection = await database.Owner();
        await connection.ExecuteAsync(statement, values);
    }

    /// <summary>Asks as the owner of the schema.</summary>
    public async Task<T?> Ask<T>(string query, object? values = null)
    {
        await using var connection = await database.Owner();
        return await connection.ExecuteScalarAsync<T>(query, values);
    }

    public static Uri Address(WebApplication app) => new(app.Urls.Single());

    public async ValueTask DisposeAsync()
    {
        foreach (var host in running) await host.DisposeAsync();
        await database.DisposeAsync();
    }

    static DevAccount Person(string userName, string displayName, Guid directory) => new(userName, displayName, userName.Split('@')[1], directory, Guid.NewGuid());

    /// <summary>The portal's pages without its frame.</summary>
    sealed class AnyPage : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<Router>(0);
            builder.AddComponentParameter(1, nameof(Router.AppAssembly), typeof(SignInExtensions).Assembly);
            builder.AddComponentParameter(2, nameof(Router.Found), (RenderFragment<RouteData>)(route => found =>
            {
                found.OpenComponent<RouteView>(0);
                found.AddComponentParameter(1, nameof(RouteView.RouteData), route);
                found.CloseComponent();
            }));
            builder.CloseComponent();
        }
    }
}

/// <summary>Keeps every line that is logged, at every level from information up.</summary>
public sealed class LogBook : ILoggerProvider, ILogger
{
    readonly List<string> lines = [];

    public string Text
    {
        get
        {
            lock (lines) return string.Join('\n', lines);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines) lines.Add($"{formatter(state, exception)} {exception}");
    }

    public bool IsEnabled(LogLevel level) => level >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose() { }
}
