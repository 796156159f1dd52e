using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Puts another text in place of a row's cell, and checks the row again. Allowed to the person who began the import, while it is not at work and
/// the row is not sent; a row with an emergency answer stays as it is, because it has to be gone through by hand.
/// </summary>
public sealed class EditRow(PortalDatabase database, RowChecks checks, CatalogueStore catalogue)
{
    /// <summary>The most characters of a cell.</summary>
    public const int Longest = 8_000;

    /// <param name="ImportId">The import.</param>
    /// <param name="RowId">The row.</param>
    /// <param name="Version">The row's version as the person saw it.</param>
    /// <param name="Texts">Field of the form to its new text.</param>
    public sealed record Command(Guid ImportId, Guid RowId, int Version, IReadOnlyDictionary<string, string> Texts);

    /// <summary>Returns the row as it stands then.</summary>
    public async Task<Outcome<StoredRow>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;
        var fields = ImportColumns.For(actor.OrganisationKind, await catalogue.Get(ct)).Select(column => column.Field).ToHashSet();
        if (command.Texts.Any(text => !fields.Contains(text.Key) || text.Value.Length > Longest)) return Outcome.Refused($"A cell holds {Longest:N0} characters at most.");

        var asked = new { command.ImportId, command.RowId, organisationId = actor.OrganisationId, authorId = actor.UserId };
        var (import, row) = await database.View(actor, async unit =>
            await unit.One<StoredImport>(StoredImport.Select + $"where {StoredImport.Own}", asked) is { } own ? (own, await unit.One<StoredRow>(OfImport, asked)) : default, ct);
        if (import is null || row is null) return Outcome.Missing;

        var edits = PortalJson.Read<Dictionary<string, string>>(row.Edits);
        foreach (var (field, text) in command.Texts) edits[field] = TypedText.Storable(text)!;
        var changed = row with { Edits = PortalJson.Text(edits), SendAgain = false };
        var found = (await checks.Check(actor, import, [changed], ct))[0];

        return await database.Write<StoredRow>(actor, async unit =>
        {
            if (await unit.One<Coded<ImportState>?>(Hold, asked) is not { } state) return Outcome.Missing;
            if (state.Value != ImportState.Open) return Outcome.Refused("The rows are just being worked on. Wait until that is done.");
            if (await unit.One<StoredRow>(OfImport + " for update", asked) is not { } now) return Outcome.Missing;
            if (now.Version != command.Version) return Outcome.Conflict(actor.DisplayName, "changed this row", import.TouchedAt);
            if (!StoredRow.Editable.Contains(now.State.Text)) return Outcome.Refused(now.State.Value == ImportRowState.Emergency
                ? "This row has an emergency answer and is gone through by hand." : "This row is not open to changes any more.");

            var twins = await Twins.Find(unit, import.Id, [found]);
            await unit.Run(Keep, new { command.RowId, command.ImportId, organisationId = actor.OrganisationId, authorId = actor.UserId, edits = ImportText.Json(edits), at = unit.Now });
            await unit.Run(RowStanding.Update, RowStanding.Arrays([found], twins));
            unit.Audit(AuditAction.EditImportRow, subjectId: command.RowId, detail: new { fields = command.Texts.Count });
            return (await unit.One<StoredRow>(OfImport, asked))!;
        }, ct);
    }

    /// <summary>The person knows that the same content was sent before, and sends it again.</summary>
    public async Task<Outcome<StoredRow>> SendAgain(Actor actor, Guid importId, Guid rowId, int version, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        return await database.Write<StoredRow>(actor, async unit =>
        {
            var asked = new { importId, rowId, organisationId = actor.OrganisationId, authorId = actor.UserId, version };
            if (await unit.One<Coded<ImportState>?>(Hold, asked) is not { } state) return Outcome.Missing;
            if (state.Value != ImportState.Open) return Outcome.Refused("The rows are just being worked on. Wait until that is done.");
            if (await unit.One<StoredRow>(Again, asked) is not { } row) return Outcome.Refused("This row stands differently by now. The page shows how.");
            unit.Audit(AuditAction.EditImportRow, subjectId: rowId, detail: new { sendAgain = true });
            return row;
        }, ct);
    }

    const string OfImport = StoredRow.Select + "where id = @RowId and import_id = @ImportId and organisation_id = @organisationId";

    const string Hold = $"select state from import_batch where {StoredImport.Own} for update";

    const string Keep = $"""
        update import_row set edits = @edits::jsonb, send_again = false where id = @RowId and import_id = @ImportId and organisation_id = @organisationId;
        update import_batch set touched_at = @at where {StoredImport.Own};
        """;

    const string Again = """
        update import_row set send_again = true, state = 'ready', version = version + 1
        where id = @rowId and import_id = @importId and organisation_id = @organisationId and version = @version and state = 'already_sent'
        returning id, number, cells::text, edits::text, state, problems::text, digest, twin, send_again, reference, version
        """;
}
