using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform.Printing;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>Registers the clinic's record, reports and the end of treatment.</summary>
public static class ProgressFeature
{
    public static IServiceCollection AddProgress(this IServiceCollection services) => services
        .AddScoped<ListCaseload>()
        .AddScoped<ReadMyDay>()
        .AddScoped<OpenCare>()
        .AddScoped(typeof(NoteDrafts<>))
        .AddScoped<RecordAssessment>()
        .AddScoped<RecordSession>()
        .AddScoped<RecordGoals>()
        .AddScoped<RecordWork>()
        .AddSingleton<PagePrinter>()
        .AddReports();
}
