using ReferralPortal.Domain.Documents;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>
/// Takes a document away, with its bytes. Allowed to whoever added it, until the clinic has begun with the referral; what never became readable (unfinished, refused, infected) at any time.
/// </summary>
public sealed class RemoveDocument(PortalDatabase database)
{
    /// <summary>Returns the id of what is gone.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Guid id, CancellationToken ct) =>
        await database.Write<Guid>(actor, async unit =>
        {
            var row = await unit.One<Row>(Locked, new { id, actor.OrganisationId, personId = actor.UserId });
            if (row is null || await DocumentPlace.Find(unit, row.ReferralId) is not { } place) return Outcome.Missing;
            if (!place.TakesBack && row.State.Value is DocumentState.Pending or DocumentState.Available)
                return Outcome.Refused("The clinic has begun with this referral, so its documents stay. Ring the clinic if one was added in error.");

            await unit.Run(Remove, new { id, at = unit.Now });
            unit.Audit(AuditAction.RemoveDocument, row.ReferralId, id);
            unit.Queue(new TidyDocuments(row.ReferralId), row.ReferralId);
            return id;
        }, ct);

    sealed record Row(Guid ReferralId, Coded<DocumentState> State);

    const string Locked = """
        select referral_id, state from document
        where id = @id and organisation_id = @OrganisationId and uploaded_by = @personId and state <> 'removed'
        for update
        """;

    const string Remove = "update document set state = 'removed', version = version + 1, updated_at = @at where id = @id";
}
