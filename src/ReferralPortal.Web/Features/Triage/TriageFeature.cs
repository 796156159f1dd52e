using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>Registers the triage queue and the decisions that are made in it.</summary>
public static class TriageFeature
{
    public static IServiceCollection AddTriage(this IServiceCollection services) => services
        .AddScoped<ListQueue>()
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
