using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Clinics;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.Submit.Letters;

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
        .AddScoped<LetterOrganisations>()
        .AddScoped<PutLetterAnswers>()
        .AddScoped<FormOrganisations>()
        .AddScoped<FindOwnReferrals>()
        .AddScoped<SuggestClinics>()
        .AddScoped<SubmitReferral>();
}
