using System.Security.Cryptography;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Web.Features.Documents.Content;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using UglyToad.PdfPig;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>A file has arrived, or waits for the scanner: it is to be checked.</summary>
public sealed record CheckDocument(Guid DocumentId);

/// <summary>
/// Looks at a file that has arrived: what it is by its content, whether the scanner knows it as a threat, and only then lets people open it. While the scanner is away the file waits.
/// Whatever it is not to be is deleted, and its row stays and says why.
/// </summary>
public sealed class DocumentChecker(PortalDatabase database, IDocumentStore store, IMalwareScanner scanner) : IMessageHandler<CheckDocument>
{
    /// <summary>How long one worker has a file; less than its message's lease, so that a message that comes back finds it free.</summary>
    public static readonly TimeSpan Turn = OutboxWorker.Lease - TimeSpan.FromSeconds(20);

    /// <summary>When a file that could not be scanned is tried again.</summary>
    public static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(15);

    public async Task Handle(Actor portal, CheckDocument message, CancellationToken ct)
    {
        var taken = (await database.Write<Taken?>(portal, async unit => await unit.One<Taken>(Take, new { message.DocumentId, now = unit.Now, until = unit.Now + Turn }), ct)).Value;
        if (taken is not null && !await Check(portal, taken, ct)) return; // it waits, and its next message is queued
        await Finish(portal, message.DocumentId, ct);
    }

    async Task<bool> Check(Actor portal, Taken taken, CancellationToken ct)
    {
        await using var content = await store.Open(taken.Id, ct);
        if (content is null || content.Length != taken.Size) return await Settle(portal, taken, DocumentState.Failed, new FileVerdict(null, FileFault.Damaged), null, null, ct);

        var file = FileCheck.Of(content);
        content.Position = 0;
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
        content.Position = 0;
        try
        {
            var scan = await scanner.Scan(content, ct);
            if (scan.Result == ScanResult.Threat) return await Settle(portal, taken, DocumentState.ThreatFound, file, hash, scan.Finding, ct);
            if (file.Fault is null && scan.Result == ScanResult.NotScannable) file = new FileVerdict(null, FileFault.NotScannable);
        }
        catch (ScannerAwayException)
        {
            // A file that is refused anyway needs no scanner.
            if (file.Fault is null) return await Wait(portal, taken, ct);
        }
        var pages = file.Format == FileFormat.Pdf ? await Pages(portal, taken.Id, ct) : null;
        return await Settle(portal, taken, file.Fault is null ? DocumentState.Available : DocumentState.Failed, file, hash, null, ct, pages);
    }

    async Task<bool> Settle(Actor portal, Taken taken, DocumentState state, FileVerdict file, string? hash, string? finding, CancellationToken ct, int? pages = null)
    {
        await database.Write<int>(portal, async unit =>
        {
            var settled = await unit.Run(Decide, new
            {
                taken.Id, taken.CheckDueAt, state = EnumText.Of(state), format = file.Format is { } format ? EnumText.Of(format) : null,
                fault = state == DocumentState.Failed ? EnumText.Of(file.Fault!.Value) : null, finding, hash, pages, at = unit.Now,
            });
            if (settled == 0) return 0; // somebody else did, or it was removed meanwhile
            unit.Audit(state switch { DocumentState.Available => AuditAction.ClearDocument, DocumentState.ThreatFound => AuditAction.FindThreat, _ => AuditAction.RefuseDocument },
                taken.ReferralId, taken.Id, state == DocumentState.Available ? null : new { finding, fault = file.Fault is { } why ? EnumText.Of(why) : null });
            await unit.Run(Tell, new { referralId = taken.ReferralId });
            return settled;
        }, ct);
        return true;
    }

    async Task<bool> Wait(Actor portal, Taken taken, CancellationToken ct)
    {
        await database.Write<int>(portal, async unit =>
        {
            var again = unit.Now + TryAgain;
            // Only whoever has the turn queues the next: messages that came twice do not multiply.
            if (await unit.Run(Postpone, new { taken.Id, taken.CheckDueAt, again, at = unit.Now }) > 0) unit.Queue(new CheckDocument(taken.Id), taken.ReferralId, again);
            return 1;
        }, ct);
        return false;
    }

    /// <summary>What may be missing when an earlier run died between two steps: bytes that are to go.</summary>
    async Task Finish(Actor portal, Guid id, CancellationToken ct)
    {
        var state = await database.View(portal, unit => unit.One<string>("select state from document where id = @id", new { id }), ct);
        if (state is "threat_found" or "failed" or "removed") await store.Delete(id, ct);
    }

    // The reader of PDFs is large, and files are made to break such. It is noted first that it was tried: a file that kills the process does so once.
    async Task<int?> Pages(Actor portal, Guid id, CancellationToken ct)
    {
        var tried = (await database.Write<int>(portal, async unit => await unit.Run("update document set pages_counted = true where id = @id and not pages_counted", new { id }), ct)).Value == 0;
        if (tried || await store.Open(id, ct) is not { } content) return null;

        await using (content)
        {
            // It jumps to and fro byte by byte, which a file on a disk does not like.
            var bytes = new byte[content.Length];
            await content.ReadExactlyAsync(bytes, ct);
            try
            {
                using var pdf = PdfDocument.Open(bytes);
                return pdf.NumberOfPages is > 0 and var pages ? pages : null;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                return null; // locked, or odd: people read it, only the number is not known
            }
        }
    }

    sealed record Taken(Guid Id, Guid ReferralId, long Size, DateTimeOffset CheckDueAt);

    const string Take = """
        update document set check_due_at = @until
        where id = @DocumentId and state = 'pending' and (check_due_at is null or check_due_at <= @now)
        returning id, referral_id, size, check_due_at
        """;

    const string Decide = """
        update document set state = @state, format = @format, fault = @fault, finding = @finding, sha256 = @hash, pages = @pages,
            checked_at = @at, unscanned_since = null, check_due_at = null, version = version + 1
        where id = @Id and state = 'pending' and check_due_at = @CheckDueAt
        """;

    const string Postpone = """
        update document set check_due_at = @again, unscanned_since = coalesce(unscanned_since, @at), version = version + 1
        where id = @Id and state = 'pending' and check_due_at = @CheckDueAt
        """;

    // Open pages of the referral read again.
    const string Tell = "select pg_notify('referral_event', @referralId::text)";
}
