using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ReferralPortal.Database;

namespace ReferralPortal.Web.Platform.Hosting;

/// <summary>Liveness says that the process answers; readiness that the database does, that its migrations are current, and that the portal cannot step round row-level security.</summary>
public static class Health
{
    public static WebApplicationBuilder AddPortalHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<DatabaseReady>("database", tags: ["ready"]);
        return builder;
    }

    public static void MapPortalHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") }).AllowAnonymous();
    }

    sealed class DatabaseReady(PortalDataSources sources) : IHealthCheck
    {
        // Once the schema was right it stays right for this process: a later, newer migration is additive.
        bool schemaSeen;

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var connection = await sources.Writing.OpenConnectionAsync(cancellationToken);
                await using var command = new NpgsqlCommand(StepsRoundTheRules, connection);
                if (await command.ExecuteScalarAsync(cancellationToken) is true)
                    return HealthCheckResult.Unhealthy("The portal's database role owns tables or bypasses row-level security; see docs/configuration.md.");
                if (!schemaSeen && !await Migrations.IsCurrent(connection, cancellationToken))
                    return HealthCheckResult.Unhealthy("The database is behind this version of the portal; run the verb 'migrate'.");
                schemaSeen = true;
                return HealthCheckResult.Healthy();
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy("The database does not answer.");
            }
        }

        const string StepsRoundTheRules = """
            select r.rolsuper or r.rolbypassrls or exists (select from pg_class c where c.relowner = r.oid and c.relname = 'referral')
            from pg_roles r where r.rolname = current_user
            """;
    }
}
