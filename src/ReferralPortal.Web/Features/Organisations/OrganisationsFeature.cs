namespace ReferralPortal.Web.Features.Organisations;

/// <summary>Registers an organisation's own page.</summary>
public static class OrganisationsFeature
{
    public static IServiceCollection AddOrganisations(this IServiceCollection services) => services
        .AddScoped<ReadOrganisation>()
        .AddScoped<SaveOrganisation>()
        .AddScoped<ReadContact>();
}
