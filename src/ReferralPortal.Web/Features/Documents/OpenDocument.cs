using ReferralPortal.Domain;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>A document that may be read now, to be taken from the store.</summary>
public sealed record OpenedDocument(Guid Id, string FileName, Coded<FileFormat> Format, long Size);

/// <summary>
/// Opens a document for a reader, and writes down that it was opened. One that is not checked yet, not clean, not for this reader or not there at all is missing: the same answer.
/// </summary>
public sealed class OpenDocument(PortalDatabase database)
{
    /// <param name="actor">Who reads.</param>
    /// <param name="id">The document.</param>
    /// <param name="how"><see cref="AuditAction.OpenDocument"/> or <see cref="AuditAction.PreviewDocument"/>.</param>
    /// <param name="ct">Ends the reading when the page goes away.</param>
    public async Task<Outcome<OpenedDocument>> Handle(Actor actor, Guid id, AuditAction how, CancellationToken ct) =>
        await database.View(actor, async unit =>
        {
            var row = await unit.One<Row>(Checked, new { id });
            if (row is null || await DocumentPlace.Find(unit, row.ReferralId) is not { } place) return (Outcome<OpenedDocument>)Outcome.Missing;
            if (row.OrganisationId != actor.OrganisationId && !place.KindsSeen(actor).Contains(EnumText.Of(row.Kind.Value))) return Outcome.Missing;

            unit.Audit(how, row.ReferralId, id);
            return new OpenedDocument(id, row.FileName, row.Format, row.Size);
        }, ct);

    sealed record Row(Guid ReferralId, Guid OrganisationId, Coded<DocumentKind> Kind, string FileName, Coded<FileFormat> Format, long Size);

    const string Checked = "select referral_id, organisation_id, kind, file_name, format, size from document where id = @id and state = 'available'";
}
