using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Playwright;

namespace ReferralPortal.Web.Platform.Printing;

/// <summary>
/// Prints a component as a tagged PDF: rendered to HTML, and printed by a Chromium in a process of its own that has no network.
/// The browser stays open between prints and is started again when it dies.
/// </summary>
public sealed class PagePrinter(IServiceProvider services, ILoggerFactory logging, IConfiguration configuration) : IAsyncDisposable
{
    // Each print is a browser context of some tens of megabytes.
    readonly SemaphoreSlim printing = new(2, 2);
    readonly SemaphoreSlim starting = new(1, 1);
    readonly string? program = Chromium.Find(configuration["Pdf:Chromium"]);

    IPlaywright? playwright;
    IBrowser? browser;

    /// <summary>False where no Chromium is installed: pages then offer the browser's own printing only.</summary>
    public bool IsAvailable => program is not null;

    /// <summary>A document as a PDF of A4 pages.</summary>
    /// <typeparam name="TDocument">A component that is a whole <c>html</c> element, with nothing to fetch.</typeparam>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="footer">What stands at the foot of every page, beside the page's number.</param>
    /// <param name="ct">Given up.</param>
    public async Task<byte[]> Print<TDocument>(Dictionary<string, object?> parameters, string footer, CancellationToken ct) where TDocument : IComponent
    {
        var html = await Html<TDocument>(parameters);
        await printing.WaitAsync(ct);
        try
        {
            var open = await Browser(ct);
            await using var context = await open.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = false, Offline = true });
            var page = await context.NewPageAsync();
            await page.SetContentAsync(html, new PageSetContentOptions { WaitUntil = WaitUntilState.Load });
            return await page.PdfAsync(new PagePdfOptions
            {
                Format = "A4",
                Tagged = true,
                Outline = true,
                PrintBackground = true,
                DisplayHeaderFooter = true,
                HeaderTemplate = "<span></span>",
                FooterTemplate = $"""
                    <div style="width:100%;margin:0 18mm;font:8px sans-serif;color:#333;display:flex;justify-content:space-between">
                    <span>{System.Net.WebUtility.HtmlEncode(footer)}</span>
                    <span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>
                    """,
                Margin = new Margin { Top = "18mm", Bottom = "20mm", Left = "18mm", Right = "18mm" },
            });
        }
        finally
        {
            printing.Release();
        }
    }

    async Task<string> Html<TDocument>(Dictionary<string, object?> parameters) where TDocument : IComponent
    {
        await using var scope = services.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logging);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var output = await renderer.RenderComponentAsync<TDocument>(ParameterView.FromDictionary(parameters));
            return "<!DOCTYPE html>" + output.ToHtmlString();
        });
    }

    async Task<IBrowser> Browser(CancellationToken ct)
    {
        await starting.WaitAsync(ct);
        try
        {
            if (browser is { IsConnected: true }) return browser;
            playwright ??= await Playwright.CreateAsync();
            return browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Chromium.Flags });
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
