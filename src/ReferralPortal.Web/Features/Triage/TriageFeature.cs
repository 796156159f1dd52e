using ReferralPortal.Web.Components.Layout;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>Registers the triage queue and the decisions that are made in it.</summary>
public static class TriageFeature
{
    public static IServiceCollection AddTriage(this IServiceCollection services) => services
        .AddScoped<ListQueue>()
        .AddScoped<ExportQueue>()
        .AddScoped<SavedViews>()
        .AddScoped<PersonSettings>()
        .AddScoped<AssignReferral>()
        .AddScoped<AcceptToPool>()
        .AddScoped<BulkTriage>()
        .AddScoped<QueuePalette>()
        .AddScoped<PaletteSearch>(services => services.GetRequiredService<QueuePalette>().Find)
        .AddScoped<OpenTriage>()
        .AddScoped<StartTriage>()
        .AddScoped<AskForInformation>()
        .AddScoped<AcceptReferral>()
        .AddScoped<DeclineReferral>()
        .AddScoped<AcknowledgeAlert>()
        .AddScoped<ClearRedFlag>()
        .AddScoped<CountAlerts>()
        .AddMessageHandler<AlertEscalation, EscalateAlert>()
        .AddScoped<FindConflicts>()
        .AddScoped<DeclareIndependence>();
}
