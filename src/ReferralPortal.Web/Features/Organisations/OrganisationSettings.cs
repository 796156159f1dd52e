using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Organisations;

/// <summary>
/// What an organisation's referrals start with, and whom the clinic rings there. <paramref name="Version"/> is 0 while nothing was ever saved.
/// </summary>
public sealed record OrganisationSettings(
    string? Branch, string? Address, string? Postcode, string? ContactName, string? ContactPhone, Guid? CaseManagerId, string? CaseManager, Guid? PayerId, string? Payer,
    string? ConsentWords, string[] Services, string? OwnReferenceHint, string? PurchaseOrderHint, string? UpdatedBy, DateTimeOffset? UpdatedAt, int Version);

/// <summary>Somebody of the organisation.</summary>
public sealed record Colleague(Guid Id, string Name, string? JobTitle, string[] Roles, DateTimeOffset? LastSignedInAt, DateTimeOffset? DisabledAt);

/// <summary>One's own organisation: who it is, what its referrals start with, who works there.</summary>
public sealed record OwnOrganisation(string Name, Coded<OrganisationKind> Kind, string? Address, string? Postcode, string? Phone, string? Email, OrganisationSettings Settings, IReadOnlyList<Colleague> People);

/// <summary>Reads one's own organisation. Never another one: the question names none.</summary>
public sealed class ReadOrganisation(PortalDatabase database)
{
    public async Task<OwnOrganisation> Handle(Actor actor, CancellationToken ct) => await database.Read(actor, async unit =>
    {
        await using var sets = await unit.Results(Everything, new { organisationId = actor.OrganisationId });
        var own = await sets.ReadSingleAsync<Row>();
        var settings = (await sets.ReadAsync<OrganisationSettings>()).SingleOrDefault() ?? new OrganisationSettings(null, null, null, null, null, null, null, null, null, null, [], null, null, null, null, 0);
        return new OwnOrganisation(own.Name, own.Kind, own.Address, own.Postcode, own.Phone, own.Email, settings, [.. await sets.ReadAsync<Colleague>()]);
    }, ct);

    sealed record Row(string Name, Coded<OrganisationKind> Kind, string? Address, string? Postcode, string? Phone, string? Email);

    const string Everything = """
        select name, kind, address, postcode, phone, email from organisation where id = @organisationId;

        select settings.branch, settings.address, settings.postcode, settings.contact_name, settings.contact_phone, settings.case_manager_id, case_manager.name as case_manager,
               settings.payer_id, payer.name as payer, settings.consent_words, settings.services, settings.own_reference_hint, settings.purchase_order_hint,
               author.display_name as updated_by, case when settings.updated_by is not null then settings.updated_at end as updated_at, settings.version
        from organisation_settings settings
        left join organisation case_manager on case_manager.id = settings.case_manager_id
        left join organisation payer on payer.id = settings.payer_id
        left join portal_user author on author.id = settings.updated_by
        where settings.organisation_id = @organisationId;

        select id, display_name as name, job_title, roles, last_signed_in_at, disabled_at
        from portal_user where organisation_id = @organisationId and not 'system' = any (roles)
        order by disabled_at is not null, lower(display_name), id;
        """;
}
