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
}
