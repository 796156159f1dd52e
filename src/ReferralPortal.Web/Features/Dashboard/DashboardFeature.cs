using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>Registers the clinic manager's figures and the monthly reports.</summary>
public static class DashboardFeature
{
    /// <summary>For the pages' <c>[Authorize]</c>.</summary>
    public const string Roles = "clinic_manager";

    public static IServiceCollection AddDashboard(this IServiceCollection services) => services
        .AddScoped<ReadDashboard>()
        .AddScoped<ListBehindFigure>()
        .AddScoped<ReadMonthlyReport>()
        .AddSingleton<MonthlyReportFiles>();

    /// <summary>Manages the treating clinic; a role of that name at any other organisation is worth nothing.</summary>
    public static bool ReadsFigures(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager);
}
