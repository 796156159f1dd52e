using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Clinics.Manage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>
/// Adds an account to an organisation, or keeps who somebody is and may do. Allowed to the clinic manager. The person signs in with the organisation's own
/// directory: the first sign-in with this user name links the account.
/// </summary>
public sealed class SaveAccount(PortalDatabase database)
{
    /// <param name="Id">Whose; null adds one.</param>
    /// <param name="Version">The version that the person saw.</param>
    public sealed record Command(Guid? Id, int Version)
    {
        /// <summary>Where a new account belongs; an account stays where it is.</summary>
        public Guid? Organisation { get; init; }
        /// <summary>What a new person types to sign in.</summary>
        public string UserName { get; init; } = "";
        public string Name { get; init; } = "";
        public string JobTitle { get; init; } = "";
        public IReadOnlyCollection<Role> Roles { get; init; } = [];
        public string HcpcNumber { get; init; } = "";
        /// <summary>With commas or one a line.</summary>
        public string Skills { get; init; } = "";
        public string Languages { get; init; } = "";
    }

    /// <summary>Returns the account's id.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        try
        {
            return await database.Write<Guid>(actor, unit => Save(unit, command), ct);
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "portal_user_name" })
        {
            return Outcome.Invalid(nameof(Command.UserName), "This organisation has an account of that user name");
        }
    }

    static async Task<Outcome<Guid>> Save(PortalUnit unit, Command command)
    {
        var traits = await ClinicianTraits.Read(unit);
        var home = await unit.One<Home>(command.Id is null ? OfOrganisation : OfPerson, new { id = command.Id ?? command.Organisation });
        if (home is null) return command.Id is null ? Outcome.Invalid(nameof(Command.Organisation), "Choose an organisation") : Outcome.Missing;
        if (Check(command, home) is { Count: > 0 } errors) return Outcome.Invalid(errors);
        if (command.Id == unit.Actor.UserId && !command.Roles.Contains(Role.ClinicManager))
            return Outcome.Invalid(nameof(Command.Roles), "You cannot take this role from yourself: ask another clinic manager");

        var clinician = command.Roles.Contains(Role.Clinician);
        var row = new
        {
            id = command.Id ?? Guid.CreateVersion7(unit.Now),
            command.Version,
            home.OrganisationId,
            home.DirectoryTenantId,
            userName = command.UserName.Trim(),
            name = PersonName.Read(command.Name),
            jobTitle = AdminRules.Text(command.JobTitle),
            roles = command.Roles.Distinct().Select(role => EnumText.Of(role)).ToArray(),
            hcpc = ProfessionalNumbers.Hcpc(command.HcpcNumber),
            skills = clinician ? PeopleRules.Words(command.Skills, traits.Skills) : [],
            languages = clinician ? PeopleRules.Words(command.Languages, traits.Languages) : [],
            at = unit.Now,
        };
        if (await unit.One<Guid?>(command.Id is null ? Add : Change, row) is null)
            return await unit.ChangedBySomebody(row.id, await unit.One<bool>("select exists (select from portal_user where id = @id)", row), "changed this account");

        unit.Audit(command.Id is null ? AuditAction.AddAccount : AuditAction.SaveAccount, subjectId: row.id, detail: new { organisationId = home.OrganisationId, row.roles });
        return row.id;
    }

    static Dictionary<string, string> Check(Command command, Home home)
    {
        var errors = new Dictionary<string, string>();
        if (command.Id is null && home.DirectoryTenantId is null) errors[nameof(command.Organisation)] = "This organisation has no directory to sign in with yet";
        if (command.Id is null && command.UserName.Trim() is not { Length: >= 3 and <= PeopleRules.LongestUserName } || command.Id is null && !EmailAddress.TryParse(command.UserName, out _))
            errors[nameof(command.UserName)] = "Enter the user name as the organisation’s directory has it, for example name@firm.co.uk";
        if (PersonName.Read(command.Name) is null) errors[nameof(command.Name)] = $"Enter the name in {PersonName.MaximumLength} characters or fewer, on one line";
        if (command.JobTitle.Length > PeopleRules.LongestJobTitle) errors[nameof(command.JobTitle)] = $"Use {PeopleRules.LongestJobTitle} characters or fewer";
        if (command.Roles.Count == 0) errors[nameof(command.Roles)] = "Choose at least one role";
        else if (command.Roles.Any(role => !PeopleRules.RolesFor(home.Kind.Value).Contains(role))) errors[nameof(command.Roles)] = "Choose from the roles of this kind of organisation";
        if (command.Roles.Contains(Role.Clinician) ? ProfessionalNumbers.Hcpc(command.HcpcNumber) is null : !string.IsNullOrWhiteSpace(command.HcpcNumber) && ProfessionalNumbers.Hcpc(command.HcpcNumber) is null)
            errors[nameof(command.HcpcNumber)] = ProfessionalNumbers.HcpcProblem;
        if (PeopleRules.Problem(command.Skills) is { } skills) errors[nameof(command.Skills)] = skills;
        if (PeopleRules.Problem(command.Languages) is { } languages) errors[nameof(command.Languages)] = languages;
        return errors;
    }

    sealed record Home(Guid OrganisationId, Guid? DirectoryTenantId, Coded<OrganisationKind> Kind);

    const string OfOrganisation = "select id as organisation_id, directory_tenant_id, kind from organisation where id = @id and portal.manages_clinic()";

    const string OfPerson = """
        select organisation.id as organisation_id, organisation.directory_tenant_id, organisation.kind
        from portal_user person join organisation on organisation.id = person.organisation_id
        where person.id = @id and not 'system' = any (person.roles) and portal.manages_clinic()
        """;

    const string Add = """
        insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, job_title, roles, hcpc_number, skills, languages, created_at)
        values (@id, @organisationId, @directoryTenantId, @userName, @name, @jobTitle, @roles, @hcpc, @skills, @languages, @at)
        returning id
        """;

    const string Change = """
        update portal_user set display_name = @name, job_title = @jobTitle, roles = @roles, hcpc_number = @hcpc, skills = @skills, languages = @languages, version = version + 1
        where id = @id and version = @version and portal.manages_clinic()
        returning id
        """;
}
