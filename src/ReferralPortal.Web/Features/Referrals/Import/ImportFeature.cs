using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>Registers the import of many referrals from a file.</summary>
public static class ImportFeature
{
    public static IServiceCollection AddImport(this IServiceCollection services) => services
        .AddScoped<RowChecks>()
        .AddScoped<StartImport>()
        .AddScoped<ReadImport>()
        .AddScoped<ChooseColumns>()
        .AddScoped<EditRow>()
        .AddScoped<DraftRow>()
        .AddScoped<ReturnRows>()
        .AddScoped<DownloadRows>()
        .AddScoped<SendImport>()
        .AddScoped<DiscardImport>()
        .AddMessageHandler<ContinueImport, ImportWork>()
        .AddMessageHandler<ForgetImport, ForgetImportWork>();
}
