namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>Registers the clinic's reports.</summary>
public static class ReportsFeature
{
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddScoped<WriteReport>()
        .AddScoped<ReadReport>()
        .AddSingleton<ReportPdf>();
}
