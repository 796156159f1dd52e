using ReferralPortal.Web.Platform.Printing;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>Prints a signed report as a tagged PDF: the report's own component, as the page shows it.</summary>
public sealed class ReportPdf(PagePrinter printer)
{
    /// <inheritdoc cref="PagePrinter.IsAvailable"/>
    public bool IsAvailable => printer.IsAvailable;

    /// <summary>The report as a PDF of A4 pages.</summary>
    public Task<byte[]> Print(SignedReportPage report, CancellationToken ct) => printer.Print<ReportPrint>(
        new() { [nameof(ReportPrint.Report)] = report },
        $"{report.Reference} · {Domain.Progress.ReportForms.Name(report.Kind)}, version {report.Number} · SHA-256 {report.ContentHash[..16]}…", ct);
}
