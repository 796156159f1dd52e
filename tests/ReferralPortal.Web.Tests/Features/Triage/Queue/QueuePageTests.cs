using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Clinics;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>The queue as a clinic administrator works through it, with a colleague at the next desk.</summary>
public sealed class QueuePageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    BunitContext browser = null!;
    LiveUpdates live = null!;
    BunitJSModuleInterop script = null!;

    public async ValueTask InitializeAsync()
    {
        await database.Run("update referral set state = 'closed', due_at = null where state <> 'closed'; delete from saved_view; delete from person_setting");
        browser = await database.SignedIn(Triage, services => services.AddLogging().AddSingleton<LiveUpdates>().AddDuplicates());
        script = browser.JSInterop.SetupModule("./Features/Triage/Queue/TriageQueuePage.razor.js");
        script.Setup<bool?>("hasRoom", _ => true).SetResult(true);
        live = browser.Services.GetRequiredService<LiveUpdates>();
        await live.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await live.StopAsync(default);
        await browser.DisposeAsync();
    }

    async Task<TestReferral> Add(string family, double dueInHours, ReferralState state = ReferralState.Submitted)
    {
        var referral = await database.AddReferral(state: state, redFlag: null, familyName: family, dueAt: DateTimeOffset.UtcNow.AddHours(dueInHours));
        await database.Run("update referral set triage_owner_id = null where id = @Id", referral);
        return referral;
    }

    IRenderedComponent<TriageQueuePage> Open() => browser.Opened<TriageQueuePage>(_ => { });

    static AngleSharp.Dom.IElement Row(IRenderedComponent<TriageQueuePage> page, TestReferral referral) =>
        page.FindAll("tbody[data-rows] tr").Single(row => row.TextContent.Contains(referral.Reference, StringComparison.Ordinal));

    /// <summary>Moves the focus to a row, as the arrow keys do, and waits until the preview has it.</summary>
    static async Task Preview(IRenderedComponent<TriageQueuePage> page, TestReferral referral)
    {
        await Row(page, referral).QuerySelector("a[data-row]")!.FocusAsync(new());
        page.WaitForAssertion(() => Assert.Contains(referral.Reference, page.Find(".preview header").TextContent));
    }

    async Task Claims(string person, TestReferral referral) =>
        Assert.True((await new StartTriage(database.Database).Handle(await database.Actor(person), new(referral.Id, referral.Version), Ct)).IsDone);

    [Fact]
    public async Task A_row_that_is_clicked_before_the_browser_says_that_there_is_room_shows_once_it_says_so()
    {
        await Add("Abara", 1);
        var second = await Add("Bexley", 2);
        var room = script.Setup<bool?>("hasRoom", _ => true); // no answer yet
        var page = browser.Render<TriageQueuePage>();
        page.WaitForAssertion(() => Row(page, second));
        await page.InvokeAsync(() => Row(page, second).ClickAsync(new()));
        Assert.Empty(page.FindAll(".preview"));

        room.SetResult(true);
        page.WaitForAssertion(() => Assert.Contains(second.Reference, page.Find(".preview header").TextContent));
    }

    [Fact]
    public async Task After_a_decision_in_the_preview_the_next_referral_shows_by_itself()
    {
        var (first, second, third) = (await Add("Abel", 1), await Add("Baker", 2), await Add("Cole", 3));
        await Claims(TriageWorld.SecondTriage, second);
        var page = Open();
        await Preview(page, first);
        Assert.Equal("0", Row(page, first).QuerySelector("a[data-row]")!.GetAttribute("tabindex"));

        await page.Press("Accept to a pool");
        page.WaitForState(() => page.Find("#clinic").ChildElementCount > 1);
        await page.Find("#clinic").ChangeAsync(new() { Value = "0" });
        await page.Press("Accept referral");

        // Somebody else has the second in hand, so it is the third's turn.
        page.WaitForAssertion(() => Assert.Contains(third.Reference, page.Find(".preview header").TextContent));
        Assert.Contains($"Accepted to the pool: {first.Reference}. Next: {third.Reference}.", page.Markup);
        Assert.Equal("accepted", (await database.StoredAs(first.Id)).State);

        // For ten seconds it can be taken back from here, and is then what the preview shows.
        await page.FindAll(".undo button").Single().ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains(first.Reference, page.Find(".preview header").TextContent));
        Assert.Contains($"Undone: {first.Reference} stands as before, and nobody was told.", page.Markup);
        Assert.Equal("in_triage", (await database.StoredAs(first.Id)).State);
        await Row(page, third).ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains(third.Reference, page.Find(".preview header").TextContent));

        await page.Press("Start triage");
        page.WaitForAssertion(() => Assert.Contains("Nothing more waits here", page.Markup));
    }

    [Fact]
    public async Task Somebody_elses_claim_shows_on_its_row_and_in_the_preview_and_what_was_typed_stays()
    {
        var (shown, other) = (await Add("Abel", 1), await Add("Baker", 2));
        var page = Open();
        await Preview(page, shown);
        await page.Press("Decline");
        await page.Find("#words-to-referrer").InputAsync("We cannot take this one.");

        await Claims(TriageWorld.SecondTriage, shown);

        var second = (await database.Actor(TriageWorld.SecondTriage)).DisplayName;
        page.WaitForAssertion(() => Assert.Contains($"Claimed by {second}", Row(page, shown).TextContent));
        page.WaitForAssertion(() => Assert.Contains($"{second} has this referral in hand.", page.Find(".preview").TextContent));
        page.WaitForAssertion(() => Assert.Contains($"{second} started triage. Nothing that you typed was lost.", page.Find(".preview").TextContent));
        Assert.Equal("We cannot take this one.", page.Find("#words-to-referrer").GetAttribute("value") ?? page.Find("#words-to-referrer").TextContent);
        // It stands where it stood.
        Assert.Equal([shown.Reference, other.Reference], page.FindAll("a[data-row]").Select(link => link.TextContent));
    }

    [Fact]
    public async Task Of_two_who_decide_at_once_the_second_is_told_in_the_preview()
    {
        var referral = await Add("Abel", 1);
        await live.StopAsync(Ct); // as if the notice came too late
        var page = Open();
        await Preview(page, referral);
        await page.Press("Decline");
        await page.Find("#reason").ChangeAsync(new() { Value = "0" });
        await page.Find("#words-to-referrer").InputAsync("We cannot take this one.");
        await Claims(TriageWorld.SecondTriage, referral);

        await page.Press("Decline referral");

        page.WaitForAssertion(() => Assert.Contains("started triage at", page.Find(".preview [role=alert]").TextContent));
        Assert.Contains("We cannot take this one.", page.Find(".preview").OuterHtml);
        Assert.Equal("in_triage", (await database.StoredAs(referral.Id)).State);
    }

    [Fact]
    public async Task New_referrals_are_announced_and_not_put_under_the_reader_s_hand()
    {
        var known = await Add("Abel", 5);
        var page = Open();

        var fresh = await Add("Baker", 1);
        // The service listens a moment after it was started, and a notice before that is lost: so it is said until it is heard.
        for (var tries = 0; tries < 200 && page.FindAll(".news p").Count == 0; tries++)
        {
            await database.Run("select pg_notify('referral_event', @Id::text)", fresh);
            await Task.Delay(100, Ct);
        }

        page.WaitForAssertion(() => Assert.Contains("1 new referral", page.Find(".news").TextContent));
        Assert.Equal([known.Reference], page.FindAll("a[data-row]").Select(link => link.TextContent));
        await page.Press("show it");
        page.WaitForAssertion(() => Assert.Equal([fresh.Reference, known.Reference], page.FindAll("a[data-row]").Select(link => link.TextContent)));
        Assert.Empty(page.FindAll(".news p"));
    }

    [Fact]
    public async Task Ticked_referrals_are_assigned_together_and_taken_back()
    {
        var (first, second) = (await Add("Abel", 1), await Add("Baker", 2));
        var triage = await database.Actor(Triage);
        var page = Open();
        page.WaitForState(() => page.FindAll("thead input[type=checkbox]").Count == 1);
        await page.Find("thead input[type=checkbox]").ChangeAsync(new() { Value = true });
        Assert.Contains("2 referrals selected", page.Find(".bulk").TextContent);

        page.WaitForState(() => page.Find("#bulk-owner").TextContent.Contains("Assign to me", StringComparison.Ordinal));
        await page.Find("#bulk-owner").ChangeAsync(new() { Value = "0" });
        await page.Press("Assign");
        page.WaitForAssertion(() => Assert.Contains("2 of 2 referrals done", page.Find(".results").TextContent));
        Assert.Equal(triage.UserId, (await database.StoredAs(second.Id)).TriageOwnerId);

        await page.Press("Undo");
        page.WaitForAssertion(() => Assert.Contains("As it was before", page.Find(".results").TextContent));
        Assert.Null((await database.StoredAs(first.Id)).TriageOwnerId);
    }

    [Fact]
    public async Task What_is_asked_stands_in_the_address_and_is_kept_as_a_view_with_its_count()
    {
        await Add("Abel", 1);
        await database.AddReferral(Stranger, ReferralState.Submitted, redFlag: null, familyName: "Baker", dueAt: DateTimeOffset.UtcNow.AddHours(2));
        var page = Open();
        await page.Find("#q").InputAsync("harbour");
        page.WaitForAssertion(() => Assert.EndsWith("/triage?tab=all_open&q=harbour", browser.Address().Uri));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("a[data-row]")));

        await page.Press("Save this view");
        await page.Find("#name").InputAsync("Harbour’s");
        await page.Find("form.edit").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Harbour’s", page.Find("nav.views a").TextContent));
        // What was searched for is a name more often than not, and is not kept.
        page.WaitForAssertion(() => Assert.Equal("2", page.Find("nav.views .count").TextContent));
        Assert.Equal("/triage?tab=all_open", page.Find("nav.views a").GetAttribute("href"));
    }

    [Fact]
    public async Task Columns_and_density_are_remembered()
    {
        await Add("Abel", 1);
        var page = Open();
        await page.Find("#queue-compact").ChangeAsync(new() { Value = true });
        page.WaitForState(() => page.FindAll(".compact").Count == 1);
        Assert.Single(Open().FindAll(".compact"));
    }

    [Fact]
    public async Task The_command_palette_reaches_the_tabs_the_views_and_open_referrals()
    {
        var referral = await Add("Quillfeather", 1);
        await new SavedViews(database.Database).Add(await database.Actor(Triage), "Quiet ones", new QueueFilter { Due = QueueDue.Week }, shared: false, Ct);
        async Task<string[]> Found(BunitContext at, string text) => [.. (await at.Services.GetRequiredService<QueuePalette>().Find(new(), text, Ct)).Select(entry => $"{entry.Label} {entry.Address}")];

        Assert.Equal([$"Quiet ones /triage?due=week", $"{referral.Reference} Maud Quillfeather /triage/{referral.Reference}"], await Found(browser, "qui"));
        Assert.Equal(["Triage: Overdue /triage?tab=overdue"], await Found(browser, "overdue"));
        Assert.Equal([$"Take the next referral /triage/{referral.Reference}"], await Found(browser, "take the next"));
        await using var elsewhere = await database.SignedIn(Solicitor);
        Assert.Empty(await Found(elsewhere, "qui"));
    }
}
