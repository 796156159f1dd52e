using System.Diagnostics;
using System.Runtime;
using System.Text;
using Dapper;
using Npgsql;
using ReferralPortal.Database.Local;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Benchmarks;

/// <summary>
/// The real submit use case, against the same rows written by pgbench's pipelined script and by EF Core, on one server, in turns.
/// </summary>
static class SubmitBenchmark
{
    const int Rounds = 9;

    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var world = new PortalTestDatabase();
        await world.InitializeAsync();
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var catalogue = new CatalogueStore(world.Sources, TimeProvider.System);
        var content = await catalogue.Get(default);
        var submit = new SubmitReferral(world.Database, catalogue, new FormOrganisations(world.Database), TimeProvider.System);
        var pgbench = await Pgbench();

        var report = new StringBuilder();
        report.AppendLine("### Submit: referrals a second, one transaction each (median of rounds; ratios are pairs within a round)");
        report.AppendLine();
        report.AppendLine("| clients | use case | pgbench, pipelined | EF Core | use case / pgbench | use case / EF Core |");
        report.AppendLine("|---:|---:|---:|---:|---:|---:|");
        foreach (var clients in options.Clients is { } only ? [only] : new[] { 1, 4, 16 })
        {
            List<double> ours = [], theirs = [], mappers = [];
            await Warm(clients, Ours);
            await Warm(clients, Mapper);
            for (var round = -1; round < Rounds; round++)
            {
                var our = await Rate(clients, options.Seconds, Ours);
                var their = pgbench is null ? double.NaN : await PgbenchRate(pgbench, world, solicitor, content, clients, options.Seconds);
                var mapper = await Rate(clients, options.Seconds, Mapper);
                if (round < 0) continue; // the first round warms the server's side of all three
                ours.Add(our);
                theirs.Add(their);
                mappers.Add(mapper);
            }
            var againstBench = Figures.Median([.. ours.Zip(theirs, (a, b) => a / b)]);
            var againstMapper = Figures.Median([.. ours.Zip(mappers, (a, b) => a / b)]);
            report.AppendLine($"| {clients} | {Figures.Median(ours):0} | {Figures.Median(theirs):0} | {Figures.Median(mappers):0} | {Figures.Text(againstBench)} | {Figures.Text(againstMapper)} |");
            Console.WriteLine($"submit, {clients} clients: {Figures.Text(againstBench)} of pgbench, {Figures.Text(againstMapper)} of EF Core");
        }
        await using var owner = await world.Owner();
        if (pgbench is not null) await SameRows(owner);
        report.AppendLine();
        report.AppendLine($"Rows afterwards: {await owner.ExecuteScalarAsync<long>("select count(*) from referral"):N0} referrals.");
        return report.ToString();

        async Task Ours()
        {
            var outcome = await submit.Handle(solicitor, new(Guid.CreateVersion7(), ExampleForms.Solicitor(content)), default);
            if (!outcome.IsDone) throw new InvalidOperationException("A submission was refused.");
        }

        Task Mapper() => EfCoreSubmit.Run(world, solicitor, content);
    }

    /// <summary>
    /// Works until the compiler has come to rest: a portal runs for weeks, and in its first half-minute compiling its busiest methods anew takes as much of a
    /// processor as running them.
    /// </summary>
    static async Task Warm(int clients, Func<Task> once)
    {
        var since = Stopwatch.StartNew();
        for (long compiled = -1; since.Elapsed < TimeSpan.FromMinutes(1) && JitInfo.GetCompiledMethodCount() != compiled;)
        {
            compiled = JitInfo.GetCompiledMethodCount();
            await Rate(clients, 3, once);
        }
    }

    static async Task<double> Rate(int clients, double seconds, Func<Task> once)
    {
        var until = Stopwatch.StartNew();
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (until.Elapsed.TotalSeconds < seconds)
            {
                await once();
                Interlocked.Increment(ref done);
            }
        })));
        return done / until.Elapsed.TotalSeconds;
    }

    /// <summary>Both sides must have written the same rows: the use case gains fields over time, and a script that did not gain them would do less.</summary>
    static async Task SameRows(NpgsqlConnection owner)
    {
        foreach (var (table, key) in new[] { ("patient", "id"), ("referral", "id"), ("referral_detail", "referral_id"), ("referral_party", "referral_id"), ("funding_authority", "referral_id"),
            ("referral_search", "referral_id"), ("referral_event", "referral_id"), ("outbox_message", "referral_id"), ("audit_entry", "referral_id") })
        {
            var (our, their) = await owner.QuerySingleAsync<(double, double)>($"""
                select coalesce((select sum(pg_column_size(one.*)) from {table} one where {key} = (select referral_id from referral_search where words like 'r-%' limit 1)), 0)::float8,
                       coalesce((select sum(pg_column_size(one.*)) from {table} one where {key} = (select referral_id from referral_search where words like 'b-%' limit 1)), 0)::float8
                """);
            if (Math.Abs(our / their - 1) > 0.05) throw new InvalidOperationException($"The use case's rows of {table} have {our} bytes, pgbench's {their}: they are not the same rows.");
        }
    }

    static async Task<string?> Pgbench()
    {
        var binaries = await PostgresBinaries.FindOrFetch(Console.Error.WriteLine, default);
        string[] places = [binaries.Program("pgbench"), $"/usr/lib/postgresql/{binaries.Major}/bin/pgbench", "/usr/bin/pgbench"];
        if (places.FirstOrDefault(File.Exists) is { } program) return program;
        Console.Error.WriteLine("There is no pgbench (Debian: postgresql-contrib); that comparison is left out.");
        return null;
    }

    static async Task<double> PgbenchRate(string pgbench, PortalTestDatabase world, Actor actor, CatalogueContent content, int clients, double seconds)
    {
        var settings = new NpgsqlConnectionStringBuilder(world.AppConnection);
        var script = Path.Combine(Path.GetTempPath(), $"submit-{Environment.ProcessId}.sql");
        await using (var owner = await world.Owner())
        {
            var clinic = await owner.ExecuteScalarAsync<Guid>("select id from organisation where kind = 'clinic_group'");
            var condition = await owner.ExecuteScalarAsync<string>("select slug from condition order by position limit 1");
            await File.WriteAllTextAsync(script, PgbenchScript.Text(actor.UserId, actor.OrganisationId, clinic, condition!, content.RedFlagQuestions));
        }
        var start = new ProcessStartInfo(pgbench, ["-n", "-M", "prepared", "-c", $"{clients}", "-j", $"{Math.Min(clients, Environment.ProcessorCount)}", "-T", $"{(int)Math.Max(1, seconds)}",
            "-h", settings.Host!, "-p", $"{settings.Port}", "-U", settings.Username!, "-f", script, settings.Database!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = settings.Password;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var line = (await output).Split('\n').FirstOrDefault(line => line.StartsWith("tps =", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"pgbench said no rate: {await errors}");
        return double.Parse(line.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
    }
}
