using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using System.Security.Claims;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A signed report as a file.</summary>
public static class ReportEndpoints
{
    /// <summary>Maps <c>GET /reports/{id}/pdf</c>: 404 for whoever may not read the report, exactly as when there is none.</summary>
    public static void MapReports(this IEndpointRouteBuilder app) =>
        app.MapGet("/reports/{id:guid}/pdf", Pdf).RequireAuthorization(policy => policy.RequireRole(ReferralReaders.Roles.Split(','))).ExcludeFromDescription();

    static async Task<IResult> Pdf(Guid id, ClaimsPrincipal user, ReadReport reports, ReportPdf printer, PortalDataSources sources, HttpContext http, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        var actor = await CurrentActor.Load(sources, person, ct);
        if ((await reports.Handle(actor, id, AuditAction.PrintReport, ct)).Value is not { } report) return Results.NotFound();
        if (!printer.IsAvailable) return Results.Problem("Reports cannot be printed to PDF on this server; open the report and print it from the browser.", statusCode: StatusCodes.Status503ServiceUnavailable);

        var pdf = await printer.Print(report, ct);
        http.Response.Headers.CacheControl = "no-store";
        // The name says which report and nothing about whom.
        return Results.File(pdf, "application/pdf", $"{report.Reference}-{Domain.EnumText.Of(report.Kind).Replace('_', '-')}-v{report.Number}.pdf");
    }
}
