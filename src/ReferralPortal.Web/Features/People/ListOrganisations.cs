using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>An organisation that uses the portal. <paramref name="DirectoryTenantId"/> is the directory that its people sign in with; without one nobody can.</summary>
public sealed record ManagedOrganisation(Guid Id, string Name, Coded<OrganisationKind> Kind, Guid? DirectoryTenantId, int People, DateTimeOffset? DisabledAt, int Version);

/// <summary>Lists the organisations. For the clinic manager.</summary>
public sealed class ListOrganisations(PortalDatabase database)
{
    public async Task<Outcome<IReadOnlyList<ManagedOrganisation>>> Handle(Actor actor, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<IReadOnlyList<ManagedOrganisation>>>(actor, async unit => await unit.Many<ManagedOrganisation>(All), ct);
    }

    const string All = """
        select organisation.id, organisation.name, organisation.kind, organisation.directory_tenant_id,
               (select count(*)::int from portal_user person where person.organisation_id = organisation.id and person.disabled_at is null and not 'system' = any (person.roles)) as people,
               organisation.disabled_at, organisation.version
        from organisation where portal.manages_clinic()
        order by organisation.disabled_at is not null, lower(organisation.name), organisation.id
        """;
}
