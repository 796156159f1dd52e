using System.Diagnostics;
using System.Text;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Benchmarks;

/// <summary>A file with as many rows as one may have, from its arrival until every row is a referral, through the worker that does it in the portal.</summary>
static class ImportBenchmark
{
    const int Rounds = 3;

    public static async Task<string> Run(BenchmarkOptions options)
    {
        var report = new StringBuilder();
        report.AppendLine($"### Import: seconds for {new SpreadsheetLimits().Rows:N0} valid rows, from the file to the last referral");
        report.AppendLine();
        report.AppendLine("| file | taken in | checked | sent | together |");
        report.AppendLine("|---|---:|---:|---:|---:|");
        foreach (var format in Enum.GetValues<SpreadsheetFormat>())
        {
            List<double[]> rounds = [];
            for (var round = 0; round < Rounds; round++)
            {
                rounds.Add(await Once(format));
                Console.WriteLine($"import, {format}: {Figures.Text(rounds[^1][3])} s");
            }
            var median = Enumerable.Range(0, 4).Select(place => Figures.Median([.. rounds.Select(times => times[place])])).ToArray();
            report.AppendLine($"| {SpreadsheetWriter.Extension(format)} | {string.Join(" | ", median.Select(Figures.Text))} |");
        }
        return report.ToString();
    }

    static async Task<double[]> Once(SpreadsheetFormat format)
    {
        await using var world = new PortalTestDatabase();
        await world.InitializeAsync();
        await using var services = new ServiceCollection()
            .AddSingleton(world.Database).AddSingleton(world.Sources).AddSingleton(TimeProvider.System).AddSingleton<CatalogueStore>()
            .AddScoped<FormOrganisations>().AddImport().BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var worker = new OutboxWorker(services.GetRequiredService<IServiceScopeFactory>(), world.Database, world.Sources, new ConfigurationBuilder().Build(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var content = await services.GetRequiredService<CatalogueStore>().Get(default);
        using var file = await File(format, content);

        var watch = Stopwatch.StartNew();
        var import = (await scope.ServiceProvider.GetRequiredService<StartImport>().Handle(solicitor, "cases" + SpreadsheetWriter.Extension(format), file, default)).Value;
        var takenIn = watch.Elapsed.TotalSeconds;
        await worker.RunDue(default);
        var isChecked = watch.Elapsed.TotalSeconds;
        await scope.ServiceProvider.GetRequiredService<SendImport>().Handle(solicitor, import, default);
        await worker.RunDue(default);
        var sent = watch.Elapsed.TotalSeconds;

        await using var owner = await world.Owner();
        var referrals = await owner.ExecuteScalarAsync<int>("select count(*)::int from referral");
        if (referrals != new SpreadsheetLimits().Rows) throw new InvalidOperationException($"{referrals} rows became referrals.");
        return [takenIn, isChecked - takenIn, sent - isChecked, sent];
    }

    static async Task<MemoryStream> File(SpreadsheetFormat format, CatalogueContent content)
    {
        var columns = ImportColumns.For(OrganisationKind.Solicitor, content);
        var lists = new ImportLists(OrganisationKind.Solicitor, content, []);
        var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, format, [new Sheet("Rows", SpreadsheetWriter.Of(
        [
            [.. columns.Select(column => column.Name)],
            .. Enumerable.Range(0, new SpreadsheetLimits().Rows).Select(IReadOnlyList<string> (number) =>
            {
                var form = ExampleForms.Solicitor(content);
                form.Claim.OurReference = $"NL/{number}";
                var texts = RowReading.Write(form, columns, lists);
                (texts["Claim.CaseManagerId"], texts["Funding.Kind"], texts["Funding.PayerName"], texts["Funding.PayerId"]) = ("Pennine Case Management", "Funder", "", "Ribble Insurance");
                return [.. columns.Select(column => texts[column.Field])];
            }),
        ]))], default);
        file.Position = 0;
        return file;
    }
}
