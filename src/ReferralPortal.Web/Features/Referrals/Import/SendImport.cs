using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Sends an import's good rows, in the background; the others stay. Rows with an emergency answer become forms to be gone through by hand.
/// Allowed to the person who began it. Pressing twice sends once.
/// </summary>
public sealed class SendImport(PortalDatabase database, DraftRow drafts)
{
    /// <summary>Returns how many rows are on their way.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Guid importId, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;
        if ((await drafts.Emergencies(actor, importId, ct)).Failure is { } failure) return failure;

        return await Begin(actor, importId, ImportState.Open, ImportState.Sending, ct);
    }

    /// <summary>Goes on where the work stopped, because the person could not go on and now can.</summary>
    public Task<Outcome<int>> GoOn(Actor actor, Guid importId, CancellationToken ct) =>
        actor.MayRefer ? Begin(actor, importId, ImportState.Stopped, ImportState.Checking, ct) : Task.FromResult<Outcome<int>>(Outcome.Missing);

    Task<Outcome<int>> Begin(Actor actor, Guid importId, ImportState from, ImportState to, CancellationToken ct) => database.Write<int>(actor, async unit =>
    {
        var asked = new { importId, organisationId = actor.OrganisationId, authorId = actor.UserId, to = Domain.EnumText.Of(to), at = unit.Now };
        if (await unit.One<StoredImport>(StoredImport.Select + $"where {StoredImport.Own} for update", asked) is not { } import) return Outcome.Missing;
        if (import.State.Value != from) return Outcome.Refused("The rows are just being worked on. Wait until that is done.");

        var rows = await unit.One<int>(Ready, asked);
        if (to == ImportState.Sending && rows == 0) return Outcome.Refused("No row is ready to be sent.");
        await unit.Run(Move, asked);
        unit.Queue(new ContinueImport(importId, import.Step + 1));
        unit.Audit(AuditAction.SendImport, subjectId: importId, detail: new { rows });
        return rows;
    }, ct);

    const string Ready = "select count(*)::int from import_row where import_id = @importId and organisation_id = @organisationId and state = 'ready'";

    const string Move = $"""
        update import_batch set state = @to, step = step + 1, work_began_at = @at, touched_at = @at, version = version + 1
        where {StoredImport.Own}
        """;
}
