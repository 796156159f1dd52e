using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>Registers documents: adding them, checking them, reading them.</summary>
public static class DocumentsFeature
{
    public static IServiceCollection AddDocuments(this IServiceCollection services) => services
        .AddSingleton<IDocumentStore, FolderDocumentStore>()
        .AddSingleton<IMalwareScanner, ClamdScanner>()
        .AddScoped<BeginUpload>()
        .AddScoped<ReceiveChunk>()
        .AddScoped<ListDocuments>()
        .AddScoped<OpenDocument>()
        .AddScoped<DescribeDocument>()
        .AddScoped<RemoveDocument>()
        .AddMessageHandler<CheckDocument, DocumentChecker>()
        .AddMessageHandler<TidyDocuments, DocumentTidier>();
}
