using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>One morning's referrals and two clinic administrators who clear them side by side, one of them without a mouse.</summary>
public sealed class TwoAdministratorsTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    const int Morning = 30;

    [Fact]
    public async Task Two_administrators_clear_thirty_mixed_referrals_and_no_conflict_goes_unnoticed()
    {
        await Receive();
        await using var mouse = await world.SignedIn(People.Triage);
        await using var keys = await world.SignedIn(People.SecondTriage);

        var contested = await BothAtOne(mouse, keys);
        await Task.WhenAll(ByMouse(), ByKeyboard());

        // Whatever a person took for done is stored under their name, whatever they did not do they were told of, and all of it is decided once.
        foreach (var (visitor, name) in new[] { (mouse, People.Triage), (keys, People.SecondTriage) })
        {
            Assert.Equal((await Decided(name)).Order(), visitor == mouse ? doneByMouse.Order() : doneByKeys.Order());
            visitor.HadNothingToComplainAbout();
        }
        Assert.Equal(Morning, doneByMouse.Concat(doneByKeys).Distinct().Count());
        Assert.Equal(Morning, doneByMouse.Count + doneByKeys.Count);
        Assert.True(doneByMouse.Count >= 5 && doneByKeys.Count >= 5, $"{doneByMouse.Count} by mouse and {doneByKeys.Count} by keyboard are no work side by side.");

        async Task ByMouse()
        {
            await Emergencies(mouse);
            await Clear(mouse, byKeyboard: false);
            await OnItsPage(mouse, contested);
        }

        Task ByKeyboard() => Clear(keys, byKeyboard: true);
    }

    // What each of the two took for done.
    readonly List<string> doneByMouse = [], doneByKeys = [];

    /// <summary>Five kinds of organisation, routine and urgent, and two emergencies; no two of the same patient or accident.</summary>
    async Task Receive()
    {
        string[] senders = [People.Solicitor, People.Stranger, People.CaseManager, People.Intermediary, People.Health, People.Employer];
        for (var number = 0; number < Morning; number++)
        {
            await ExampleForms.Submitted(world.Database, await world.Database.Actor(senders[number % senders.Length]), form =>
            {
                (form.Patient.GivenName, form.Patient.FamilyName, form.Patient.NhsNumber) = (GivenNames[number % GivenNames.Length], FamilyNames[number], NhsNumber(number));
                form.Patient.DateOfBirth = new() { Day = $"{1 + number % 28}", Month = $"{1 + number % 12}", Year = $"{1950 + number}" };
                form.Incident.Date = new() { Day = $"{1 + number % 28}", Month = $"{1 + number % 8}", Year = "2025" };
                (form.Claim.ClaimReference, form.Claim.OurReference) = ($"C-{number}", $"O-{number}");
                if (number % 7 == 3) (form.Services.Priority, form.Services.PriorityReason) = (Priority.Urgent, "In much pain and off work.");
                if (number % 15 == 5)
                {
                    form.Safety.Answers["cauda_equina"] = RedFlagAnswer.Yes;
                    (form.Safety.ToldBy, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", "00:01", "By telephone");
                    form.Safety.ToldOn = ReferralPortal.Web.Components.Forms.DateParts.Of(DateOnly.FromDateTime(DateTime.UtcNow));
                }
            });
        }
    }

    static readonly string[] GivenNames = ["Aled", "Bronagh", "Chidi", "Danuta", "Emeka", "Farida", "Gwen"];
    static readonly string[] FamilyNames =
        ["Abara", "Bexley", "Cartmel", "Dunmore", "Eccles", "Farrow", "Grimsby", "Hathersage", "Ingham", "Jarrow", "Kellet", "Larkhill", "Mossley", "Nettleton", "Ormond",
         "Pilling", "Quayle", "Rawten", "Saddler", "Todmore", "Ulverston", "Varley", "Whalley", "Xanthos", "Yarrow", "Zeller", "Aintree", "Bolland", "Clough", "Denshaw"];

    // Nine digits and the check digit that belongs to them; numbers whose check digit would be ten do not exist.
    static string NhsNumber(int number)
    {
        for (var nine = 401_000_000 + number * 1_000; ; nine++)
        {
            var digits = $"{nine}";
            var check = 11 - digits.Select((digit, place) => (digit - '0') * (10 - place)).Sum() % 11;
            if (check != 10) return $"{digits}{check % 11}";
        }
    }

    /// <summary>Both look at one referral; the one without a mouse is typing when the other takes it.</summary>
    static async Task<string> BothAtOne(Visitor mouse, Visitor keys)
    {
        var reference = await Next(keys, byKeyboard: true, fromTheTop: true) ?? throw new InvalidOperationException("The queue is empty.");
        await keys.EnterOn(Aside(keys).GetByRole(AriaRole.Button, new() { Name = "Decline", Exact = true }));
        await keys.TabTo(keys.Field("What the referrer reads"));
        await keys.Page.Keyboard.TypeAsync("We cannot take this one because");

        Assert.Equal(reference, await Next(mouse, byKeyboard: false));
        await mouse.Look();
        await Aside(mouse).GetByRole(AriaRole.Button, new() { Name = "Start triage" }).ClickAsync();
        await Expect(Aside(mouse)).Not.ToContainTextAsync(reference);

        await Expect(Aside(keys).GetByRole(AriaRole.Alert)).ToContainTextAsync("started triage");
        await Expect(keys.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = reference })).ToContainTextAsync("Claimed by");
        await Expect(keys.Field("What the referrer reads")).ToHaveValueAsync("We cannot take this one because");
        await keys.Look();
        return reference;
    }

    /// <summary>What is urgent first: each emergency is acknowledged by name and taken on, on its own page.</summary>
    async Task Emergencies(Visitor mouse)
    {
        await mouse.Go("/triage?tab=alerts");
        await Expect(mouse.Page.Locator("a[data-row]")).ToHaveCountAsync(2);
        await mouse.Look();
        foreach (var reference in await mouse.Page.Locator("a[data-row]").AllInnerTextsAsync())
        {
            await mouse.Go($"/triage/{reference}");
            await mouse.Press("Acknowledge alert");
            await mouse.SeesText("Your name stands to this alert");
            await mouse.Press("Start triage");
            await mouse.SeesText("You have started triage");
            await OnItsPage(mouse, reference);
        }
    }

    async Task OnItsPage(Visitor mouse, string reference)
    {
        await mouse.Go($"/triage/{reference}");
        await mouse.Press("Accept");
        await mouse.Group("Suggested clinics").GetByRole(AriaRole.Button).First.ClickAsync();
        await mouse.Press("Accept referral");
        await mouse.SeesText("Accepted.");
        doneByMouse.Add(reference);
    }

    /// <summary>Works through what is new, in the list's preview, until nothing is left; whoever has a mouse asks about some on their own page.</summary>
    async Task Clear(Visitor visitor, bool byKeyboard)
    {
        for (var turn = 0; await Next(visitor, byKeyboard) is { } reference; turn++)
        {
            if (!byKeyboard && turn % 4 == 3) await Ask(visitor, reference);
            else if (turn % 3 == 2) await Attempt(visitor, reference, byKeyboard, "Decline", "Reason", "Decline referral");
            else await Attempt(visitor, reference, byKeyboard, "Accept to a pool", "Clinic", "Accept referral");
        }
    }

    /// <summary>Opens what is new and brings the first of it into the preview; null when nothing is left.</summary>
    static async Task<string?> Next(Visitor visitor, bool byKeyboard, bool fromTheTop = false)
    {
        await visitor.Go("/triage?tab=new");
        var row = visitor.Page.Locator("a[data-row]").First;
        await Expect(row.Or(visitor.Page.GetByText("Nothing waits here")).First).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        if (await row.CountAsync() == 0) return null;
        if (byKeyboard)
        {
            // One begins at the top and the other at the bottom, as two who work side by side agree to.
            await visitor.TabTo(row);
            await visitor.Page.Keyboard.PressAsync(fromTheTop ? "Home" : "End");
            row = visitor.Page.Locator("a[data-row]:focus");
        }
        else await visitor.Page.Locator("[data-rows] tr td[data-label=Patient]").First.ClickAsync();
        var reference = await row.InnerTextAsync();
        await Expect(Aside(visitor).GetByRole(AriaRole.Link, new() { Name = "Open", Exact = true })).ToBeVisibleAsync();
        await Expect(Aside(visitor)).ToContainTextAsync(reference);
        if (byKeyboard) await visitor.Page.Keyboard.PressAsync("ArrowRight"); // to the referral beside the list
        return reference;
    }

    /// <summary>Decides in the preview. Either it goes on to the next referral, and this one is done, or it says who was first.</summary>
    async Task Attempt(Visitor visitor, string reference, bool byKeyboard, string choice, string select, string confirm)
    {
        var aside = Aside(visitor);
        // Told by an alert, by whose it is now, or by how it stands already when it is opened.
        var overtaken = aside.GetByRole(AriaRole.Alert).Or(aside.GetByText("has this referral in hand")).Or(aside.Locator("header .marks").GetByText(new Regex("^(Accepted|Declined|Information requested)")));
        var gone = aside.Filter(new() { HasNotText = reference });
        if (!await Press(aside.GetByRole(AriaRole.Button, new() { Name = choice, Exact = true }))) return;
        var chosen = aside.GetByLabel(select, new() { Exact = true });
        if (!await Reached(chosen)) return;
        if (await chosen.InputValueAsync() == "")
        {
            if (byKeyboard)
            {
                await visitor.TabTo(chosen);
                await visitor.Page.Keyboard.PressAsync("ArrowDown");
            }
            else await chosen.SelectOptionAsync(new SelectOptionValue { Index = 1 });
        }
        if (!await Press(aside.GetByRole(AriaRole.Button, new() { Name = confirm, Exact = true }))) return;
        await Expect(gone.Or(overtaken).First).ToBeVisibleAsync();
        if (!(await aside.InnerTextAsync()).Contains(reference)) (byKeyboard ? doneByKeys : doneByMouse).Add(reference);

        async Task<bool> Reached(ILocator wanted)
        {
            await Expect(wanted.Or(overtaken).First).ToBeVisibleAsync();
            return await overtaken.CountAsync() == 0;
        }

        async Task<bool> Press(ILocator button)
        {
            if (!await Reached(button)) return false;
            try
            {
                if (byKeyboard) await visitor.EnterOn(button); else await button.ClickAsync(new() { Timeout = 5_000 });
                return true;
            }
            catch (Exception) when (overtaken.CountAsync().GetAwaiter().GetResult() > 0)
            {
                return false; // it went from under the hand, and the page says why
            }
        }
    }

    async Task Ask(Visitor visitor, string reference)
    {
        await visitor.Go($"/triage/{reference}");
        var ask = visitor.Button("Ask for information");
        await Expect(visitor.Page.Locator(".decide")).ToBeVisibleAsync();
        if (await ask.CountAsync() == 0) return; // somebody has accepted or declined it, and the page shows that
        await ask.ClickAsync();
        await visitor.Group("What is missing?").GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await visitor.Press("Send the question");
        var asked = visitor.Page.GetByText("The referrer is asked.");
        await Expect(asked.Or(visitor.Page.GetByRole(AriaRole.Alert)).First).ToBeVisibleAsync();
        if (await asked.CountAsync() > 0) doneByMouse.Add(reference);
    }

    async Task<IReadOnlyList<string>> Decided(string userName)
    {
        await using var connection = await world.Database.Owner();
        return [.. await connection.QueryAsync<string>("""
            select referral.reference from referral_event event
            join referral on referral.id = event.referral_id
            join portal_user person on person.id = event.actor_id
            where person.user_name = @userName and event.action in ('accept', 'decline', 'ask_for_information')
            """, new { userName })];
    }

    static ILocator Aside(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Complementary, new() { Name = "The referral that has the focus" });
}
