using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ReferralPortal.DevIdentity;

/// <summary>Runs the local sign-in provider as a web host of its own, the way a real provider stands on another origin than the portal.</summary>
public static class DevIdentityHost
{
    /// <summary>
    /// Builds the host on <c>http://localhost:{port}</c>; the portal's <c>AzureAd:Instance</c> is that address with a slash at the end.
    /// The caller starts and stops it.
    /// </summary>
    /// <param name="port">A free TCP port of this machine.</param>
    /// <param name="accounts">The people of the directory; the demo accounts when not given.</param>
    public static WebApplication Build(int port, IReadOnlyList<DevAccount>? accounts = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDevIdentity(builder.Configuration);
        builder.Services.Configure<DevIdentityOptions>(options => options.Accounts = accounts ?? options.Accounts);
        var app = builder.Build();
        app.Run(app.Services.GetRequiredService<DevIdentityProvider>().Invoke);
        return app;
    }
}
