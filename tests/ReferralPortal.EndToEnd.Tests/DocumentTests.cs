using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Database.Local;
using ReferralPortal.Testing;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>Files added to a referral in a browser, through a broken line and a restarted portal, with a real virus scanner behind it.</summary>
public sealed class DocumentTests(DocumentTests.PortalWithScanner world) : IClassFixture<DocumentTests.PortalWithScanner>
{
    [Fact]
    public async Task Files_survive_a_broken_line_and_a_restart_a_threat_is_caught_and_the_clinic_reads_the_rest()
    {
        var big = ExampleFiles.Pdf(pages: 4, padding: 8 << 20);
        var form = await ExampleForms.Drafted(world.Database, await world.Database.Actor(People.Solicitor));
        await using var solicitor = await world.SignedIn(People.Solicitor);
        await solicitor.Go($"/referrals/new/{form}/documents");
        await solicitor.Sees("Documents");

        // By button, several at once. The big one is held in the middle, so that there is one to break it in.
        var held = new TaskCompletionSource();
        await solicitor.Page.RouteAsync("**/documents/uploads/*", async route =>
        {
            if (route.Request.Headers.TryGetValue("upload-offset", out var offset) && int.Parse(offset) >= 3 << 20) await held.Task;
            await route.ContinueAsync();
        });
        await solicitor.Page.Locator("input[type=file]").SetInputFilesAsync(
        [
            File("患者報告書 🩺 דוח big.pdf", big), File("scan.jpg", ExampleFiles.Jpeg), File("invoice.pdf", ExampleFiles.Pdf(inside: ExampleFiles.Eicar)), File("report.pdf", "MZ this is a program"u8.ToArray()),
        ]);
        var progress = solicitor.Page.GetByRole(AriaRole.Progressbar, new() { NameRegex = new("big.pdf$") });
        await Expect(progress).ToBeVisibleAsync();
        await solicitor.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('progress')].some(one => one.value >= 3 << 20)");
        await solicitor.SeesDocument("scan.jpg", "Available");
        await solicitor.SeesDocument("invoice.pdf", "Threat found");
        await solicitor.SeesDocument("report.pdf", "Not accepted");
        await solicitor.Look();

        // The portal is restarted in the middle: what arrived is kept, the upload goes on by itself, and the page opens afresh when it is done.
        await world.Portal.Kill();
        held.SetResult();
        await Expect(solicitor.Page.Locator(".uploads")).ToContainTextAsync("Trying again; nothing that arrived is lost.");
        var kept = await Received("big.pdf");
        Assert.Equal(3 << 20, kept);
        await world.Portal.Start();
        await solicitor.SeesDocument("big.pdf", "Available");
        await Expect(solicitor.Document("big.pdf")).ToContainTextAsync("4 pages");
        await Expect(solicitor.Document("report.pdf")).ToContainTextAsync("This is a program or a script");
        await solicitor.Page.UnrouteAllAsync();

        // By drag and drop, while the line is down.
        await solicitor.IsAlive();
        await Expect(solicitor.Page.Locator("input[type=file]")).ToHaveCountAsync(1);
        await solicitor.Page.Context.SetOfflineAsync(true);
        await solicitor.Drop("letter of instruction.docx", ExampleFiles.Docx());
        await Expect(solicitor.Page.Locator(".uploads")).ToContainTextAsync("The connection is lost");
        await solicitor.Page.Context.SetOfflineAsync(false);
        await solicitor.SeesDocument("letter of instruction.docx", "Available");

        await solicitor.Document("scan.jpg").GetByRole(AriaRole.Button, new() { NameRegex = new("^Preview") }).ClickAsync();
        var picture = solicitor.Page.GetByRole(AriaRole.Img, new() { Name = "The picture scan.jpg" });
        await Expect(picture).ToBeVisibleAsync();
        Assert.Equal(48, await picture.EvaluateAsync<int>("async image => { await image.decode(); return image.naturalWidth; }"));
        await solicitor.Document("scan.jpg").GetByRole(AriaRole.Button, new() { NameRegex = new("^Type and date") }).ClickAsync();
        await solicitor.Choose("What is it?", "Imaging report");
        await solicitor.FillDate("Date of the document", "3", "11", "2025");
        await solicitor.Press("Save");
        await Expect(solicitor.Document("scan.jpg")).ToContainTextAsync("Imaging report · dated 3 Nov 2025");
        await solicitor.Look();
        await solicitor.Document("invoice.pdf").GetByRole(AriaRole.Button, new() { NameRegex = new("^Remove") }).ClickAsync();
        await Expect(solicitor.Document("invoice.pdf")).ToHaveCountAsync(0);

        await solicitor.Press("Continue");
        await solicitor.Sees("Check your answers");
        await solicitor.SeesText("letter of instruction.docx");
        var reference = await solicitor.SubmitAnswers();
        await solicitor.Go($"/referrals/{reference}?tab=documents");
        await solicitor.SeesDocument("big.pdf", "Available");
        await solicitor.Look();

        await using var triage = await world.SignedIn(People.Triage);
        await triage.Go($"/triage/{reference}");
        var download = await triage.Page.RunAndWaitForDownloadAsync(() => triage.Document("big.pdf").GetByRole(AriaRole.Link).ClickAsync());
        Assert.Equal("患者報告書 🩺 דוח big.pdf", download.SuggestedFilename);
        Assert.Equal(big, await System.IO.File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        await Expect(triage.Document("report.pdf")).ToHaveCountAsync(0); // what was refused is its sender's own
        await triage.Look();

        Assert.DoesNotContain(world.Portal.Log, line => line.Contains("患者", StringComparison.Ordinal) || line.Contains("big.pdf", StringComparison.Ordinal));
        Assert.DoesNotContain(solicitor.Addresses.Concat(triage.Addresses), address => Uri.UnescapeDataString(address).Contains("big.pdf", StringComparison.Ordinal));
        triage.HadNothingToComplainAbout();
        solicitor.HadNothingToComplainAbout(but: new Regex("ERR_|WebSocket|Failed to (load|fetch|start)|[Cc]onnection|[Cc]ircuit|503|404"));
    }

    async Task<long> Received(string ending)
    {
        await using var connection = await world.Database.Owner();
        return await connection.QuerySingleAsync<long>("select received from document where file_name like '%' || @ending", new { ending });
    }

    static FilePayload File(string name, byte[] content) => new() { Name = name, MimeType = "application/octet-stream", Buffer = content };

    /// <summary>A portal with a scanner of its own, and a folder that goes with it.</summary>
    public sealed class PortalWithScanner(BrowserFixture browser) : RunningPortal(browser)
    {
        readonly string folder = Path.Combine(Path.GetTempPath(), $"referralportal-documents-{Guid.NewGuid():N}");
        readonly Dictionary<string, string> settings = [];
        LocalClamd? clamd;

        protected override IReadOnlyDictionary<string, string> Settings => settings;

        public override async ValueTask InitializeAsync()
        {
            clamd = await TestScanner.Start();
            (settings["Documents__Folder"], settings["Documents__Clamd"]) = (folder, clamd.Address);
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (clamd is not null) await clamd.DisposeAsync();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>Looking at documents, and dropping files.</summary>
static class DocumentSteps
{
    public static ILocator Document(this Visitor visitor, string ending) => visitor.Page.Locator(".documents > li").Filter(new() { Has = visitor.Page.Locator("bdi", new() { HasTextRegex = new Regex(Regex.Escape(ending) + "$") }) });

    public static async Task SeesDocument(this Visitor visitor, string ending, string state) => await Expect(visitor.Document(ending).Locator(".chip")).ToHaveTextAsync(state);

    /// <summary>Drops a file on the box, as from a folder on the desktop.</summary>
    public static async Task Drop(this Visitor visitor, string name, byte[] content) => await visitor.Page.EvaluateAsync("""
        ([name, text]) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], name));
            const box = document.querySelector(".drop");
            for (const kind of ["dragenter", "dragover", "drop"]) box.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
        }
        """, new[] { name, Convert.ToBase64String(content) });
}
