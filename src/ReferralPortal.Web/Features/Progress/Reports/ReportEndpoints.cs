using System.Security.Claims;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Hosting;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A signed report as a file.</summary>
public static class ReportEndpoints
{
    /// <summary>Maps <c>GET /reports/{id}/pdf</c>: 404 for whoever may not read the report, exactly as when there is none.</summary>
    public static void MapReports(this IEndpointRouteBuilder app) =>
        app.MapGet("/reports/{id:guid}/pdf", Pdf).RequireAuthorization(policy => policy.RequireRole(ReferralReaders.Roles.Split(','))).ExcludeFromDescription();

    static async Task<IResult> Pdf(Guid id, ClaimsPrincipal user, ReadReport reports, ReportFiles files, PortalDataSources sources, IConfiguration configuration, HttpContext http, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        var actor = await CurrentActor.Load(sources, person, ct);
        if (!files.IsAvailable)
            return (await reports.Handle(actor, id, AuditAction.PrintReport, ct)).IsDone
                ? Results.Problem("Reports cannot be printed to PDF on this server; open the report and print it from the browser.", statusCode: StatusCodes.Status503ServiceUnavailable) : Results.NotFound();

        if ((await files.Handle(actor, id, PublicAddress.Read(configuration), ct)).Value is not { } file) return Results.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(file.Pdf, "application/pdf", file.Name);
    }
}
