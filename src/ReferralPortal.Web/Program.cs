using ReferralPortal.Web.Components;
using ReferralPortal.Web.Features;
using ReferralPortal.Web.Features.Appointments.Calendars;
using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Funding.Links;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Features.Progress.Recovery;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Hosting;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;
#if DEV_IDP
using ReferralPortal.DevIdentity;
#endif

if (await Verbs.RunOther(args) is { } exitCode) return exitCode;

var builder = WebApplication.CreateBuilder(args);
builder.AddPortalDatabase();
builder.AddPortalBackground();
builder.AddPortalHealth();
builder.AddPublicAddress();
builder.AddPortalSecurity();
builder.AddPortalSignIn();
builder.AddPortalFeatures();
builder.Services.AddPortalComponents();
#if DEV_IDP
if (builder.Environment.IsDevelopment()) builder.Services.AddDevIdentity(builder.Configuration);
#endif

var app = builder.Build();
#if DEV_IDP
if (app.Environment.IsDevelopment()) app.UseDevIdentity();
#endif
app.NotePublicAddress();
app.UsePortalSecurityHeaders();
app.UsePortalErrorPages();
app.UsePortalSignIn();
app.UsePortalConnectionGuard();
app.MapStaticAssets().AllowAnonymous();
app.MapPortalHealth();
if (args is not [Verbs.Worker, ..])
{
    app.MapSignIn();
    app.MapReports();
    app.MapDocuments();
    app.MapImports();
    app.MapReferralExport();
    app.MapQueueExport();
    app.MapCalendars();
    app.MapQuestionnaires();
    app.MapRecovery();
    app.MapMonthlyReports();
    app.MapFunderLinks();
    app.MapInvoices();
    app.MapPortalPages();
}
await app.RunAsync();
return 0;

/// <summary>Named so that tests can start the portal.</summary>
public partial class Program;
