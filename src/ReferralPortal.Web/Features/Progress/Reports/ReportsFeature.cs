using Microsoft.AspNetCore.RateLimiting;
using ReferralPortal.Web.Features.Progress.Reports.Check;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Features.Progress.Reports.Verify;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>Registers the clinic's reports: written, checked by the patient, released, read, asked about, amended, verified.</summary>
public static class ReportsFeature
{
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddScoped<WriteReport>()
        .AddScoped<PreviewReport>()
        .AddScoped<ReleaseReport>()
        .AddScoped<AmendReport>()
        .AddScoped<ReadReport>()
        .AddScoped<ListReports>()
        .AddScoped<ReportFiles>()
        .AddSingleton<ReportPdf>()
        .AddScoped<ListQueries>()
        .AddScoped<AskAboutReport>()
        .AddScoped<AnswerQuery>()
        .AddScoped<ListReportWork>()
        .AddScoped<CheckReport>()
        .AddScoped<VerifyReport>()
        .AddMessageHandler<ReportWindowEnds, ReleaseReport>()
        .Configure<RateLimiterOptions>(limiter => limiter.AddPolicy<string, OpenReportLimit>(OpenReportLimit.Name));
}
