using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ReferralPortal.DevIdentity;

/// <summary>Puts the local sign-in provider into the portal's own process.</summary>
public static class DevIdentityExtensions
{
    /// <summary>Registers the provider, configured by the section <c>DevIdentity</c>.</summary>
    public static IServiceCollection AddDevIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<DevIdentityOptions>(configuration.GetSection(DevIdentityOptions.Section));
        services.AddSingleton(provider => new DevIdentityProvider(provider.GetRequiredService<IOptions<DevIdentityOptions>>().Value, provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }

    /// <summary>Answers everything under the provider's path. Comes before security headers and authentication: the provider sets its own.</summary>
    public static IApplicationBuilder UseDevIdentity(this IApplicationBuilder app)
    {
        var path = app.ApplicationServices.GetRequiredService<IOptions<DevIdentityOptions>>().Value.Path;
        var provider = app.ApplicationServices.GetRequiredService<DevIdentityProvider>();
        return app.Map(path, branch => branch.Run(provider.Invoke));
    }
}
