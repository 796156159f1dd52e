using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Organisations;

/// <summary>Whom the clinic rings at an organisation about its referrals.</summary>
public sealed record OrganisationContact(string? Name, string? Phone, string? Branch, string? Email);

/// <summary>Reads whom to ring at the organisation that sent a referral: its own choice, else its switchboard. For the treating clinic's people.</summary>
public sealed class ReadContact(PortalDatabase database)
{
    public async Task<OrganisationContact?> Handle(Actor actor, Guid organisation, CancellationToken ct) =>
        actor.TreatsReferrals() ? await database.Read(actor, unit => unit.One<OrganisationContact>(Contact, new { organisation }), ct) : null;

    const string Contact = """
        select settings.contact_name as name, coalesce(settings.contact_phone, organisation.phone) as phone, settings.branch, organisation.email
        from organisation left join organisation_settings settings on settings.organisation_id = organisation.id
        where organisation.id = @organisation and portal.is_clinic()
        """;
}
