using ReferralPortal.Web.Features.Audit;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Catalogue.Wording;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Home;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Organisations;
using ReferralPortal.Web.Features.People;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;

namespace ReferralPortal.Web.Features;

/// <summary>Registers the features: one line each.</summary>
public static class FeatureSetup
{
    public static WebApplicationBuilder AddPortalFeatures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CatalogueStore>();
        builder.Services.AddWording();
        builder.Services.AddProgress();
        builder.Services.AddMeasures();
        builder.Services.AddSubmittingReferrals();
        builder.Services.AddReferrals();
        builder.Services.AddDuplicates();
        builder.Services.AddImport();
        builder.Services.AddHome();
        builder.Services.AddAuditReading();
        builder.Services.AddTriage();
        builder.Services.AddClocks();
        builder.Services.AddAppointments();
        builder.Services.AddDocuments();
        builder.Services.AddOrganisations();
        builder.Services.AddNotifications();
        builder.Services.AddClinicsAndPeople();
        builder.Services.AddDashboard();
        builder.Services.AddFunding();
        builder.Services.AddClosing();
        builder.Services.AddInvoices();
        return builder;
    }
}
