using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Takes rows back in that were put right in a file: each is known by its row key. Rows that are sent, or are gone through by hand, stay as they
/// are; rows without a key are not taken, because they would be new. Allowed to the person who began the import, while it is not at work.
/// </summary>
public sealed class ReturnRows(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>How many rows were taken, and how many of the file were not.</summary>
    public sealed record Returned(int Taken, int Left);

    public async Task<Outcome<Returned>> Handle(Actor actor, Guid importId, Stream file, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        var read = await SpreadsheetReader.Read(file, new SpreadsheetLimits(), ct);
        if (read.Value is not { } sheet) return read.Failure!;
        var key = sheet.Headings.ToList().FindIndex(heading => ImportCell.Plain(heading) == ImportCell.Plain(ImportMapping.KeyHeading));
        if (key < 0) return Outcome.Refused($"This file has no column ‘{ImportMapping.KeyHeading}’, by which its rows are known again. Download the rows with problems, put them right in that file, and send it. New rows go into a new import.");

        var mapping = ImportMapping.Guess(sheet.Headings, ImportColumns.For(actor.OrganisationKind, await catalogue.Get(ct)));
        var given = sheet.Rows.Where(row => Guid.TryParse(row.Cells[key], out _)).DistinctBy(row => Guid.Parse(row.Cells[key])).ToList();
        return await database.Write<Returned>(actor, async unit =>
        {
            var asked = new { importId, organisationId = actor.OrganisationId, authorId = actor.UserId, at = unit.Now };
            if (await unit.One<StoredImport>(StoredImport.Select + $"where {StoredImport.Own} for update", asked) is not { } import) return Outcome.Missing;
            if (import.State.Value != ImportState.Open) return Outcome.Refused("The rows are just being worked on. Wait until that is done.");

            var taken = (await unit.Many<Guid>(Take, new
            {
                importId,
                organisationId = actor.OrganisationId,
                editable = StoredRow.Editable,
                ids = given.Select(row => Guid.Parse(row.Cells[key])).ToArray(),
                edits = given.Select(row => ImportText.Json(mapping.ToDictionary(one => one.Key, one => TypedText.Storable(row.Cells[one.Value])))).ToArray(),
            })).Count;
            if (taken == 0) return Outcome.Refused("No row of this file belongs to this import, or all of them are sent.");

            await unit.Run(Check, asked);
            unit.Queue(new ContinueImport(importId, import.Step + 1));
            unit.Audit(AuditAction.ReturnImportRows, subjectId: importId, detail: new { taken });
            return new Returned(taken, sheet.Rows.Count - taken);
        }, ct);
    }

    const string Take = """
        update import_row set edits = import_row.edits || given.edits::jsonb, state = 'waiting', send_again = false, version = version + 1
        from unnest(@ids, @edits) given (row_id, edits)
        where import_row.id = given.row_id and import_row.import_id = @importId and import_row.organisation_id = @organisationId and import_row.state = any (@editable)
        returning import_row.id
        """;

    const string Check = $"update import_batch set state = 'checking', step = step + 1, work_began_at = @at, touched_at = @at, version = version + 1 where {StoredImport.Own}";
}
