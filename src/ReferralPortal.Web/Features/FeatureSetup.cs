using ReferralPortal.Web.Features.Audit;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Home;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;

namespace ReferralPortal.Web.Features;

/// <summary>Registers the features: one line each.</summary>
public static class FeatureSetup
{
    public static WebApplicationBuilder AddPortalFeatures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CatalogueStore>();
        builder.Services.AddProgress();
        builder.Services.AddSubmittingReferrals();
        builder.Services.AddReferrals();
        builder.Services.AddDuplicates();
        builder.Services.AddHome();
        builder.Services.AddAuditReading();
        builder.Services.AddTriage();
        builder.Services.AddAppointments();
        return builder;
    }
}
