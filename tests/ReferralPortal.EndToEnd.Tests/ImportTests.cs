using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Platform.Spreadsheets;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>Many referrals from one file, as a person with a browser does it.</summary>
public sealed class ImportTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Good_rows_of_a_file_are_sent_and_a_bad_one_is_put_right_on_the_page()
    {
        await using var solicitor = await world.SignedIn(People.Solicitor);
        await solicitor.Go("/referrals");
        await solicitor.Follow("Import from a file");
        await solicitor.Sees("Import referrals");
        var template = await solicitor.Page.RunAndWaitForDownloadAsync(() => solicitor.Follow("Template for Excel"));
        Assert.Equal("referrals-template.xlsx", template.SuggestedFilename);

        await solicitor.Page.GetByLabel("CSV or Excel file").SetInputFilesAsync(new FilePayload { Name = "cases.csv", MimeType = "text/csv", Buffer = await Cases() });
        await solicitor.Sees("Check and send");
        await solicitor.SeesText("Problems");
        await Expect(solicitor.Button("Send 2 referrals")).ToBeVisibleAsync();
        await solicitor.SeesText("1 patient may need help now.");
        await solicitor.Look();

        var postcode = solicitor.Page.GetByRole(AriaRole.Textbox, new() { Name = "Postcode" });
        await Expect(postcode).ToHaveValueAsync("nowhere");
        await postcode.FillAsync("M1 4BT");
        await solicitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Check again") }).ClickAsync();
        await Expect(solicitor.Button("Send 3 referrals")).ToBeVisibleAsync();

        await solicitor.Press("Send 3 referrals");
        await Expect(solicitor.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^R-") })).ToHaveCountAsync(3);
        await solicitor.Look();

        // The row with the emergency answer opens as a form, on the page that has to be read first.
        await solicitor.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^By hand") }).ClickAsync();
        await solicitor.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Go through it by hand") }).ClickAsync();
        await solicitor.Sees("Stop here: the patient needs emergency help now");

        var list = await solicitor.OtherTab();
        await list.Go("/referrals");
        var file = await list.Page.RunAndWaitForDownloadAsync(() => list.Follow("Export as CSV"));
        await using var csv = File.OpenRead(await file.PathAsync());
        var exported = (await SpreadsheetReader.Read(csv, new(), Ct)).Value!;
        await using var owner = await world.Database.Owner();
        Assert.Equal((await owner.QueryAsync<string>("select reference from referral order by reference")).ToList(), exported.Rows.Select(row => row.Cells[0]).Order(StringComparer.Ordinal).ToList());
        Assert.Equal(3, exported.Rows.Count);

        // Another firm finds neither the page nor its file.
        var import = await owner.ExecuteScalarAsync<Guid>("select id from import_batch");
        await using var stranger = await world.SignedIn(People.Stranger);
        foreach (var address in new[] { $"/referrals/import/{import}", $"/referrals/import/{import}/problems.csv" })
        {
            Assert.Equal(404, (await stranger.GoAstray(address)).Status);
            await stranger.Sees("Page not found");
        }

        solicitor.HadNothingToComplainAbout();
        list.HadNothingToComplainAbout();
    }

    async Task<byte[]> Cases()
    {
        var content = await new CatalogueStore(world.Database.Sources, TimeProvider.System).Get(Ct);
        var columns = ImportColumns.For(OrganisationKind.Solicitor, content);
        var lists = new ImportLists(OrganisationKind.Solicitor, content, []);
        string[] Row(string name, string field, string text)
        {
            var texts = RowReading.Write(ExampleForms.Solicitor(content), columns, lists);
            (texts["Patient.GivenName"], texts[field]) = (name, text);
            return [.. columns.Select(column => texts[column.Field])];
        }
        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, SpreadsheetFormat.Csv, [new Sheet("Rows", SpreadsheetWriter.Of(
        [
            [.. columns.Select(column => column.Name)],
            Row("Amina", "Injury.Onset", "At once"),
            Row("=Bo", "Patient.Postcode", "nowhere"),
            Row("Cate", "Injury.Onset", "Later"),
            Row("Dan", "Safety.Answers.cauda_equina", "Yes"),
        ]))], Ct);
        return file.ToArray();
    }
}
