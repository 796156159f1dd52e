using ReferralPortal.Web.Components.Layout;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Features.Triage.Contact;
using ReferralPortal.Web.Features.Triage.Decide;
using ReferralPortal.Web.Features.Triage.Facts;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform;

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
        .AddScoped<ForwardReferral>()
        .AddScoped<ChangePriority>()
        .AddScoped<UndoDecision>()
        .AddScoped<ReadHistory>()
        .AddScoped<ReadContacts>()
        .AddScoped<LogContact>()
        .AddScoped<AcknowledgeAlert>()
        .AddScoped<ClearRedFlag>()
        .AddScoped<CountAlerts>()
        .AddMessageHandler<AlertEscalation, EscalateAlert>()
        .AddMessageHandler<ContactCheck, CheckContact>()
        .AddScoped<FindConflicts>()
        .AddScoped<DeclareIndependence>();
}
