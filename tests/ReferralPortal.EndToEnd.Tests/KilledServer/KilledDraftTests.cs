using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>Kills the portal under a form that is being typed in.</summary>
public sealed class KilledDraftTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task Of_what_was_typed_when_the_portal_was_killed_all_but_the_last_two_seconds_is_there_again_in_this_browser_and_in_another()
    {
        await using var solicitor = await world.SignedIn(People.Solicitor);
        await solicitor.StartReferral();
        var address = new Uri(solicitor.Page.Url).PathAndQuery;
        await solicitor.Fill("First name", "Niamh");
        var box = solicitor.Field("Address");
        await box.FocusAsync();

        // Each letter with the moment at which its key was released, until the portal dies.
        var typed = new List<(char Letter, TimeSpan At)>();
        var clock = Stopwatch.StartNew();
        async Task Type()
        {
            for (var letter = 0; typed.Count < 400 && !killed; letter++)
            {
                var key = (char)('a' + letter % 26);
                await solicitor.Page.Keyboard.PressAsync(key.ToString());
                typed.Add((key, clock.Elapsed));
                await Task.Delay(40);
            }
        }
        var typing = Type();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var killedAt = clock.Elapsed;
        await world.Portal.Kill();
        killed = true;
        await typing;
        var before = typed.Where(key => key.At <= killedAt).ToList();
        Assert.True(before.Count > 20, $"Only {before.Count} keys were typed before the kill.");

        await world.Portal.Start();
        await solicitor.Go(address);
        await Expect(solicitor.Field("First name")).ToHaveValueAsync("Niamh");
        var kept = await solicitor.Field("Address").InputValueAsync();
        Assert.StartsWith(kept, string.Concat(typed.Select(key => key.Letter)), StringComparison.Ordinal);
        var lost = killedAt - (kept.Length < before.Count ? before[kept.Length].At : killedAt);
        TestContext.Current.TestOutputHelper!.WriteLine($"{before.Count} keys before the kill, {kept.Length} kept: the last {Math.Max(0, lost.TotalSeconds):0.00} s of typing lost.");
        Assert.True(lost <= TimeSpan.FromSeconds(2), $"{lost.TotalSeconds:0.00} s of typing lost.");

        // The same person at another machine goes on where this page stands.
        await using var elsewhere = await world.SignedIn(People.Solicitor);
        await elsewhere.Go("/referrals/new");
        await elsewhere.Page.Locator("main").GetByRole(AriaRole.Link, new() { NameRegex = new("^Niamh") }).ClickAsync();
        await elsewhere.Page.GetByRole(AriaRole.Link, new() { Name = "The patient", Exact = true }).ClickAsync();
        await Expect(elsewhere.Field("Address")).ToHaveValueAsync(kept);
        await elsewhere.Look();
        elsewhere.HadNothingToComplainAbout();
    }

    bool killed;
}
