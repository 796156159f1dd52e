using ReferralPortal.Domain;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>
/// Makes room for one file on a draft or a referral, before its first byte. The same file chosen again while it is unfinished (same name, size and time of change, same person)
/// is the same upload, so that a lost answer makes no second one and somebody who comes back goes on where it broke off.
/// Allowed to the draft's author; afterwards to parties who refer and to the clinic while the referral is open.
/// </summary>
public sealed class BeginUpload(PortalDatabase database)
{
    /// <param name="ReferralId">The draft or the referral.</param>
    /// <param name="FileName">What the person's machine calls it.</param>
    /// <param name="Size">All of its bytes.</param>
    /// <param name="Modified">When it was changed last, in milliseconds since 1970, as the browser says.</param>
    /// <param name="Kind">What it is; guessed from its name when not said.</param>
    public sealed record Command(Guid ReferralId, string? FileName, long Size, long Modified, DocumentKind? Kind = null);

    public async Task<Outcome<UploadProgress>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;

        return await database.Write<UploadProgress>(actor, async unit =>
        {
            if (await DocumentPlace.Find(unit, command.ReferralId) is not { } place) return Outcome.Missing;
            if (place.WhyNotAdd(actor) is { } words) return Outcome.Refused(words);
            if (FileName.Kept(command.FileName) is not { } name) return Outcome.Refused("This file has no name. Give it one and add it again.");
            if (command.Size <= 0) return Outcome.Refused("This file is empty.");
            if (command.Size > DocumentLimits.FileBytes) return Outcome.Refused($"This file is {DocumentLimits.Size(command.Size)}. The most is 25 MB: split it, or scan it at a lower resolution.");

            // Two at once count one after the other.
            await unit.Run("select pg_advisory_xact_lock(hashtextextended(@place, 0))", new { place = $"document {command.ReferralId}" });
            var file = new
            {
                id = Guid.CreateVersion7(unit.Now), command.ReferralId, actor.OrganisationId, personId = actor.UserId, kind = EnumText.Of(command.Kind ?? FileName.Guess(name)),
                name, command.Size, command.Modified, at = unit.Now,
            };
            if (await unit.One<UploadProgress>(Unfinished, file) is { } earlier) return earlier;

            var counted = await unit.One<Counted>(Count, new { command.ReferralId });
            if (counted!.Kept >= DocumentLimits.PerReferral) return Outcome.Refused("A referral takes 20 documents, and this one has them. Remove one that is not needed, or put several papers into one PDF.");
            if (counted.Ever >= DocumentLimits.Attempts) return Outcome.Refused("Too many files have been added here and removed again. Please ring the clinic.");

            await unit.Run(Insert, file);
            unit.Audit(AuditAction.AddDocument, command.ReferralId, file.id, new { command.Size });
            unit.Queue(new TidyDocuments(command.ReferralId, Weekly: counted.Ever == 0), command.ReferralId, unit.Now + DocumentLimits.Abandoned);
            return new UploadProgress(file.id, 0, command.Size, DocumentState.Uploading);
        }, ct);
    }

    sealed record Counted(long Kept, long Ever);

    const string Unfinished = """
        select id, received, size, state from document
        where referral_id = @ReferralId and uploaded_by = @personId and organisation_id = @OrganisationId
            and state = 'uploading' and file_name = @name and size = @Size and modified = @Modified
        """;

    const string Count = """
        select count(*) filter (where state in ('uploading', 'pending', 'available')) as kept, count(*) as ever
        from document where referral_id = @ReferralId
        """;

    const string Insert = """
        insert into document (id, referral_id, organisation_id, uploaded_by, kind, file_name, size, modified, updated_at, created_at)
        values (@id, @ReferralId, @OrganisationId, @personId, @kind, @name, @Size, @Modified, @at, @at)
        """;
}

/// <summary>How much of a file has arrived, and what has become of it.</summary>
public sealed record UploadProgress(Guid Id, long Received, long Size, Coded<DocumentState> State)
{
    /// <summary>All of it is here.</summary>
    public bool IsWhole => State.Value != DocumentState.Uploading;
}
