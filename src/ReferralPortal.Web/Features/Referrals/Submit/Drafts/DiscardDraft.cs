using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>Throws a form away, with all that was typed in it. Allowed to the person who began it.</summary>
public sealed class DiscardDraft(PortalDatabase database)
{
    /// <summary>Returns the id of what is gone.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        return await database.Write<Guid>(actor, async unit =>
        {
            if (await unit.Run(Forget, new { id, organisationId = actor.OrganisationId, authorId = actor.UserId, at = unit.Now }) == 0) return Outcome.Missing;
            unit.Audit(AuditAction.DiscardDraft, subjectId: id);
            unit.Queue(new TidyDocuments(id));
            return id;
        }, ct);
    }

    // The row stays, empty: a page that still has the form open must find that it was discarded and not a place to save into.
    const string Forget = """
        update referral_draft set discarded_at = @at, form = '{}', version = version + 1, updated_at = @at
        where id = @id and organisation_id = @organisationId and author_id = @authorId and discarded_at is null
        """;
}
