using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>An account in the list.</summary>
public sealed record ListedPerson(Guid Id, string Name, string UserName, string? JobTitle, string Organisation, string[] Roles, DateTimeOffset? LastSignedInAt, DateTimeOffset? DisabledAt);

/// <summary>Working hours of a clinician on one weekday, London time, from the first day to the last.</summary>
public sealed record WorkingHours(Guid Id, int Weekday, Guid ClinicId, string Clinic, TimeOnly Starts, TimeOnly Ends, DateOnly ValidFrom, DateOnly? ValidUntil)
{
    public bool HoldsOn(DateOnly day) => ValidFrom <= day && (ValidUntil is null || ValidUntil >= day);
}

/// <summary>A time in which a clinician is away.</summary>
public sealed record Leave(Guid Id, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Reason, int Version);

/// <summary>An account as its page shows it.</summary>
public sealed record ManagedPerson(
    Guid Id, string Name, string UserName, string? JobTitle, Guid OrganisationId, string Organisation, Coded<OrganisationKind> Kind, string[] Roles, string? HcpcNumber, string[] Skills, string[] Languages,
    bool Linked, DateTimeOffset? LastSignedInAt, DateTimeOffset? DisabledAt, int Version)
{
    /// <summary>What holds today or later, by its first day.</summary>
    public IReadOnlyList<WorkingHours> Hours { get; init; } = [];
    /// <summary>What has not passed.</summary>
    public IReadOnlyList<Leave> Leave { get; init; } = [];
    public bool IsClinician => Roles.Contains("clinician");
}

/// <summary>Which accounts to list.</summary>
/// <param name="Search">Part of a name or a user name.</param>
/// <param name="Organisation">Of one organisation.</param>
/// <param name="Role">With one role.</param>
public sealed record PeopleFilter(string? Search = null, Guid? Organisation = null, Role? Role = null);

/// <summary>Reads the accounts of every organisation. For the clinic manager.</summary>
public sealed class ReadPeople(PortalDatabase database)
{
    /// <summary>The most that are listed; a search narrows further.</summary>
    public const int Most = 200;

    /// <summary>At most one more than <see cref="Most"/>, so that the page can say that there are more.</summary>
    public async Task<Outcome<IReadOnlyList<ListedPerson>>> All(Actor actor, PeopleFilter filter, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<IReadOnlyList<ListedPerson>>>(actor, async unit => await unit.Many<ListedPerson>(List, new
        {
            search = AdminRules.Text(filter.Search)?.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal),
            filter.Organisation,
            role = filter.Role is { } role ? EnumText.Of(role) : null,
            most = Most + 1,
        }), ct);
    }

    /// <summary>One of them.</summary>
    public async Task<Outcome<ManagedPerson>> One(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<ManagedPerson>>(actor, async unit =>
        {
            await using var sets = await unit.Results(Person, new { id, today = LondonTime.DateOf(unit.Now), now = unit.Now });
            var person = (await sets.ReadAsync<ManagedPerson>()).SingleOrDefault();
            return person is null ? Outcome.Missing : person with { Hours = [.. await sets.ReadAsync<WorkingHours>()], Leave = [.. await sets.ReadAsync<Leave>()] };
        }, ct);
    }

    const string List = """
        select person.id, person.display_name as name, person.user_name, person.job_title, organisation.name as organisation, person.roles, person.last_signed_in_at, person.disabled_at
        from portal_user person join organisation on organisation.id = person.organisation_id
        where not 'system' = any (person.roles) and portal.manages_clinic()
            and (@organisation::uuid is null or person.organisation_id = @organisation)
            and (@role::text is null or @role = any (person.roles))
            and (@search::text is null or person.display_name ilike '%' || @search || '%' or person.user_name ilike '%' || @search || '%')
        order by person.disabled_at is not null, lower(person.display_name), person.id
        limit @most
        """;

    const string Person = """
        select person.id, person.display_name as name, person.user_name, person.job_title, person.organisation_id, organisation.name as organisation, organisation.kind, person.roles,
               person.hcpc_number, person.skills, person.languages, person.directory_object_id is not null as linked, person.last_signed_in_at, person.disabled_at, person.version
        from portal_user person join organisation on organisation.id = person.organisation_id
        where person.id = @id and not 'system' = any (person.roles) and portal.manages_clinic();

        select pattern.id, pattern.weekday, pattern.clinic_id, clinic.name as clinic, pattern.starts, pattern.ends, pattern.valid_from, pattern.valid_until
        from working_pattern pattern join clinic on clinic.id = pattern.clinic_id
        where pattern.clinician_id = @id and (pattern.valid_until is null or pattern.valid_until >= @today) and portal.manages_clinic()
        order by pattern.valid_from, pattern.weekday, pattern.starts;

        select id, starts_at, ends_at, reason, version from leave where clinician_id = @id and ends_at > @now and portal.manages_clinic() order by starts_at, id;
        """;
}
