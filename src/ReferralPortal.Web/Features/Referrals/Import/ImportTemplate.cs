using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>The template of one kind of organisation: headings, a row that is plainly an example, and what may be written in which column.</summary>
public static class ImportTemplate
{
    /// <summary>Two sheets for Excel; in a CSV file the second stands under the first, as notes that are not read.</summary>
    public static IReadOnlyList<Sheet> Sheets(OrganisationKind kind, CatalogueContent catalogue, SpreadsheetFormat format, TimeProvider clock)
    {
        var columns = ImportColumns.For(kind, catalogue);
        var required = ImportColumns.Required(ReferralFormRules.For(kind, catalogue, clock));
        var lists = new ImportLists(kind, catalogue, []);
        var note = format == SpreadsheetFormat.Csv ? SpreadsheetReader.Note + " " : "";
        return
        [
            new("Referrals", SpreadsheetWriter.Of([[.. columns.Select(column => column.Name)], [.. columns.Select(column => column.Example)]])),
            new("What to write", SpreadsheetWriter.Of(
            [
                [note + "Column", "Needed", "What to write", "One of"],
                .. columns.Select(IReadOnlyList<string> (column) => [note + column.Name, required.Contains(column.Field) ? "Yes" : "(optional)", column.Hint, string.Join(" | ", column.Cell.Allowed(lists))]),
            ])),
        ];
    }
}
