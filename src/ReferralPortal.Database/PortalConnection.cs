using Dapper;
using Npgsql;

namespace ReferralPortal.Database;

/// <summary>How the portal itself connects.</summary>
public static class PortalConnection
{
    /// <summary>The role that the portal runs as: owns nothing, so row-level security holds for all that it sends.</summary>
    public const string Role = "portal_app";

    /// <summary>
    /// The connection string with which the portal takes on its own role, whatever login it was given. The login must be that role or a member of it.
    /// </summary>
    public static string ForPortal(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.Username == Role || (settings.Options?.Contains("role=", StringComparison.Ordinal) ?? false)) return connectionString;
        // A start-up option and not SET ROLE: it is what a connection falls back to when the pool resets it.
        settings.Options = $"{settings.Options} -c role={Role}".Trim();
        return settings.ConnectionString;
    }

    /// <summary>Lets the login of <paramref name="connectionString"/> take on the portal's role: for a server on which one login both migrates and serves.</summary>
    /// <exception cref="MigrationException">The login may neither take on the role nor hand it out.</exception>
    public static async Task LetLoginTakeRole(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(TakeRoleOrGrantIt, cancellationToken: ct));
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidGrantOperation)
        {
            throw new MigrationException($"The portal runs as the role {Role}, which this login may not take on. Have an administrator run: grant {Role} to \"{connection.UserName}\"", fault);
        }
    }

    const string TakeRoleOrGrantIt = $"""
        do $$
        begin
            set local role {Role};
        exception when insufficient_privilege then
            execute format('grant {Role} to %I', session_user);
        end $$
        """;
}
