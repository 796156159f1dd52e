using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace ReferralPortal.Web.Platform.Security;

/// <summary>How often one network address may open what a secret address opens: often enough for an office, too seldom to guess.</summary>
/// <param name="perMinute">Requests in any minute.</param>
/// <param name="words">What one that came too often is answered, for a person; null where a program asks.</param>
abstract class AddressLimit(int perMinute, string? words) : IRateLimiterPolicy<string>
{
    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected => async (rejected, ct) =>
    {
        rejected.HttpContext.Response.Headers.RetryAfter = "60";
        if (words is not null) await rejected.HttpContext.Response.WriteAsync(words, ct);
    };

    public RateLimitPartition<string> GetPartition(HttpContext context) =>
        RateLimitPartition.GetSlidingWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = perMinute,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 6,
        });
}
