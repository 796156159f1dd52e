using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Says what is in which column of the file, remembers it for the organisation's next file with these headings, and has every row that is not
/// sent checked again, as answers to the safety questions in the wording of now. Allowed to the person who began the import, while it is not at work.
/// </summary>
public sealed class ChooseColumns(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="ImportId">The import.</param>
    /// <param name="Version">As the person saw it.</param>
    /// <param name="Columns">Field of the form to place in the file's rows.</param>
    public sealed record Command(Guid ImportId, int Version, IReadOnlyDictionary<string, int> Columns);

    /// <summary>Returns how many columns are used.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        var content = await catalogue.Get(ct);
        return await database.Write<int>(actor, async unit =>
        {
            var asked = new { command.ImportId, organisationId = actor.OrganisationId, authorId = actor.UserId };
            if (await unit.One<StoredImport>(StoredImport.Select + $"where {StoredImport.Own} for update", asked) is not { } import) return Outcome.Missing;
            if (import.State.Value is not (Domain.Referrals.ImportState.Columns or Domain.Referrals.ImportState.Open)) return Outcome.Refused("The rows are just being worked on. Wait until that is done.");
            if (import.Version != command.Version) return Outcome.Conflict(actor.DisplayName, "changed this import", import.TouchedAt);

            var columns = ImportMapping.Valid(command.Columns, import.Headings, ImportColumns.For(actor.OrganisationKind, content));
            if (columns.Count == 0) return Outcome.Refused("Choose a column of the file for at least one field.");
            if (columns.Values.GroupBy(place => place).FirstOrDefault(same => same.Count() > 1) is { } twice)
                return Outcome.Refused($"The column ‘{import.Headings[twice.Key]}’ is chosen for more than one field.");

            await unit.Run(Choose, new
            {
                command.ImportId,
                organisationId = actor.OrganisationId,
                authorId = actor.UserId,
                columns = PortalJson.Text(columns),
                wordings = PortalJson.Text(content.RedFlagQuestions.ToDictionary(question => question.Key, question => question.WordingVersion)),
                rememberedId = Guid.CreateVersion7(unit.Now),
                import.HeadingSet,
                at = unit.Now,
            });
            unit.Queue(new ContinueImport(import.Id, import.Step + 1));
            unit.Audit(AuditAction.MapImport, subjectId: import.Id, detail: new { columns = columns.Count });
            return columns.Count;
        }, ct);
    }

    const string Choose = $"""
        update import_batch set columns = @columns::jsonb, wordings = @wordings::jsonb, state = 'checking', step = step + 1, work_began_at = @at, touched_at = @at, version = version + 1
        where {StoredImport.Own};
        update import_row set state = 'waiting', version = version + 1
        where import_id = @ImportId and organisation_id = @organisationId and state not in ('sent', 'by_hand');
        insert into import_columns (id, organisation_id, heading_set, columns) values (@rememberedId, @organisationId, @HeadingSet, @columns::jsonb)
        on conflict (organisation_id, heading_set) do update set columns = excluded.columns, version = import_columns.version + 1;
        """;
}
