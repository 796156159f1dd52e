using System.Globalization;
using System.Security.Claims;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Printing;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>The monthly report as a tagged PDF and as rows of a spreadsheet.</summary>
public sealed class MonthlyReportFiles(PagePrinter printer, CatalogueStore catalogue)
{
    /// <inheritdoc cref="PagePrinter.IsAvailable"/>
    public bool PrintsPdf => printer.IsAvailable;

    /// <summary>The report on A4 pages, as the page shows it.</summary>
    public async Task<byte[]> Pdf(MonthlyReport report, CancellationToken ct) => await printer.Print<MonthlyReportPrint>(
        new() { [nameof(MonthlyReportPrint.Report)] = report, [nameof(MonthlyReportPrint.Catalogue)] = await catalogue.Get(ct) },
        $"{report.Organisation} · {report.Choice.Words}", ct);

    /// <summary>The report as one sheet: what, which, figure, and for waits the median and the 90th centile in hours.</summary>
    public async Task<Sheet> Sheet(MonthlyReport report, CancellationToken ct)
    {
        var content = await catalogue.Get(ct);
        return new("Report", SpreadsheetWriter.Of(Rows(report, content)));
    }

    static IEnumerable<IReadOnlyList<string>> Rows(MonthlyReport report, CatalogueContent content)
    {
        var figures = new Figures(report.Rows);
        yield return ["Organisation", report.Organisation];
        yield return ["Month", report.Choice.Words + (report.SoFar ? ", so far" : "")];
        yield return ["Made", Time(report.MadeAt)];
        yield return [""];
        yield return ["Figure", "Which", "Count", "Median hours", "90th centile hours"];
        foreach (var measure in MonthlyReportDocument.Counted)
        {
            yield return [MeasureWords.Of(measure), "", Number(figures.Of(measure).Count), "", ""];
            foreach (var figure in figures.ByCode(measure)) yield return [MeasureWords.Of(measure), MeasureWords.Code(measure, figure.Key, content), Number(figure.Count), "", ""];
        }
        foreach (var wait in MeasureWords.Waits)
            yield return [$"Wait from submission to {MeasureWords.Until(wait).ToLowerInvariant()}", "", Number(figures.Of(wait).Count), Hours(figures.Of(wait).Median), Hours(figures.Of(wait).Ninetieth)];
        yield return [""];
        yield return ["Open referral", "Your reference", "State", "Received", "Since"];
        foreach (var open in report.Open) yield return [open.Reference, open.OurReference ?? "", StateWords.Of(open.State), Time(open.SubmittedAt), Time(open.Since)];
    }

    static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
    static string Hours(double? hours) => hours?.ToString("0.##", CultureInfo.InvariantCulture) ?? "";
    static string Time(DateTimeOffset at) => LondonTime.Of(at).ToString("dd/MM/yyyy HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>The monthly report as files to download.</summary>
public static class MonthlyReportEndpoints
{
    /// <summary>Maps the files beside the page: 404 for whoever may not make the report, exactly as when there is none.</summary>
    public static void MapMonthlyReports(this IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/dashboard/report.pdf", Pdf).RequireAuthorization(policy => policy.RequireRole(DashboardFeature.Roles)).ExcludeFromDescription();
        app.MapGet("/admin/dashboard/report.csv", Csv).RequireAuthorization(policy => policy.RequireRole(DashboardFeature.Roles)).ExcludeFromDescription();
    }

    static async Task<IResult> Pdf(HttpContext http, ClaimsPrincipal user, PortalDataSources sources, TimeProvider clock, ReadMonthlyReport reports, MonthlyReportFiles files, CancellationToken ct)
    {
        if (await Report(http, user, sources, clock, reports, AuditAction.PrintMonthlyReport, ct) is not { } report) return Results.NotFound();
        if (!files.PrintsPdf) return Results.Problem("Reports cannot be printed to PDF on this server; open the report and print it from the browser.", statusCode: StatusCodes.Status503ServiceUnavailable);
        return Results.File(await files.Pdf(report, ct), "application/pdf", FileName(report) + ".pdf");
    }

    static async Task<IResult> Csv(HttpContext http, ClaimsPrincipal user, PortalDataSources sources, TimeProvider clock, ReadMonthlyReport reports, MonthlyReportFiles files, CancellationToken ct) =>
        await Report(http, user, sources, clock, reports, AuditAction.ExportMonthlyReport, ct) is { } report
            ? SpreadsheetWriter.Download(SpreadsheetFormat.Csv, FileName(report), await files.Sheet(report, ct)) : Results.NotFound();

    static async Task<MonthlyReport?> Report(HttpContext http, ClaimsPrincipal user, PortalDataSources sources, TimeProvider clock, ReadMonthlyReport reports, AuditAction how, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return null;
        http.Response.Headers.CacheControl = "no-store";
        var choice = ReportChoice.Parse(http.Request.QueryString.Value, LondonTime.DateOf(clock.GetUtcNow()));
        return (await reports.Handle(await CurrentActor.Load(sources, person, ct), choice, how, ct)).Value;
    }

    /// <summary>"northgate-law-2026-10".</summary>
    static string FileName(MonthlyReport report) =>
        string.Join('-', string.Concat(report.Organisation.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(report.Choice.Code));
}
