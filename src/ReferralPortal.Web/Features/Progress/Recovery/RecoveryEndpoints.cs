using System.Security.Claims;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Printing;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Progress.Recovery;

/// <summary>Recovery at a glance as a file.</summary>
public static class RecoveryEndpoints
{
    /// <summary>Maps <c>GET /referrals/{reference}/recovery/pdf</c>: 404 for whoever is no party, exactly as when there is none.</summary>
    public static void MapRecovery(this IEndpointRouteBuilder app) =>
        app.MapGet("/referrals/{reference}/recovery/pdf", Pdf).RequireAuthorization(policy => policy.RequireRole(ReferralReaders.Roles.Split(','))).ExcludeFromDescription();

    static async Task<IResult> Pdf(string reference, ClaimsPrincipal user, ReadRecovery reading, CatalogueStore catalogue, PagePrinter printer, PortalDataSources sources, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        var actor = await CurrentActor.Load(sources, person, ct);
        if ((await reading.Handle(actor, reference, AuditAction.PrintRecovery, ct)).Value is not { } recovery) return Results.NotFound();
        if (!printer.IsAvailable) return Results.Problem("Nothing can be printed to PDF on this server; open the page and print it from the browser.", statusCode: StatusCodes.Status503ServiceUnavailable);

        var now = clock.GetUtcNow();
        var pdf = await Print(printer, recovery, await catalogue.Get(ct), now, ct);
        http.Response.Headers.CacheControl = "no-store";
        // The name says which referral and nothing about whom.
        return Results.File(pdf, "application/pdf", $"{recovery.Head.Reference}-recovery.pdf");
    }

    /// <summary>The sheet as a tagged PDF of A4 pages.</summary>
    public static Task<byte[]> Print(PagePrinter printer, RecoveryView recovery, CatalogueContent catalogue, DateTimeOffset now, CancellationToken ct) => printer.Print<RecoveryPrint>(
        new() { [nameof(RecoveryPrint.Recovery)] = recovery, [nameof(RecoveryPrint.Catalogue)] = catalogue, [nameof(RecoveryPrint.Now)] = now },
        $"{recovery.Head.Reference} · Recovery at a glance, {Formats.DateTime(now)}", ct);
}
