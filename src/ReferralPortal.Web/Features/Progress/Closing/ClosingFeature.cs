using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>Registers the end of a referral: discharge, the report acknowledged and chased, closing, and what the referrer says of it.</summary>
public static class ClosingFeature
{
    public static IServiceCollection AddClosing(this IServiceCollection services) => services
        .AddScoped<EndCare>()
        .AddScoped<ReadClosing>()
        .AddScoped<ListToClose>()
        .AddScoped<AcknowledgeReport>()
        .AddScoped<AnswerSatisfaction>()
        .AddScoped<ReadSatisfaction>()
        .AddMessageHandler<ReportSigned, BeginChase>()
        .AddMessageHandler<ReportAmended, BeginChase>()
        .AddMessageHandler<ReportChase, ChaseReport>();
}
