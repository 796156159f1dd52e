using System.Runtime.CompilerServices;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// The rows of an import that are not right, as a file to put right: each with its key, what is wrong with it, and every column that there is.
/// <see cref="ReturnRows"/> takes them back. Allowed to the person who began the import.
/// </summary>
public sealed class DownloadRows(PortalDatabase database, CatalogueStore catalogue)
{
    const int RowsAtOnce = 500;

    /// <summary>The sheet, read while it is written; missing for everybody else.</summary>
    public async Task<Outcome<Sheet>> Handle(Actor actor, Guid importId, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        var columns = ImportColumns.For(actor.OrganisationKind, await catalogue.Get(ct));
        return await database.Write<Sheet>(actor, async unit =>
        {
            var asked = new { importId, organisationId = actor.OrganisationId, authorId = actor.UserId };
            if (await unit.One<StoredImport>(StoredImport.Select + $"where {StoredImport.Own}", asked) is not { } import) return Outcome.Missing;
            unit.Audit(AuditAction.DownloadImportRows, subjectId: importId);
            return new Sheet("Rows with problems", Rows(actor, import, columns, ct));
        }, ct);
    }

    async IAsyncEnumerable<IReadOnlyList<string>> Rows(Actor actor, StoredImport import, IReadOnlyList<ImportColumn> columns, [EnumeratorCancellation] CancellationToken ct)
    {
        yield return [ImportMapping.KeyHeading, ImportMapping.ProblemsHeading, .. columns.Select(column => column.Name)];
        var mapping = import.Mapping();
        for (var (after, more) = (0, true); more;)
        {
            var rows = await database.View(actor, unit => unit.Many<StoredRow>(Next, new { importId = import.Id, organisationId = actor.OrganisationId, authorId = actor.UserId, after, most = RowsAtOnce }), ct);
            foreach (var row in rows)
            {
                var texts = row.Texts(mapping);
                yield return [row.Id.ToString(), Wrong(row, columns), .. columns.Select(column => texts.GetValueOrDefault(column.Field, ""))];
            }
            (after, more) = (rows.Count > 0 ? rows[^1].Number : after, rows.Count == RowsAtOnce);
        }
    }

    static string Wrong(StoredRow row, IReadOnlyList<ImportColumn> columns) =>
        row.State.Value == ImportRowState.AlreadySent ? $"The same as {row.Twin}"
        : string.Join("; ", row.Wrong().Select(problem => $"{columns.FirstOrDefault(column => column.Field == problem.Key)?.Name ?? "Row"}: {problem.Value}"));

    static readonly string Next = StoredRow.Select + $"""
        where import_id = @importId and organisation_id = @organisationId and exists (select from import_batch where {StoredImport.Own})
            and state in ('{EnumText.Of(ImportRowState.Problems)}', '{EnumText.Of(ImportRowState.AlreadySent)}') and number > @after
        order by number limit @most
        """;
}
