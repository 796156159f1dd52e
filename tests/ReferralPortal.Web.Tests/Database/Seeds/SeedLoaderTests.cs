using Dapper;
using Npgsql;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Testing;

namespace ReferralPortal.Web.Tests.Database.Seeds;

public sealed class SeedLoaderTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Loading_again_changes_nothing()
    {
        var before = await Contents();
        await SeedLoader.LoadReference(database.OwnerConnection, SeedLoader.DefaultFolder, Ct);
        await SeedLoader.LoadDemoAccounts(database.OwnerConnection, SeedLoader.DefaultFolder, Ct);
        Assert.Equal(before, await Contents());
    }

    [Fact]
    public async Task Every_file_of_the_reference_data_brings_rows()
    {
        var contents = await Contents();
        foreach (var table in new[] { "clinic_group_settings", "condition", "body_region", "red_flag_question", "red_flag_advice", "coded_text", "bank_holiday", "outcome_measure", "clinic", "organisation", "portal_user" })
            Assert.NotEqual("empty", contents[table]);
    }

    [Fact]
    public async Task An_edited_file_brings_its_edit()
    {
        await using var folder = new EditedSeeds("reference/bank-holidays.json", text => text.Replace("Christmas Day", "Christmas Day, moved", StringComparison.Ordinal));
        try
        {
            await SeedLoader.LoadReference(database.OwnerConnection, folder.Path, Ct);
            Assert.NotEqual(0, await Count("select count(*) from bank_holiday where title = 'Christmas Day, moved'"));
        }
        finally
        {
            await SeedLoader.LoadReference(database.OwnerConnection, SeedLoader.DefaultFolder, Ct);
        }
        Assert.Equal(0, await Count("select count(*) from bank_holiday where title = 'Christmas Day, moved'"));
    }

    [Fact]
    public async Task A_file_that_does_not_fit_is_named_and_nothing_of_any_file_is_loaded()
    {
        await using var folder = new EditedSeeds("reference/outcome-measures.json", _ => """[{ "key": "half" }]""");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "reference/bank-holidays.json"), """{ "england-and-wales": { "events": [{ "title": "Nobody's day", "date": "2031-02-03" }] } }""", Ct);
        var fault = await Assert.ThrowsAsync<SeedException>(() => SeedLoader.LoadReference(database.OwnerConnection, folder.Path, Ct));
        Assert.Contains("seeds/reference/outcome-measures.json", fault.Message);
        Assert.Equal(0, await Count("select count(*) from bank_holiday where day = '2031-02-03'"));
    }

    async Task<long> Count(string query)
    {
        await using var connection = await database.Owner();
        return await connection.ExecuteScalarAsync<long>(query);
    }

    /// <summary>A fingerprint of each table's rows.</summary>
    async Task<SortedDictionary<string, string>> Contents()
    {
        await using var connection = await database.Owner();
        var contents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in await connection.QueryAsync<string>("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"))
            contents[table] = await connection.ExecuteScalarAsync<string>($"select coalesce(md5(string_agg(r::text, '|' order by r::text)), 'empty') from \"{table}\" r") ?? "empty";
        return contents;
    }

    /// <summary>A copy of the seeds with one file changed.</summary>
    sealed class EditedSeeds : IAsyncDisposable
    {
        public EditedSeeds(string file, Func<string, string> edit)
        {
            foreach (var source in Directory.GetFiles(SeedLoader.DefaultFolder, "*.json", SearchOption.AllDirectories))
            {
                var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(SeedLoader.DefaultFolder, source));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
                File.Copy(source, target);
            }
            var edited = System.IO.Path.Combine(Path, file);
            File.WriteAllText(edited, edit(File.ReadAllText(edited)));
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("seeds-").FullName;

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
