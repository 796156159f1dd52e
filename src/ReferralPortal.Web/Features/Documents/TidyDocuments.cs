using ReferralPortal.Domain.Documents;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>Something at a draft or a referral may have been removed, discarded or abandoned: its bytes go. <paramref name="Weekly"/>: it comes again while the draft stands.</summary>
public sealed record TidyDocuments(Guid ReferralId, bool Weekly = false);

/// <summary>
/// Deletes the bytes of what was removed, gives up uploads that nobody goes on with, and removes what belonged to a draft that is gone. One message a draft comes again every week:
/// a draft may be swept away with nobody there to say so.
/// </summary>
public sealed class DocumentTidier(PortalDatabase database, IDocumentStore store) : IMessageHandler<TidyDocuments>
{
    static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public async Task Handle(Actor portal, TidyDocuments message, CancellationToken ct)
    {
        var gone = (await database.Write<List<Guid>>(portal, async unit =>
        {
            var place = await unit.One<string>("select portal.document_place(@ReferralId)", new { message.ReferralId });
            foreach (var id in await unit.Many<Guid>(GiveUp, new { message.ReferralId, everything = place == "gone", at = unit.Now, abandoned = unit.Now - DocumentLimits.Abandoned }))
                unit.Audit(AuditAction.RemoveDocument, message.ReferralId, id, new { by = place == "gone" ? "draft_gone" : "abandoned" });

            var next = await unit.One<DateTimeOffset?>("select min(updated_at) from document where referral_id = @ReferralId and state = 'uploading'", new { message.ReferralId });
            if (next is { } oldest) unit.Queue(message, message.ReferralId, oldest + DocumentLimits.Abandoned);
            else if (message.Weekly && place == "draft") unit.Queue(message, message.ReferralId, unit.Now + Week);
            return await unit.Many<Guid>("select id from document where referral_id = @ReferralId and state = 'removed'", new { message.ReferralId });
        }, ct)).Value!;
        foreach (var id in gone) await store.Delete(id, ct);
    }

    const string GiveUp = """
        update document set state = 'removed', version = version + 1, updated_at = @at
        where referral_id = @ReferralId and state <> 'removed' and (@everything or (state = 'uploading' and updated_at <= @abandoned))
        returning id
        """;
}
