using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Database.Local;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Tests.Features.Documents;

/// <summary>A database, a folder and a real scanner, and the portal's background work on a clock that the test moves.</summary>
public sealed class DocumentWorld : IAsyncLifetime
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"referralportal-documents-{Guid.NewGuid():N}");

    public PortalTestDatabase Database { get; } = new();
    public LocalClamd Clamd { get; private set; } = null!;
    public IDocumentStore Store { get; private set; } = null!;

    /// <summary>Ahead of the database's own clock, so that what is queued is due.</summary>
    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow.AddMinutes(1));

    public PortalDatabase Units { get; private set; } = null!;
    IConfiguration configuration = null!;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Units = Database.On(Clock);
        Clamd = await TestScanner.Start();
        configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Documents:Folder"] = folder, ["Documents:Clamd"] = Clamd.Address }).Build();
        Store = new FolderDocumentStore(configuration);
    }

    public IMalwareScanner Scanner => new ClamdScanner(configuration);

    /// <summary>A node's background work, with another store or scanner where a test wants one.</summary>
    public OutboxWorker Worker(IDocumentStore? store = null, IMalwareScanner? scanner = null)
    {
        var services = new ServiceCollection().AddDocuments()
            .AddSingleton(configuration).AddSingleton(Units).AddSingleton<TimeProvider>(Clock)
            .AddSingleton(store ?? Store).AddSingleton(scanner ?? Scanner)
            .BuildServiceProvider();
        return new OutboxWorker(services.GetRequiredService<IServiceScopeFactory>(), Units, Database.Sources, configuration, Clock, NullLogger<OutboxWorker>.Instance);
    }

    /// <summary>Adds a file as a page does, in pieces; it is not checked yet.</summary>
    public async Task<Guid> Add(Actor actor, Guid place, byte[] file, string name = "letter.pdf", DocumentKind? kind = null)
    {
        var begun = await new BeginUpload(Units).Handle(actor, new(place, name, file.Length, 1, kind), default);
        var id = begun.Value?.Id ?? throw new InvalidOperationException($"Not begun: {begun.Failure}");
        for (var progress = begun.Value; !progress.IsWhole;)
            progress = (await new ReceiveChunk(Units, Store).Handle(actor, id, progress.Received, new MemoryStream(file, (int)progress.Received, file.Length - (int)progress.Received), default)).Value!;
        return id;
    }

    /// <summary>Adds a file and has it checked.</summary>
    public async Task<Guid> AddChecked(Actor actor, Guid place, byte[] file, string name = "letter.pdf", DocumentKind? kind = null)
    {
        var id = await Add(actor, place, file, name, kind);
        await Worker().RunDue(default);
        return id;
    }

    public async Task<Guid> Draft(Actor author)
    {
        var id = (await new StartDraft(Database.Database).Handle(author, default)).Value;
        return id;
    }

    public async Task<Row> Stored(Guid id)
    {
        await using var connection = await Database.Owner();
        return await connection.QuerySingleAsync<Row>("select state, format, fault, finding, sha256, pages, file_name, received, unscanned_since from document where id = @id", new { id });
    }

    public async Task<IReadOnlyList<string>> Audited(Guid id)
    {
        await using var connection = await Database.Owner();
        return (await connection.QueryAsync<string>("select action from audit_entry where subject_id = @id order by sequence", new { id })).AsList();
    }

    public async Task<bool> HasBytes(Guid id)
    {
        await using var content = await Store.Open(id, default);
        return content is not null;
    }

    public async ValueTask DisposeAsync()
    {
        await Clamd.DisposeAsync();
        await Database.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    public sealed record Row(string State, string? Format, string? Fault, string? Finding, string? Sha256, int? Pages, string FileName, long Received, DateTime? UnscannedSince);
}
