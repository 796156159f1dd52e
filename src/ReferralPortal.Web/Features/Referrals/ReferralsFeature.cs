using ReferralPortal.Web.Features.Referrals.Again;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.Portfolio;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Referrals.Withdraw;

namespace ReferralPortal.Web.Features.Referrals;

/// <summary>Registers reading referrals, and the referrer's own steps after submitting.</summary>
public static class ReferralsFeature
{
    public static IServiceCollection AddReferrals(this IServiceCollection services) => services
        .AddScoped<ListReferrals>()
        .AddScoped<ExportReferrals>()
        .AddScoped<ReadPortfolio>()
        .AddScoped<ViewReferral>()
        .AddScoped<WithdrawReferral>()
        .AddScoped<AnswerRequest>()
        .AddScoped<CopyReferral>()
        .AddScoped<OpenAmendment>()
        .AddScoped<AmendReferral>();
}
