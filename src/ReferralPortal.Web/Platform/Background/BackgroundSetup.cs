namespace ReferralPortal.Web.Platform.Background;

/// <summary>Registers the portal's own work beside its pages.</summary>
public static class BackgroundSetup
{
    /// <summary>Adds the worker. <c>Background:Enabled=false</c> leaves the work to nodes that run the verb <c>worker</c>.</summary>
    public static WebApplicationBuilder AddPortalBackground(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OutboxWorker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxWorker>());
        return builder;
    }
}
