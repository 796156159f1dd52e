using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>A line that swallows what is typed for a while before anybody notices that it is dead.</summary>
public sealed class BrokenLineTests(RunningPortal world) : IClassFixture<RunningPortal>
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

    sealed class Line
    {
        IWebSocketRoute? page, portal;
        bool dead;

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
            if (frame.Binary is { } bytes) to.Send(bytes);
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
