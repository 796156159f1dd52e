using System.Security.Claims;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>The files that an import gives out.</summary>
public static class ImportEndpoints
{
    /// <summary>Who may import, as the pages' <c>[Authorize]</c> says it.</summary>
    public const string Roles = "referrer,organisation_administrator";

    public static void MapImports(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/referrals/import").RequireAuthorization(policy => policy.RequireRole(Roles.Split(','))).ExcludeFromDescription();
        foreach (var format in Enum.GetValues<SpreadsheetFormat>())
        {
            var ending = SpreadsheetWriter.Extension(format);
            files.MapGet("/template" + ending, (ClaimsPrincipal user, PortalDataSources sources, CatalogueStore catalogue, TimeProvider clock, CancellationToken ct) => Template(format, user, sources, catalogue, clock, ct));
            files.MapGet("/{id:guid}/problems" + ending, (Guid id, ClaimsPrincipal user, PortalDataSources sources, DownloadRows rows, CancellationToken ct) => Problems(format, id, user, sources, rows, ct));
        }
    }

    static async Task<IResult> Template(SpreadsheetFormat format, ClaimsPrincipal user, PortalDataSources sources, CatalogueStore catalogue, TimeProvider clock, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        var actor = await CurrentActor.Load(sources, person, ct);
        return actor.MayRefer ? SpreadsheetWriter.Download(format, "referrals-template", [.. ImportTemplate.Sheets(actor.OrganisationKind, await catalogue.Get(ct), format, clock)]) : Results.NotFound();
    }

    static async Task<IResult> Problems(SpreadsheetFormat format, Guid id, ClaimsPrincipal user, PortalDataSources sources, DownloadRows rows, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        var sheet = await rows.Handle(await CurrentActor.Load(sources, person, ct), id, ct);
        return sheet.Value is { } found ? SpreadsheetWriter.Download(format, "rows-with-problems", found) : Results.NotFound();
    }
}
