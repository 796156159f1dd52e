using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>A form that waits to be gone on with. The names are as far as they were typed.</summary>
public sealed record UnfinishedReferral(Guid Id, string GivenName, string FamilyName, string OurReference, DateTimeOffset StartedAt, DateTimeOffset SavedAt);

/// <summary>One's own unfinished forms, the last touched first; a form in which nothing was typed is none.</summary>
public sealed class ListDrafts(PortalDatabase database)
{
    /// <summary>The most that are shown.</summary>
    public const int Most = 50;

    public async Task<IReadOnlyList<UnfinishedReferral>> Handle(Actor actor, CancellationToken ct)
    {
        if (!actor.MayRefer) return [];

        return await database.View(actor, async unit =>
        {
            var drafts = await unit.Many<UnfinishedReferral>(Own, new { organisationId = actor.OrganisationId, authorId = actor.UserId, most = Most });
            if (drafts.Count > 0) unit.Audit(AuditAction.ListDrafts, detail: new { count = drafts.Count });
            return drafts;
        }, ct);
    }

    const string Own = """
        select id, coalesce(form #>> '{patient,givenName}', '') as given_name, coalesce(form #>> '{patient,familyName}', '') as family_name,
               coalesce(form #>> '{claim,ourReference}', '') as our_reference, created_at as started_at, updated_at as saved_at
        from referral_draft
        where organisation_id = @organisationId and author_id = @authorId and discarded_at is null and version > 1 and amends_id is null
        order by updated_at desc
        limit @most
        """;
}
