using System.Diagnostics;
using System.Text;
using Microsoft.Playwright;
using ReferralPortal.Testing;

namespace ReferralPortal.Benchmarks;

/// <summary>From start to the first answer, memory at rest, and what the first page costs over the wire to an empty browser.</summary>
static class StartBenchmark
{
    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var world = new PortalTestDatabase();
        await world.InitializeAsync();
        List<double> starts = [], memory = [];
        for (var time = 0; time < 5; time++)
        {
            var watch = Stopwatch.StartNew();
            await using var once = await PortalProcess.Start(world);
            starts.Add(watch.Elapsed.TotalSeconds);
            await Task.Delay(1500);
            memory.Add(once.MegabytesInMemory());
        }

        await using var portal = await PortalProcess.Start(world);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await TestBrowser.Launch(playwright);
        var signIn = await Bytes(browser, portal.Address, "/sign-in", signedInAs: null);
        var home = await Bytes(browser, portal.Address, "/", signedInAs: "solicitor@northgate-law.example");

        return new StringBuilder()
            .AppendLine("### Start and first page")
            .AppendLine()
            .AppendLine("| what | figure |")
            .AppendLine("|---|---:|")
            .AppendLine($"| process start to `/health/ready`, median of {starts.Count} | {Figures.Text(Figures.Median(starts))} s |")
            .AppendLine($"| memory at rest (resident), median | {Figures.Median(memory):0} MB |")
            .AppendLine($"| sign-in page, empty cache, over the wire | {signIn / 1000.0:0} kB |")
            .AppendLine($"| home page, empty cache, over the wire | {home / 1000.0:0} kB |")
            .ToString();
    }

    static async Task<double> Bytes(IBrowser browser, Uri address, string path, string? signedInAs)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        if (signedInAs is not null) await SignIn(page, address, signedInAs);
        var session = await context.NewCDPSessionAsync(page);
        await session.SendAsync("Network.enable");
        await session.SendAsync("Network.clearBrowserCache");
        double bytes = 0;
        session.Event("Network.loadingFinished").OnEvent += (_, message) => bytes += message!.Value.GetProperty("encodedDataLength").GetDouble();
        await page.GotoAsync(new Uri(address, path).ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        await Task.Delay(500);
        return bytes;
    }

    static async Task SignIn(IPage page, Uri address, string user)
    {
        await page.GotoAsync(new Uri(address, "/sign-in/start").ToString());
        await page.GetByLabel("User name").FillAsync(user);
        await page.GetByLabel("Password").FillAsync("demo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("devidp", StringComparison.Ordinal));
    }
}
