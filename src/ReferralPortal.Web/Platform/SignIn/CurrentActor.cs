using System.Security.Claims;
using Dapper;
using Microsoft.AspNetCore.Components.Authorization;
using Npgsql;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>
/// The person in front of this page, or behind this request. Read from the database once a circuit; that the person may still come in is checked
/// again with every unit of work and every minute, and a page whose session has ended has nobody in front of it.
/// </summary>
public sealed class CurrentActor(AuthenticationStateProvider authentication, PortalDataSources sources, IHttpContextAccessor? request = null, OpenPage? page = null)
{
    Actor? actor;

    /// <exception cref="StandingLostException">Nobody is signed in, or the account was disabled.</exception>
    public async ValueTask<Actor> Get(CancellationToken ct = default)
    {
        var person = (await User()).PersonId() ?? throw new StandingLostException();
        return actor?.UserId == person ? actor : actor = await Load(sources, person, ct);
    }

    /// <summary>A circuit knows its person by itself; the request that opened it is long over.</summary>
    async ValueTask<ClaimsPrincipal> User() =>
        page is { IsInteractive: false } && request?.HttpContext is { } context ? context.User : (await authentication.GetAuthenticationStateAsync()).User;

    /// <summary>Reads who an account is.</summary>
    /// <exception cref="StandingLostException">The account may not use the portal.</exception>
    public static async Task<Actor> Load(PortalDataSources sources, Guid person, CancellationToken ct)
    {
        await using var connection = await sources.Reading.OpenConnectionAsync(ct);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Who, new { person }, cancellationToken: ct));
            await results.ReadAsync<object>();
            var row = await results.ReadSingleAsync<Row>();
            return new Actor(person, row.OrganisationId, row.Kind, row.OrganisationName, row.DisplayName,
                row.Roles.Select(role => Domain.EnumText.Parse<Role>(role)).ToHashSet());
        }
        catch (PostgresException fault) when (fault.SqlState == StandingLostException.SqlState)
        {
            throw new StandingLostException();
        }
    }

    // Dapper fits constructors by the reader's types, and does not know an array there.
    sealed record Row
    {
        public Guid OrganisationId { get; init; }
        public Coded<OrganisationKind> Kind { get; init; }
        public string OrganisationName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public string[] Roles { get; init; } = [];
    }

    const string Who = """
        select portal.act_as(@person);
        select u.organisation_id, o.kind, o.name as organisation_name, u.display_name, u.roles
        from portal_user u join organisation o on o.id = u.organisation_id
        where u.id = @person
        """;
}
