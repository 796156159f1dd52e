using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>Registers the referral form: its drafts and its submission.</summary>
public static class SubmitFeature
{
    public static IServiceCollection AddSubmittingReferrals(this IServiceCollection services) => services
        .AddScoped<StartDraft>()
        .AddScoped<ListDrafts>()
        .AddScoped<LoadDraft>()
        .AddScoped<SaveDraft>()
        .AddScoped<DiscardDraft>()
        .AddScoped<FormOrganisations>()
        .AddScoped<FindOwnReferrals>()
        .AddScoped<SubmitReferral>();
}
