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
        .AddScoped<ClearRedFlag>();
}
