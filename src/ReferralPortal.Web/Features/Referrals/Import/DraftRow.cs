using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Makes forms of rows, to be gone through by hand: those with an emergency answer, whose page has to be read before anything else, and any other
/// that the person would rather see as a form. Allowed to the person who began the import.
/// </summary>
public sealed class DraftRow(PortalDatabase database, RowChecks checks)
{
    /// <summary>The most that become forms at once.</summary>
    public const int Most = 200;

    /// <summary>One row; returns the form's id, which is the row's.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Guid importId, Guid rowId, CancellationToken ct)
    {
        var made = await Make(actor, importId, rowId, ct);
        if (made.Failure is { } failure) return failure;
        return made.Value == 0 ? Outcome.Missing : rowId;
    }

    /// <summary>Every row with an emergency answer; returns how many.</summary>
    public Task<Outcome<int>> Emergencies(Actor actor, Guid importId, CancellationToken ct) => Make(actor, importId, null, ct);

    async Task<Outcome<int>> Make(Actor actor, Guid importId, Guid? rowId, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        var asked = new { importId, rowId, organisationId = actor.OrganisationId, authorId = actor.UserId, most = Most };
        var (import, rows) = await database.View(actor, async unit =>
            await unit.One<StoredImport>(StoredImport.Select + $"where {StoredImport.Own}", asked) is { } own ? (own, await unit.Many<StoredRow>(Wanted, asked)) : default, ct);
        if (import is null) return Outcome.Missing;

        var found = await checks.Check(actor, import, rows, ct);
        return await database.Write<int>(actor, async unit =>
        {
            if (await unit.One<Coded<ImportState>?>($"select state from import_batch where {StoredImport.Own} for update", asked) is not { } state) return Outcome.Missing;
            if (state.Value != ImportState.Open) return Outcome.Refused("The rows are just being worked on. Wait until that is done.");

            await unit.Run(Insert, new
            {
                importId,
                organisationId = actor.OrganisationId,
                authorId = actor.UserId,
                ids = found.Select(row => row.Row.Id).ToArray(),
                forms = found.Select(row => Draft.Text(row.Form)).ToArray(),
                at = unit.Now,
            });
            foreach (var row in found) unit.Audit(AuditAction.DraftImportRow, subjectId: row.Row.Id);
            return found.Count;
        }, ct);
    }

    const string Wanted = StoredRow.Select + """
        where import_id = @importId and organisation_id = @organisationId
            and (id = @rowId and state in ('ready', 'problems', 'already_sent', 'emergency') or @rowId::uuid is null and state = 'emergency')
        order by number limit @most
        """;

    // Version 2: a form in which something stands already.
    const string Insert = """
        with made as (
            update import_row set state = 'by_hand', version = import_row.version + 1
            from unnest(@ids, @forms) given (row_id, form)
            where import_row.id = given.row_id and import_row.import_id = @importId and import_row.organisation_id = @organisationId and import_row.state not in ('sent', 'by_hand')
            returning import_row.id, given.form)
        insert into referral_draft (id, organisation_id, author_id, form, version, created_at, updated_at)
        select id, @organisationId, @authorId, form::jsonb, 2, @at, @at from made on conflict (id) do nothing
        """;
}
