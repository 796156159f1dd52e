using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>How often one network address may verify copies of reports or open a patient's link: often enough for an office, too seldom to guess.</summary>
sealed class OpenReportLimit(PortalLimits limits) : IRateLimiterPolicy<string>
{
    public const string Name = "open-reports";

    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected => static async (rejected, ct) =>
    {
        rejected.HttpContext.Response.Headers.RetryAfter = "60";
        await rejected.HttpContext.Response.WriteAsync("Too many tries from your network just now. Please wait a minute, then try again.", ct);
    };

    public RateLimitPartition<string> GetPartition(HttpContext context) =>
        RateLimitPartition.GetSlidingWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = limits.ReportChecksPerMinute,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 6,
        });
}
