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
            var conventions = new Conventions(row.CaseManagerId, row.PayerId, row.OwnReferenceHint, row.PurchaseOrderHint);
            return new Draft(id, row.Version, PortalJson.Read<ReferralForm>(row.Form), row.Version > 1 ? row.UpdatedAt : null, conventions);
        }, ct);
    }

    /// <summary>Whether there is one to open, without opening it.</summary>
    public async Task<bool> IsThere(Actor actor, Guid id, CancellationToken ct) =>
        actor.MayRefer && await database.View(actor, unit => unit.One<int?>(Version, new { id, organisationId = actor.OrganisationId, authorId = actor.UserId }), ct) is not null;

    sealed record Row(string Form, int Version, DateTimeOffset UpdatedAt, Guid? CaseManagerId, Guid? PayerId, string? OwnReferenceHint, string? PurchaseOrderHint);

    const string Version = """
        select version from referral_draft
        where id = @id and organisation_id = @organisationId and author_id = @authorId and discarded_at is null and amends_id is null
        """;

    const string Own = """
        select draft.form::text, draft.version, draft.updated_at, settings.case_manager_id, settings.payer_id, settings.own_reference_hint, settings.purchase_order_hint
        from referral_draft draft left join organisation_settings settings on settings.organisation_id = draft.organisation_id
        where draft.id = @id and draft.organisation_id = @organisationId and draft.author_id = @authorId and draft.discarded_at is null and draft.amends_id is null
        """;
}
