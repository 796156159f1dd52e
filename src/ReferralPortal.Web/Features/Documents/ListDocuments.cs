using ReferralPortal.Domain.Documents;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>One document as its reader sees it in a list.</summary>
public sealed record ListedDocument(
    Guid Id, Coded<DocumentKind> Kind, DateOnly? DatedOn, string? Author, string FileName, long Size, long Received, Coded<DocumentState> State, Coded<FileFormat>? Format,
    string? Fault, int? Pages, DateTimeOffset? UnscannedSince, DateTimeOffset CreatedAt, string Organisation, string? AddedBy, bool Mine, int Described)
{
    /// <summary>It can be opened.</summary>
    public bool IsAvailable => State.Value == DocumentState.Available;

    /// <summary>It can be shown as a picture in the page.</summary>
    public bool HasPreview => IsAvailable && Format?.Value is FileFormat.Jpeg or FileFormat.Png;

    /// <summary>It is going to change by itself.</summary>
    public bool IsWaiting => State.Value == DocumentState.Pending;
}

/// <summary>The documents of a draft or a referral, and what may be done here.</summary>
/// <param name="Documents">In the order in which they were added.</param>
/// <param name="MayAdd">More can be added.</param>
/// <param name="MayRemove">One's own can be taken away.</param>
public sealed record DocumentList(IReadOnlyList<ListedDocument> Documents, bool MayAdd, bool MayRemove)
{
    /// <summary>How many more fit.</summary>
    public int Room => Math.Max(0, DocumentLimits.PerReferral - Documents.Count(one => one.State.Value is DocumentState.Uploading or DocumentState.Pending or DocumentState.Available));
}

/// <summary>
/// Lists the documents of a draft (for its author) or a referral (for its parties: <see cref="DocumentSight"/>). What is unfinished, refused or infected is seen by the
/// organisation that added it; others see what is there or being checked.
/// </summary>
public sealed class ListDocuments(PortalDatabase database)
{
    /// <param name="actor">Who reads.</param>
    /// <param name="referralId">The draft or the referral.</param>
    /// <param name="again">The page that has read it looks whether something has changed: that is no new reading.</param>
    /// <param name="ct">Ends the reading when the page goes away.</param>
    public async Task<Outcome<DocumentList>> Handle(Actor actor, Guid referralId, bool again, CancellationToken ct) =>
        await database.View(actor, async unit =>
        {
            if (await DocumentPlace.Find(unit, referralId) is not { } place) return (Outcome<DocumentList>)Outcome.Missing;

            var documents = await unit.Many<ListedDocument>(Seen, new { referralId, actor.OrganisationId, personId = actor.UserId, kinds = place.KindsSeen(actor) });
            if (!again) unit.Audit(AuditAction.ListDocuments, referralId, detail: new { count = documents.Count });
            return new DocumentList(documents, place.WhyNotAdd(actor) is null, place.TakesBack);
        }, ct);

    const string Seen = """
        select document.id, document.kind, document.dated_on, document.author, document.file_name, document.size, document.received, document.state, document.format,
               document.fault, document.pages, document.unscanned_since, document.created_at, organisation.name as organisation, person.display_name as added_by,
               document.uploaded_by = @personId as mine, document.described
        from document
        join organisation on organisation.id = document.organisation_id
        left join portal_user person on person.id = document.uploaded_by
        where document.referral_id = @referralId and document.state <> 'removed'
            and (document.organisation_id = @OrganisationId or (document.kind = any (@kinds) and document.state in ('pending', 'available')))
        order by document.created_at, document.id
        """;
}
