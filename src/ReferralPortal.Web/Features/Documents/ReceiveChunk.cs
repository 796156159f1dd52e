using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>
/// Takes the next piece of a file, straight into the store. What arrived before a connection broke is kept, and the person's page asks how much that was.
/// With the last byte the file goes to be checked. Allowed to whoever began the upload.
/// </summary>
public sealed class ReceiveChunk(PortalDatabase database, IDocumentStore store)
{
    // Long enough to note what has arrived after its sender has gone.
    static readonly TimeSpan ToNote = TimeSpan.FromSeconds(15);

    /// <summary>How much has arrived.</summary>
    public async Task<Outcome<UploadProgress>> Find(Actor actor, Guid id, CancellationToken ct) =>
        await database.View(actor, unit => unit.One<UploadProgress>(Own, new { id, actor.OrganisationId, personId = actor.UserId }), ct) is { } found ? found : Outcome.Missing;

    /// <summary>Returns how much has arrived then. A piece that begins elsewhere than where the last one ended changes nothing: the answer says where to go on.</summary>
    /// <exception cref="DocumentBusyException">Another request is writing to it.</exception>
    /// <exception cref="IOException">The store is full or out of reach.</exception>
    public async Task<Outcome<UploadProgress>> Handle(Actor actor, Guid id, long offset, Stream content, CancellationToken ct)
    {
        var found = await Find(actor, id, ct);
        if (found.Value is not { } before || before.IsWhole || before.Received != offset) return found;

        var kept = await store.Append(id, offset, content, Math.Min(before.Size - offset, DocumentLimits.ChunkBytes), ct);

        using var noting = new CancellationTokenSource(ToNote);
        return await database.Write<UploadProgress>(actor, async unit =>
        {
            var noted = await unit.One<Noted>(Note, new { id, actor.OrganisationId, personId = actor.UserId, offset, kept, at = unit.Now });
            if (noted is null) return await unit.One<UploadProgress>(Own, new { id, actor.OrganisationId, personId = actor.UserId }) is { } other ? other : Outcome.Missing;
            if (noted.Whole)
            {
                unit.Audit(AuditAction.ReceiveDocument, noted.ReferralId, id);
                unit.Queue(new CheckDocument(id), noted.ReferralId);
            }
            return new UploadProgress(id, noted.Received, before.Size, noted.Whole ? Domain.Documents.DocumentState.Pending : Domain.Documents.DocumentState.Uploading);
        }, noting.Token);
    }

    sealed record Noted(Guid ReferralId, long Received, bool Whole);

    const string Own = """
        select id, received, size, state from document
        where id = @id and organisation_id = @OrganisationId and uploaded_by = @personId and state <> 'removed'
        """;

    const string Note = """
        update document set received = @kept, updated_at = @at, version = version + 1,
            state = case when @kept = size then 'pending' else state end,
            received_at = case when @kept = size then @at::timestamptz end
        where id = @id and organisation_id = @OrganisationId and uploaded_by = @personId and state = 'uploading' and received = @offset
        returning referral_id, received, received = size as whole
        """;
}
