using System.Globalization;
using System.Security.Claims;
using ReferralPortal.Domain.Invoices;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Printing;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>An issued invoice as a tagged PDF and as rows of a spreadsheet.</summary>
public sealed class InvoiceFiles(PagePrinter printer)
{
    /// <inheritdoc cref="PagePrinter.IsAvailable"/>
    public bool PrintsPdf => printer.IsAvailable;

    /// <summary>The invoice on A4 pages, as the page shows it.</summary>
    public Task<byte[]> Pdf(Invoice invoice, CancellationToken ct) =>
        printer.Print<InvoicePrint>(new() { [nameof(InvoicePrint.Invoice)] = invoice }, $"{invoice.GroupName} · {InvoiceRules.Number(invoice.Number)}", ct);

    /// <summary>
    /// The invoice as one sheet: a line a row, the head repeated in each, so that rows of several invoices can be put under each other. Credits have a column of their own: a cell
    /// that begins with a minus is defused into a text.
    /// </summary>
    public static Sheet Sheet(Invoice invoice) => new("Invoice", SpreadsheetWriter.Of(Rows(invoice)));

    static IEnumerable<IReadOnlyList<string>> Rows(Invoice invoice)
    {
        yield return ["Number", "Kind", "Issued", "Payer", "Date", "Referral", "Patient", "Your reference", "For", "Charged pounds", "Credited pounds"];
        foreach (var line in invoice.Lines)
            yield return
            [
                InvoiceRules.Number(invoice.Number), invoice.Title, Date(Domain.LondonTime.DateOf(invoice.IssuedAt)), invoice.PayerName, Date(line.HappenedOn), line.Reference, line.Initials,
                line.PayerReference ?? "", FeeWords.Of(line.Kind), line.Pounds > 0 ? Pounds.Text(line.Pounds) : "", line.Pounds < 0 ? Pounds.Text(-line.Pounds) : "",
            ];
    }

    static string Date(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
}

/// <summary>Invoices as files to download.</summary>
public static class InvoiceEndpoints
{
    /// <summary>Maps the files beside the page: 404 for whoever may not read the invoice, exactly as when there is none.</summary>
    public static void MapInvoices(this IEndpointRouteBuilder app)
    {
        app.MapGet("/invoices/{number}.pdf", Pdf).RequireAuthorization(policy => policy.RequireRole(InvoiceRules.Readers.Split(','))).ExcludeFromDescription();
        app.MapGet("/invoices/{number}.csv", Csv).RequireAuthorization(policy => policy.RequireRole(InvoiceRules.Readers.Split(','))).ExcludeFromDescription();
    }

    static async Task<IResult> Pdf(string number, HttpContext http, ClaimsPrincipal user, PortalDataSources sources, ReadInvoice invoices, InvoiceFiles files, CancellationToken ct)
    {
        if (await Find(number, http, user, sources, invoices, AuditAction.PrintInvoice, ct) is not { } invoice) return Results.NotFound();
        if (!files.PrintsPdf) return Results.Problem("Invoices cannot be printed to PDF on this server; open the invoice and print it from the browser.", statusCode: StatusCodes.Status503ServiceUnavailable);
        return Results.File(await files.Pdf(invoice, ct), "application/pdf", InvoiceRules.Number(invoice.Number) + ".pdf");
    }

    static async Task<IResult> Csv(string number, HttpContext http, ClaimsPrincipal user, PortalDataSources sources, ReadInvoice invoices, CancellationToken ct) =>
        await Find(number, http, user, sources, invoices, AuditAction.ExportInvoice, ct) is { } invoice
            ? SpreadsheetWriter.Download(SpreadsheetFormat.Csv, InvoiceRules.Number(invoice.Number), InvoiceFiles.Sheet(invoice)) : Results.NotFound();

    static async Task<Invoice?> Find(string text, HttpContext http, ClaimsPrincipal user, PortalDataSources sources, ReadInvoice invoices, AuditAction how, CancellationToken ct)
    {
        if (user.PersonId() is not { } person || InvoiceRules.ReadNumber(text) is not { } number) return null;
        http.Response.Headers.CacheControl = "no-store";
        return (await invoices.Handle(await CurrentActor.Load(sources, person, ct), number, how, ct)).Value;
    }
}
