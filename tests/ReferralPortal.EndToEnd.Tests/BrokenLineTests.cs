using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>A line that swallows what is typed for a while before anybody notices that it is dead.</summary>
public sealed partial class BrokenLineTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task What_a_dead_line_swallowed_is_saved_once_there_is_a_line_again()
    {
        await using var solicitor = await world.Visitor();
        var line = new Line();
        await solicitor.Page.RouteWebSocketAsync("**/_blazor*", line.Take);
        await solicitor.SignIn(People.Solicitor);
        await solicitor.Go("/referrals/new");
        await solicitor.Follow("The patient");
        await Expect(solicitor.Heading("The patient")).ToBeVisibleAsync();
        await solicitor.Fill("First name", "Aled");

        line.Swallow();
        await solicitor.Fill("Last name", "Prydderch");
        await solicitor.FillDate("Date of birth", "12", "3", "1984");
        await solicitor.Group("Sex").GetByLabel("Male", new() { Exact = true }).ClickAsync();
        await line.Break();

        await Expect(solicitor.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        Assert.True(line.Taken > 1, "There was no second line.");
        await Expect(solicitor.Field("Last name")).ToHaveValueAsync("Prydderch");
        await solicitor.Press("Save and come back later");
        await solicitor.Follow("Aled Prydderch");
        await solicitor.Follow("The patient");
        await Expect(solicitor.Field("Last name")).ToHaveValueAsync("Prydderch");
        await new Dated("Date of birth", "12", "3", "1984").IsThere(solicitor);
        await new Chosen("Sex", "Male").IsThere(solicitor);
    }

    [Fact]
    public async Task What_the_portal_could_not_take_is_told_again()
    {
        await using var solicitor = await world.Visitor();
        var line = new Line();
        await solicitor.Page.RouteWebSocketAsync("**/_blazor*", line.Take);
        await solicitor.SignIn(People.Stranger); // who has no unfinished form of the other test
        await solicitor.Go("/referrals/new");
        await solicitor.Follow("The patient");
        await Expect(solicitor.Heading("The patient")).ToBeVisibleAsync();

        foreach (var sex in (string[])["Male", "Female", "Male"]) await solicitor.Choose("Sex", sex); // told again, the one that was taken back must not come last

        line.Misdirect("Gwenllian");
        await solicitor.Fill("First name", "Gwenllian");
        while (!line.ToldAgain) await Task.Delay(50, TestContext.Current.CancellationToken);
        await solicitor.Fill("Last name", "Bevan");
        await solicitor.Press("Save and come back later");
        await solicitor.Follow("Gwenllian Bevan");
        await solicitor.Follow("The patient");
        await Expect(solicitor.Field("First name")).ToHaveValueAsync("Gwenllian");
        await new Chosen("Sex", "Male").IsThere(solicitor);
        solicitor.HadNothingToComplainAbout();
    }

    sealed partial class Line
    {
        IWebSocketRoute? page, portal;
        bool dead;
        string? astray;

        bool misdirected;

        /// <summary>The event that went astray came once more.</summary>
        public bool ToldAgain { get; private set; }

        /// <summary>The next event with these words names a handler that there is none of, as one does that was replaced a moment ago.</summary>
        public void Misdirect(string words) => astray = words;

        byte[] Directed(byte[] bytes)
        {
            var text = Encoding.Latin1.GetString(bytes);
            if (astray is null || !text.Contains($"\"value\":\"{astray}\"", StringComparison.Ordinal)) return bytes;
            if (misdirected) ToldAgain = true;
            if (ToldAgain) return bytes;
            misdirected = true;
            return Encoding.Latin1.GetBytes(Handler().Replace(text, found => "-" + new string('9', found.Length - 1), 1)); // of the same length, which stands before it
        }

        [GeneratedRegex("(?<=\"eventHandlerId\":)[0-9]+")]
        private static partial Regex Handler();

        public int Taken { get; private set; }

        public void Take(IWebSocketRoute route)
        {
            Taken++;
            var (mine, there) = (route, route.ConnectToServer());
            (page, portal, dead) = (mine, there, false);
            mine.OnMessage(frame => Pass(frame, there));
            there.OnMessage(frame => Pass(frame, mine));
        }

        void Pass(IWebSocketFrame frame, IWebSocketRoute to)
        {
            if (dead) return;
            if (frame.Binary is { } bytes) to.Send(Directed(bytes));
            else to.Send(frame.Text!);
        }

        public void Swallow() => dead = true;

        public async Task Break()
        {
            await portal!.CloseAsync();
            await page!.CloseAsync(new() { Code = 4000 });
        }
    }
}
