namespace ReferralPortal.Web.Features.Audit;

/// <summary>Registers the reading of the audit trail.</summary>
public static class AuditFeature
{
    public static IServiceCollection AddAuditReading(this IServiceCollection services) => services.AddScoped<ReadAudit>();
}
