using ReferralPortal.Web.Features.Clinics.Manage;

namespace ReferralPortal.Web.Features.People;

/// <summary>Registers the settings of clinics, people and organisations.</summary>
public static class PeopleFeature
{
    public static IServiceCollection AddClinicsAndPeople(this IServiceCollection services) => services
        .AddScoped<ReadClinics>()
        .AddScoped<SaveClinic>()
        .AddScoped<LocatePostcode>()
        .AddScoped<SaveClinicHours>()
        .AddScoped<SaveRoom>()
        .AddScoped<SaveClosure>()
        .AddScoped<CloseClinic>()
        .AddScoped<ReadPeople>()
        .AddScoped<ClinicianTraits>()
        .AddScoped<SaveAccount>()
        .AddScoped<DisableAccount>()
        .AddScoped<SavePattern>()
        .AddScoped<SaveLeave>()
        .AddScoped<ListOrganisations>();
}
