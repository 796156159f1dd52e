using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>
/// One person at one browser. Notes down every address and title seen, every error that the browser reports (a breach of the content security policy is one)
/// and every accessibility fault of the pages looked at; <see cref="HadNothingToComplainAbout"/> fails the test for any of them.
/// </summary>
public sealed class Visitor : IAsyncDisposable
{
    /// <summary>In milliseconds; generous, because a machine that builds and tests at once is slow.</summary>
    public const float Patience = 60_000;

    readonly IBrowserContext context;
    readonly ColorScheme colours;
    readonly List<string> complaints = [], addresses = [], titles = [];
    bool expectsMissing;

    Visitor(IBrowserContext context, IPage page, Uri portal, ColorScheme colours)
    {
        (this.context, Page, Portal, this.colours) = (context, page, portal, colours);
        page.Console += (_, message) => { if (message.Type == "error" && !(expectsMissing && message.Text.Contains("404"))) complaints.Add($"console at {page.Url}: {message.Text}"); };
        page.PageError += (_, fault) => complaints.Add($"script at {page.Url}: {fault}");
        page.Request += (_, request) => { if (request.IsNavigationRequest) addresses.Add(request.Url); };
        page.FrameNavigated += (_, frame) => addresses.Add(frame.Url); // moves inside the page ask for nothing
    }

    public IPage Page { get; }

    public Uri Portal { get; }

    /// <summary>Every address visited.</summary>
    public IReadOnlyList<string> Addresses => addresses;

    /// <summary>The titles of the pages looked at.</summary>
    public IReadOnlyList<string> Titles => titles;

    public static async Task<Visitor> Arrive(IBrowser browser, Uri portal, Action<BrowserNewContextOptions>? change = null)
    {
        var options = new BrowserNewContextOptions { BaseURL = portal.AbsoluteUri, Locale = "en-GB", ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = 1280, Height = 900 } };
        change?.Invoke(options);
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return new Visitor(context, await context.NewPageAsync(), portal, options.ColorScheme ?? ColorScheme.Light);
    }

    /// <summary>Another page in the same browser: the same session.</summary>
    public async Task<Visitor> OtherTab() => new(context, await context.NewPageAsync(), Portal, colours);

    public async Task SignIn(string userName, bool look = false)
    {
        await Page.GotoAsync("/");
        await Expect(Heading("Sign in")).ToBeVisibleAsync();
        if (look) await Look();
        await Link("Sign in with your work account").ClickAsync();
        await Field("User name").FillAsync(userName);
        await Field("Password").FillAsync("demo");
        if (look) await Look();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Page.WaitForURLAsync(url => url.StartsWith(Portal.AbsoluteUri, StringComparison.Ordinal) && !url.Contains("devidp"), new() { WaitUntil = WaitUntilState.Commit });
        await IsAlive();
    }

    /// <summary>Opens a page of the portal and waits until it takes keys and clicks.</summary>
    public async Task Go(string address)
    {
        await Page.GotoAsync(address);
        await IsAlive();
    }

    /// <summary>Opens an address that must look as if there were nothing; returns the status and the text of the page.</summary>
    public async Task<(int Status, string Text)> GoAstray(string address)
    {
        expectsMissing = true;
        var answer = await Page.GotoAsync(address);
        // The page that came is drawn once more when its circuit is there, and looks for the referral again.
        for (var until = DateTime.UtcNow.AddMilliseconds(Patience); ;)
        {
            await Expect(Page.Locator(".skeleton")).ToHaveCountAsync(0);
            var text = await Page.Locator("main").InnerTextAsync();
            if (!text.StartsWith("Loading", StringComparison.Ordinal) || DateTime.UtcNow > until) return (answer!.Status, text);
        }
    }

    /// <summary>A page takes clicks once its circuit has drawn it: the circuit marks the elements that its scripts hold on to.</summary>
    public async Task IsAlive() => await Page.WaitForFunctionAsync("() => [...document.querySelector('dialog.session-warning')?.attributes ?? []].some(one => one.name.startsWith('_bl_'))");

    sealed record Fault
    {
        public string Id { get; set; } = "";
        public string Help { get; set; } = "";
        public string[] On { get; set; } = [];
    }

    // Axe stays in a document once it is there: bringing it takes longer than most searches.
    async Task<Fault[]> Faults(ColorScheme scheme)
    {
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in window")) await Page.EvaluateAsync(Axe);
        return await Page.EvaluateAsync<Fault[]>(Search, scheme == ColorScheme.Light ? Everything : OnlyColours);
    }

    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // What passed is not told: on a long page the telling takes longer than the looking.
    const string Search = """
        async rules => (await axe.run(document, { resultTypes: ['violations'], ...rules })).violations
            .map(fault => ({ id: fault.id, help: fault.help, on: fault.nodes.slice(0, 3).map(node => node.html) }))
        """;

    static readonly object Everything = new { };

    // Nothing else differs from the light page, which was searched for everything.
    static readonly object OnlyColours = new { runOnly = new[] { "color-contrast" } };

    // Colours on their way from light to dark are neither.
    const string Settled = """
        async () => {
            await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
            await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
        }
        """;

    // What a page is made of, whatever it says: its kinds of elements by tag, class, role and the attributes they bear, its heading, and its address
    // without what differs from referral to referral.
    const string Structure = """
        () => [
            location.pathname.replace(/R-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f-]{36}/gi, '#'),
            ...document.querySelectorAll('h1'),
            ...new Set([...document.querySelectorAll('body *')].map(one => `${one.tagName} ${one.getAttribute('class')} ${one.getAttribute('role')} ${[...one.attributes].map(held => held.name).filter(name => !name.startsWith('_bl_')).sort()}`)),
        ].map(one => one.textContent ?? one).join('\n')
        """;

    // A page is searched once a run: a person who comes by it again, or another who walks the same way, finds the same elements on it.
    static readonly ConcurrentDictionary<string, bool> Searched = new();

    /// <summary>
    /// Searches the page as it stands for accessibility faults, in light and in dark, unless one of the same elements was searched already, and notes its title.
    /// </summary>
    public async Task Look()
    {
        await Expect(Page.Locator(".skeleton, [aria-busy=true]")).ToHaveCountAsync(0);
        titles.Add(await Page.TitleAsync());
        if (!Searched.TryAdd($"{Page.ViewportSize?.Width} {await Page.EvaluateAsync<string>(Structure)}", true)) return;
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Page.EvaluateAsync(Settled);
            // A fault is one that stays: a busy machine may draw the new colours later than it says.
            var faults = await Faults(scheme);
            for (var again = 0; faults.Length > 0 && again < 6; again++)
            {
                await Page.WaitForTimeoutAsync(500);
                faults = await Faults(scheme);
            }
            foreach (var fault in faults)
                complaints.Add($"accessibility at {Page.Url}, {scheme}: {fault.Id} ({fault.Help}) on {string.Join(" and ", fault.On)}");
        }
        await Page.EmulateMediaAsync(new() { ColorScheme = colours });
    }

    /// <summary>Waits for a page by its heading, and looks at it.</summary>
    public async Task Sees(string heading)
    {
        await Expect(Heading(heading)).ToBeVisibleAsync();
        await Look();
    }

    /// <summary>Waits for words anywhere on the page.</summary>
    public async Task SeesText(string words) => await Expect(Page.Locator("main")).ToContainTextAsync(words);

    public async Task Press(string button) => await Button(button).ClickAsync();

    public async Task Follow(string link) => await Link(link).ClickAsync();

    public async Task Fill(string label, string text) => await Field(label).FillAsync(text);

    public async Task FillDate(string legend, string day, string month, string year)
    {
        var date = Group(legend);
        await date.GetByLabel("Day").FillAsync(day);
        await date.GetByLabel("Month").FillAsync(month);
        await date.GetByLabel("Year").FillAsync(year);
    }

    public async Task Choose(string legend, string option)
    {
        var choice = Group(legend).GetByLabel(option, new() { Exact = true });
        // A choice with a hint has the hint in its name.
        if (await choice.CountAsync() == 0) choice = Group(legend).GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^" + Regex.Escape(option)) });
        // Clicked, not checked: a slow answer draws the choice a moment later.
        await choice.ClickAsync();
        await Expect(choice).ToBeCheckedAsync();
    }

    public async Task Tick(string legend, string option) => await Group(legend).GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("^" + Regex.Escape(option)) }).CheckAsync();

    /// <summary>Types into a box that offers a list, and takes the entry.</summary>
    public async Task Pick(string label, string typed, string entry)
    {
        await Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new Regex("^" + Regex.Escape(label)) }).FillAsync(typed);
        await Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^" + Regex.Escape(entry)) }).First.ClickAsync();
    }

    /// <summary>Goes to something by the Tab key, as a person without a mouse does.</summary>
    public async Task TabTo(ILocator wanted)
    {
        for (var press = 0; press < 120; press++)
        {
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement")) return;
            await Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"Tab does not lead to {wanted}.");
    }

    /// <summary>Goes to a button or link by the Tab key and presses Enter.</summary>
    public async Task EnterOn(ILocator wanted)
    {
        await TabTo(wanted);
        await Page.Keyboard.PressAsync("Enter");
    }

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^" + Regex.Escape(name)) }).First;
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });
    public ILocator Field(string label) => Page.GetByRole(AriaRole.Textbox, new() { NameRegex = new Regex("^" + Regex.Escape(label) + @"( \(optional\))?$") }).Or(Page.Locator("input[type=password]").And(Page.GetByLabel(label, new() { Exact = true })));
    public ILocator Group(string legend) => Page.GetByRole(AriaRole.Group, new() { NameRegex = new Regex("^" + Regex.Escape(legend)) });

    public async Task SignOut()
    {
        await Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("your account", RegexOptions.IgnoreCase) }).ClickAsync();
        await Press("Sign out");
        await Expect(Heading("You are signed out")).ToBeVisibleAsync();
    }

    /// <summary>No script error, no breach of the content security policy, no accessibility fault; <paramref name="but"/> is what the test itself brought about.</summary>
    public void HadNothingToComplainAbout(Regex? but = null)
    {
        var rest = complaints.Where(complaint => but is null || !but.IsMatch(complaint)).Distinct().ToList();
        Assert.True(rest.Count == 0, string.Join('\n', rest));
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
