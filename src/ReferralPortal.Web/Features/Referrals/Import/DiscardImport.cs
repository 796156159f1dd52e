using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>Deletes an import and its rows. What was sent stays sent, and is known again. Allowed to the person who began it.</summary>
public sealed class DiscardImport(PortalDatabase database)
{
    /// <summary>Returns the import's id; one that is gone already is missing.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Guid importId, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        return await database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<Guid?>($"delete from import_batch where {StoredImport.Own} returning id", new { importId, organisationId = actor.OrganisationId, authorId = actor.UserId }) is null) return Outcome.Missing;
            unit.Audit(AuditAction.DiscardImport, subjectId: importId);
            return importId;
        }, ct);
    }
}

/// <summary>Deletes an import some days after it was last touched; asks again later where somebody has touched it since.</summary>
public sealed class ForgetImportWork(PortalDatabase database) : IMessageHandler<ForgetImport>
{
    public Task Handle(Actor portal, ForgetImport message, CancellationToken ct) => database.Write<int>(portal, async unit =>
    {
        if (await unit.One<DateTimeOffset?>("select touched_at from import_batch where id = @importId for update", new { message.ImportId }) is not { } touched) return 0;

        var due = touched.AddDays(StartImport.KeptForDays);
        if (due > unit.Now) unit.Queue(message, notBefore: due);
        else
        {
            await unit.Run("delete from import_batch where id = @importId", new { message.ImportId });
            unit.Audit(AuditAction.DeleteImport, subjectId: message.ImportId);
        }
        return 0;
    }, ct);
}
