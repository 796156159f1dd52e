namespace ReferralPortal.Web.Features.Home;

/// <summary>Registers the home page.</summary>
public static class HomeFeature
{
    public static IServiceCollection AddHome(this IServiceCollection services) => services.AddScoped<ReadHome>();
}
