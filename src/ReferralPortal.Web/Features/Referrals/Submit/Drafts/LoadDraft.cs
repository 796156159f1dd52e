using System.Text.Json;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>Opens a form to go on with it, on whatever machine. Only for the person who began it; for everybody else there is none.</summary>
public sealed class LoadDraft(PortalDatabase database)
{
    /// <summary>A draft that has become a referral, or was discarded, is missing.</summary>
    public async Task<Outcome<Draft>> Handle(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        return await database.Write<Draft>(actor, async unit =>
        {
            var row = await unit.One<Row>(Own, new { id, organisationId = actor.OrganisationId, authorId = actor.UserId });
            if (row is null) return Outcome.Missing;

            unit.Audit(AuditAction.OpenDraft, subjectId: id);
            var conventions = JsonSerializer.Deserialize<Conventions>(row.Defaults, JsonSerializerOptions.Web) ?? new Conventions();
            return new Draft(id, row.Version, PortalJson.Read<ReferralForm>(row.Form), row.Version > 1 ? row.UpdatedAt : null, conventions);
        }, ct);
    }

    /// <summary>Whether there is one to open, without opening it.</summary>
    public async Task<bool> IsThere(Actor actor, Guid id, CancellationToken ct) =>
        actor.MayRefer && await database.View(actor, unit => unit.One<int?>(Version, new { id, organisationId = actor.OrganisationId, authorId = actor.UserId }), ct) is not null;

    sealed record Row(string Form, int Version, DateTimeOffset UpdatedAt, string Defaults);

    const string Version = """
        select version from referral_draft
        where id = @id and organisation_id = @organisationId and author_id = @authorId and discarded_at is null
        """;

    const string Own = """
        select draft.form::text, draft.version, draft.updated_at, organisation.defaults::text
        from referral_draft draft join organisation on organisation.id = draft.organisation_id
        where draft.id = @id and draft.organisation_id = @organisationId and draft.author_id = @authorId and draft.discarded_at is null
        """;
}
