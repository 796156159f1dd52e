using ReferralPortal.Web.Features.Progress.Reports.Verify;
using ReferralPortal.Web.Platform.Printing;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>Prints a signed report as a tagged PDF: the report's own component, as the page shows it, and where a copy can be verified.</summary>
public sealed class ReportPdf(PagePrinter printer)
{
    /// <inheritdoc cref="PagePrinter.IsAvailable"/>
    public bool IsAvailable => printer.IsAvailable;

    /// <summary>The report as a PDF of A4 pages.</summary>
    public Task<byte[]> Print(ReportCopy report, Uri? portal, CancellationToken ct) => printer.Print<ReportPrint>(
        new() { [nameof(ReportPrint.Report)] = report, [nameof(ReportPrint.VerifyAt)] = portal is null ? null : new Uri(portal, "/verify") },
        $"{report.Reference} · {report.Name}, version {report.Number}{(report.Superseded ? ", superseded" : "")} · check value {report.ContentHash?[..Math.Min(VerifyReport.Printed, report.ContentHash.Length)]}", ct);
}
