using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>Kills the portal under the forms of all five kinds of organisation while people type in them.</summary>
public sealed class KilledDraftTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    static readonly string[] Kinds = ["solicitor", "case manager", "intermediary", "health organisation", "employer"];

    volatile bool killed;

    [Fact]
    public async Task Of_what_was_typed_when_the_portal_was_killed_all_but_the_last_two_seconds_is_there_again_in_another_browser()
    {
        var people = await Task.WhenAll(Kinds.Select(FillIn));

        // Everybody types, each letter noted with the moment at which its key was released, until the portal dies.
        var clock = Stopwatch.StartNew();
        var typing = people.Select(person => person.Type(clock, () => killed)).ToList();
        // Five seconds, and on a busy machine until everybody has typed a line.
        while (clock.Elapsed < TimeSpan.FromSeconds(5) || people.Any(person => person.Keys.Count < 40) && clock.Elapsed < TimeSpan.FromMinutes(1))
            await Task.Delay(100, TestContext.Current.CancellationToken);
        var killedAt = clock.Elapsed;
        await world.Portal.Kill();
        killed = true;
        await Task.WhenAll(typing);
        await world.Portal.Start();

        await Task.WhenAll(people.Select(async person =>
        {
            // At this machine the page comes back; at another one the same person goes on, and every answer of every part is there.
            await person.Visitor.Go(person.Address);
            var kept = await Symptoms(person.Visitor).InputValueAsync();
            Check(person, kept, killedAt);
            await using var elsewhere = await world.SignedIn(person.Account);
            await elsewhere.Go("/referrals/new");
            await elsewhere.Page.Locator("main").GetByRole(AriaRole.Link, new() { NameRegex = new($"^{person.GivenName}") }).ClickAsync();
            await elsewhere.Sees("New referral");
            foreach (var part in person.Parts)
            {
                await elsewhere.Go(person.Address.Replace("/injury", $"/{part.Segment}", StringComparison.Ordinal));
                await Expect(elsewhere.Heading(part.Heading)).ToBeVisibleAsync();
                await Expect(elsewhere.Page.Locator(".skeleton, [aria-busy=true]")).ToHaveCountAsync(0);
                foreach (var answer in part.Answers)
                    if (answer.Label == "Symptoms") await Expect(Symptoms(elsewhere)).ToHaveValueAsync(kept);
                    else await answer.IsThere(elsewhere);
            }
            elsewhere.HadNothingToComplainAbout();
            await person.Visitor.DisposeAsync();
        }));
    }

    /// <summary>Every part filled in, and the injury's page open with nothing in the box for symptoms.</summary>
    async Task<Person> FillIn(string kind)
    {
        var (account, parts) = Audiences.Of(kind, symptoms: "");
        var visitor = await world.SignedIn(account);
        await visitor.Go("/referrals/new");
        await Expect(visitor.Heading("New referral")).ToBeVisibleAsync();
        await Expect(visitor.Link("The patient")).ToBeVisibleAsync();
        var form = new Uri(visitor.Page.Url).PathAndQuery;
        foreach (var part in parts.OrderBy(part => part.Segment == "injury"))
        {
            await visitor.Link(part.Heading).ClickAsync();
            await Expect(visitor.Heading(part.Heading)).ToBeVisibleAsync();
            foreach (var answer in part.Answers) await answer.Give(visitor);
            if (part.Segment == "injury") break;
            await visitor.Page.Locator(".above").GetByRole(AriaRole.Link, new() { Name = "New referral" }).ClickAsync();
            await Expect(visitor.Link(part.Heading)).ToBeVisibleAsync();
        }
        await Symptoms(visitor).FocusAsync();
        return new Person(kind, account, visitor, parts, $"{form}/injury", ((Typed)parts[0].Answers[0]).Text);
    }

    static void Check(Person person, string kept, TimeSpan killedAt)
    {
        var before = person.Keys.Where(key => key.At <= killedAt).ToList();
        Assert.True(before.Count > 20, $"{person.Kind}: only {before.Count} keys were typed before the kill.");
        Assert.StartsWith(kept, string.Concat(person.Keys.Select(key => key.Letter)), StringComparison.Ordinal);
        var lost = kept.Length < before.Count ? killedAt - before[kept.Length].At : TimeSpan.Zero;
        TestContext.Current.TestOutputHelper!.WriteLine($"{person.Kind}: {before.Count} keys before the kill, {kept.Length} kept: the last {lost.TotalSeconds:0.00} s of typing lost.");
        Assert.True(lost <= TimeSpan.FromSeconds(2), $"{person.Kind}: {lost.TotalSeconds:0.00} s of typing lost.");
    }

    static ILocator Symptoms(Visitor visitor) => visitor.Field("Symptoms");

    sealed record Person(string Kind, string Account, Visitor Visitor, FormPart[] Parts, string Address, string GivenName)
    {
        public List<(char Letter, TimeSpan At)> Keys { get; } = [];

        public async Task Type(Stopwatch clock, Func<bool> isOver)
        {
            while (Keys.Count < 400 && !isOver())
            {
                var key = (char)('a' + Keys.Count % 26);
                await Visitor.Page.Keyboard.PressAsync(key.ToString());
                Keys.Add((key, clock.Elapsed));
                await Task.Delay(40);
            }
        }
    }
}
