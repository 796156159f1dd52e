namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>Registers looking for one patient in several referrals, and what is decided about it.</summary>
public static class DuplicatesFeature
{
    public static IServiceCollection AddDuplicates(this IServiceCollection services) => services
        .AddScoped<FindDuplicates>()
        .AddScoped<DecideDuplicate>()
        .AddScoped<UndoDuplicateDecision>()
        .AddScoped<ListTogether>();
}
