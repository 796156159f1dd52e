using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Takes a file's rows in. Where all of its headings are understood, or were explained for an earlier file, its rows are checked at once; else
/// the person is asked what is in which column. The file is not kept. Allowed to those who refer.
/// </summary>
public sealed class StartImport(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>Imports that a person may have at once; old ones go by themselves, and can be discarded.</summary>
    public const int MostImports = 50;

    /// <summary>Days after the last touch when an import's rows are deleted.</summary>
    public const int KeptForDays = 30;

    const int RowsAtOnce = 500;

    /// <summary>Returns the new import's id.</summary>
    /// <param name="actor">Who sends the file.</param>
    /// <param name="fileName">As the person's machine calls it.</param>
    /// <param name="file">The file, seekable, from its beginning.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Outcome<Guid>> Handle(Actor actor, string fileName, Stream file, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Refused("Your role does not allow this.");

        var read = await SpreadsheetReader.Read(file, new SpreadsheetLimits(), ct);
        if (read.Value is not { } sheet) return read.Failure!;

        var content = await catalogue.Get(ct);
        var columns = ImportColumns.For(actor.OrganisationKind, content);
        var headingSet = ImportMapping.HeadingSet(sheet.Headings);
        return await database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<int>(Count, new { actor.OrganisationId, authorId = actor.UserId }) >= MostImports)
                return Outcome.Refused($"You have {MostImports} imports already. Discard one that you no longer need, then send the file again.");

            var remembered = await unit.One<string>(Remembered, new { actor.OrganisationId, headingSet });
            var mapping = ImportMapping.Complete(remembered is null ? null : PortalJson.Read<Dictionary<string, int>>(remembered), sheet.Headings, columns);
            if (mapping.Count == 0 && sheet.Headings.Count < 2) return Outcome.Refused("No column of this file is known. Its first row must hold headings; the template has them.");

            var required = ImportColumns.Required(ReferralFormRules.For(actor.OrganisationKind, content, clock));
            var asks = remembered is null && !ImportMapping.IsPlain(mapping, sheet.Headings, required, columns);
            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(InsertImport, new
            {
                id,
                actor.OrganisationId,
                authorId = actor.UserId,
                fileName = NameOf(fileName),
                headings = sheet.Headings.Select(heading => TypedText.Storable(heading)!).ToArray(),
                headingSet,
                columns = PortalJson.Text(mapping),
                wordings = PortalJson.Text(content.RedFlagQuestions.ToDictionary(question => question.Key, question => question.WordingVersion)),
                state = asks ? "columns" : "checking",
                rows = sheet.Rows.Count,
                at = unit.Now,
            });
            foreach (var some in sheet.Rows.Chunk(RowsAtOnce))
                await unit.Run(InsertRows, new
                {
                    id,
                    actor.OrganisationId,
                    ids = some.Select(_ => Guid.CreateVersion7(unit.Now)).ToArray(),
                    numbers = some.Select(row => row.Number).ToArray(),
                    cells = some.Select(row => ImportText.Json(row.Cells.Select(cell => TypedText.Storable(cell)))).ToArray(),
                });
            if (!asks) unit.Queue(new ContinueImport(id, 0));
            unit.Queue(new ForgetImport(id), notBefore: unit.Now.AddDays(KeptForDays));
            unit.Audit(AuditAction.StartImport, subjectId: id, detail: new { rows = sheet.Rows.Count });
            return id;
        }, ct);
    }

    static string NameOf(string fileName) => TypedText.Storable(Path.GetFileName(fileName.Replace('\\', '/')))?.Trim() is { Length: > 0 } name ? name[..Math.Min(name.Length, 200)] : "file";

    const string Count = "select count(*)::int from import_batch where organisation_id = @OrganisationId and author_id = @authorId";

    const string Remembered = "select columns::text from import_columns where organisation_id = @OrganisationId and heading_set = @headingSet";

    const string InsertImport = """
        insert into import_batch (id, organisation_id, author_id, file_name, headings, heading_set, columns, wordings, state, work_began_at, rows, created_at, touched_at)
        values (@id, @OrganisationId, @authorId, @fileName, @headings, @headingSet, @columns::jsonb, @wordings::jsonb, @state, @at, @rows, @at, @at)
        """;

    const string InsertRows = """
        insert into import_row (id, import_id, organisation_id, number, cells)
        select row_id, @id, @OrganisationId, number, cells::jsonb from unnest(@ids, @numbers, @cells) given (row_id, number, cells)
        """;
}
