using System.Text;
using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Tests.Features.Referrals.Import;

/// <summary>The import's use cases on a test's database, and its background work done at once.</summary>
sealed class ImportWorld(PortalTestDatabase world, PortalDatabase? other = null, TimeProvider? time = null)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly PortalDatabase database = other ?? world.Database;
    readonly TimeProvider clock = time ?? TimeProvider.System;

    public CatalogueStore Catalogue { get; } = new(world.Sources, TimeProvider.System);
    public RowChecks Checks => new(new FormOrganisations(database), Catalogue, clock);
    public StartImport Start => new(database, Catalogue, clock);
    public ReadImport Read => new(database, Catalogue);
    public ChooseColumns Choose => new(database, Catalogue);
    public EditRow Edit => new(database, Checks, Catalogue);
    public DraftRow Drafts => new(database, Checks);
    public SendImport Sending => new(database, Drafts);
    public ReturnRows Return => new(database, Catalogue);
    public DownloadRows Download => new(database, Catalogue);
    public DiscardImport Discard => new(database);
    public ImportWork Work => new(database, world.Sources, Checks, Catalogue, clock);

    public Task<Actor> Portal => CurrentActor.Load(world.Sources, Actor.SystemUserId, Ct).ContinueWith(loaded => loaded.Result, TaskScheduler.Default);

    /// <summary>A file of the solicitor's example referral, once for each change.</summary>
    public async Task<byte[]> File(params IEnumerable<Action<Dictionary<string, string>>> changes)
    {
        var content = await Catalogue.Get(Ct);
        var columns = ImportColumns.For(Domain.Organisations.OrganisationKind.Solicitor, content);
        var lists = new ImportLists(Domain.Organisations.OrganisationKind.Solicitor, content, []);
        return await Csv(columns.Select(column => column.Name), changes.Select(change =>
        {
            var texts = RowReading.Write(ExampleForms.Solicitor(content), columns, lists);
            change(texts);
            return columns.Select(column => texts[column.Field]);
        }));
    }

    /// <summary>As many rows as asked for, each another patient's.</summary>
    public Task<byte[]> Good(int rows, int from = 0) => File(Enumerable.Range(from, rows).Select(Action<Dictionary<string, string>> (number) => texts => texts["Claim.OurReference"] = $"NL/{number}"));

    public static async Task<byte[]> Csv(IEnumerable<string> headings, IEnumerable<IEnumerable<string>> rows)
    {
        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, SpreadsheetFormat.Csv, [new Sheet("Rows", SpreadsheetWriter.Of([[.. headings], .. rows.Select(IReadOnlyList<string> (row) => [.. row])]))], Ct);
        return file.ToArray();
    }

    /// <summary>Sends a file; its rows are not checked yet.</summary>
    public async Task<Guid> Begun(Actor actor, byte[] file)
    {
        var outcome = await Start.Handle(actor, "cases.csv", new MemoryStream(file), Ct);
        return outcome.IsDone ? outcome.Value : throw new InvalidOperationException($"{outcome.Failure}");
    }

    /// <summary>Sends a file and has its rows checked.</summary>
    public async Task<Guid> Checked(Actor actor, byte[] file)
    {
        var import = await Begun(actor, file);
        await Run(import);
        return import;
    }

    public async Task<ReadImport.View> View(Actor actor, Guid import, RowFilter filter = RowFilter.All, int after = 0) =>
        (await Read.Handle(actor, import, filter, after, Ct)).Value ?? throw new InvalidOperationException("It is not there.");

    /// <summary>Does the queued work of one import, piece by piece, to its end or for so many pieces; returns how many were done.</summary>
    public async Task<int> Run(Guid import, int pieces = int.MaxValue)
    {
        await using var owner = await world.Owner();
        var portal = await Portal;
        for (var done = 0; ; done++)
        {
            if (done == pieces || await Next(owner, import) is not { } message) return done;
            await Work.Handle(portal, PortalJson.Read<ContinueImport>(message.Payload), Ct);
            await owner.ExecuteAsync("update outbox_message set done_at = now() where id = @id", new { id = message.Id });
        }
    }

    /// <summary>The message that comes next, left where it is.</summary>
    public async Task<ContinueImport> Waiting(Guid import)
    {
        await using var owner = await world.Owner();
        return PortalJson.Read<ContinueImport>((await Next(owner, import))!.Value.Payload);
    }

    static async Task<(long Id, string Payload)?> Next(Npgsql.NpgsqlConnection owner, Guid import) => (await owner.QueryAsync<(long, string)>(
        "select id, payload::text from outbox_message where kind = 'continue_import' and done_at is null and payload ->> 'importId' = @import order by id limit 1", new { import = import.ToString() }))
        .Select(row => ((long, string)?)row).FirstOrDefault();

    /// <summary>How many referrals of an organisation have one of these references of its own.</summary>
    public async Task<int> Referrals(string ourReferences)
    {
        await using var owner = await world.Owner();
        return await owner.ExecuteScalarAsync<int>("select count(*)::int from referral where our_reference like @ourReferences", new { ourReferences });
    }

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    public static string Code(ImportRowState state) => EnumText.Of(state);
}
