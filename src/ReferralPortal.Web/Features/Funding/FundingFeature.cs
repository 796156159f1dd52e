using Microsoft.AspNetCore.RateLimiting;
using ReferralPortal.Web.Features.Funding.Approvals;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Funding.Links;
using ReferralPortal.Web.Features.Funding.Terms;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>Registers authorities, requests for more sessions, and the answers to them.</summary>
public static class FundingFeature
{
    public static IServiceCollection AddFunding(this IServiceCollection services) => services
        .AddScoped<ReadFunding>()
        .AddScoped<GiveAuthority>()
        .AddScoped<WithdrawAuthority>()
        .AddScoped<AskForSessions>()
        .AddScoped<ReadExtension>()
        .AddScoped<AnswerExtension>()
        .AddScoped<WithdrawExtension>()
        .AddScoped<ListRequests>()
        .AddScoped<KeepTerms>()
        .AddScoped<FollowLink>()
        .AddScoped<AskLinkAgain>()
        .AddScoped<FunderLinkPages>()
        .AddMessageHandler<ExtensionDue, RemindFunder>()
        .AddMessageHandler<ExtensionAsked, SendFunderLink>()
        .AddMessageHandler<ExtensionReminded, SendFunderLink>()
        .AddMessageHandler<FunderLinkWanted, SendFunderLink>()
        .Configure<RateLimiterOptions>(limiter => limiter.AddPolicy<string, FunderLinkLimit>(FunderLinkLimit.Name));
}
