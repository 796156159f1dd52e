using Bunit;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using TestContext = Xunit.TestContext;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Appointments;

/// <summary>The booking panel as a person uses it, on the real database.</summary>
public sealed class BookingPanelTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await world.Run("delete from appointment where state = 'held'; update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked'");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<TestReferral> Accepted(ReferralState state = ReferralState.Accepted)
    {
        var referral = await world.AddReferral(state: state, redFlag: null, dueAt: DateTimeOffset.UtcNow.AddDays(3));
        await world.Run("update referral set clinic_id = @clinic where id = @Id", new { clinic = await world.Clinic(), referral.Id });
        return referral;
    }

    async Task<(BunitContext Browser, IRenderedComponent<BookingPanel> Panel)> Open(TestReferral referral, string who = Triage)
    {
        var browser = await world.SignedIn(who);
        var panel = browser.Render<BookingPanel>(with => with.Add(booking => booking.Reference, referral.Reference));
        await panel.WaitForStateAsync(() => panel.Markup.Length > 200);
        return (browser, panel);
    }

    static async Task Press(IRenderedComponent<BookingPanel> panel, string words) =>
        await panel.InvokeAsync(() => panel.FindAll("button").First(button => button.TextContent.Trim().StartsWith(words, StringComparison.Ordinal)).ClickAsync(new()));

    static async Task ChooseFirst(IRenderedComponent<BookingPanel> panel)
    {
        await panel.WaitForStateAsync(() => panel.FindAll(".slot").Count > 0);
        await panel.InvokeAsync(() => panel.FindAll(".slot")[3].ClickAsync(new()));
        Assert.Equal("true", panel.FindAll(".slot")[3].GetAttribute("aria-pressed"));
    }

    Task<int> Count(string state) => world.Ask<int>("select count(*)::int from appointment where state = @state", new { state });

    [Fact]
    public async Task A_time_is_chosen_from_the_free_ones_by_day_held_with_a_countdown_and_booked()
    {
        var referral = await Accepted();
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        await Press(panel, "Book first appointment");
        await ChooseFirst(panel);
        Assert.Matches("^Chosen: .*, 45 minutes, Beth Entwistle, Example clinic, Manchester\\.$", panel.Find(".chosen").TextContent);

        await Press(panel, "Hold for ten minutes");
        await panel.WaitForStateAsync(() => panel.FindAll("[role=timer]").Count == 1);
        Assert.Matches("^(10:00|9:5\\d)$", panel.Find("[role=timer]").TextContent);
        Assert.Equal((1, 0), (await Count("held"), await Count("booked")));

        await Press(panel, "Book");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("The appointment is booked"));
        Assert.Equal((0, 1), (await Count("held"), await Count("booked")));
        Assert.Contains("Booked", panel.Find(".booked").TextContent);
    }

    [Fact]
    public async Task Leaving_lets_the_held_time_go_and_so_does_the_button()
    {
        var referral = await Accepted();
        var (browser, panel) = await Open(referral);
        await Press(panel, "Book first appointment");
        await ChooseFirst(panel);
        await Press(panel, "Hold for ten minutes");
        await panel.WaitForStateAsync(() => panel.FindAll("[role=timer]").Count == 1);
        await Press(panel, "Let it go");
        await panel.WaitForStateAsync(() => panel.FindAll("[role=timer]").Count == 0);
        Assert.Equal(0, await Count("held"));

        await ChooseFirst(panel);
        await Press(panel, "Hold for ten minutes");
        await panel.WaitForStateAsync(() => panel.FindAll("[role=timer]").Count == 1);
        await browser.DisposeComponentsAsync();
        await browser.DisposeAsync();
        Assert.Equal(0, await Count("held"));
    }

    [Fact]
    public async Task Whoever_comes_back_to_what_they_hold_goes_on_there()
    {
        var referral = await Accepted();
        var beth = (await world.Actor(Clinician)).UserId;
        await new HoldSlot(world.Database, world.Catalogue(), TimeProvider.System).Handle(await world.Actor(Triage), new(referral.Id, referral.Version, TriageWorld.Form(await world.Clinic(), beth)), Ct);
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        Assert.Contains("Nothing is booked yet", panel.Find(".hold").TextContent);
        await Press(panel, "Book");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("The appointment is booked"));

        // And who lost the page at that moment is told what became of it.
        var (again, opened) = await Open(referral);
        using var __ = again;
        Assert.Matches("You, at \\d\\d:\\d\\d:.*Dana Whitfield booked the initial assessment", string.Join(' ', opened.Find("[role=status]").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task Who_comes_second_is_told_who_was_quicker_and_keeps_what_was_chosen()
    {
        var (referral, other) = (await Accepted(), await Accepted());
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        await Press(panel, "Book first appointment");
        await ChooseFirst(panel);
        var chosen = panel.Find(".chosen").TextContent;
        var form = new AppointmentForm();
        var slots = (await new FindFreeSlots(world.Database, world.Catalogue(), TimeProvider.System).Handle(await world.Actor(TriageWorld.SecondTriage), new(await world.Clinic(), (await world.Actor(Clinician)).UserId, 45), Ct)).Value!;
        form.Take(slots[3]);
        await new BookAppointment(world.Database, world.Catalogue(), TimeProvider.System).Handle(await world.Actor(TriageWorld.SecondTriage), new(other.Id, other.Version, form), Ct);

        await Press(panel, "Book");
        await panel.WaitForStateAsync(() => panel.FindAll(".error-summary, [role=alert]").Count > 0);
        Assert.Contains("This time has just been taken by Yusuf Karim", panel.Markup);
        Assert.Equal(chosen, panel.Find(".chosen").TextContent);
        Assert.Equal(1, await Count("booked"));
    }

    [Fact]
    public async Task All_clinics_are_searched_by_distance_and_today_is_marked()
    {
        var referral = await Accepted();
        await world.Run("update referral set clinic_id = null, clinician_id = null where id = @Id", referral);
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        await Press(panel, "Book first appointment");
        await panel.WaitForStateAsync(() => panel.FindAll(".slot").Count > 0);
        Assert.Contains("mile", panel.Find(".slot").TextContent);

        await panel.InvokeAsync(() => panel.Find("input[name=Order][value='1']").ChangeAsync(new() { Value = "1" }));
        await panel.WaitForStateAsync(() => panel.Find(".group h3").TextContent.Contains("Manchester"));
        Assert.Contains("mile", panel.Find(".group h3").TextContent); // the patient lives in Manchester
    }

    [Fact]
    public async Task A_series_is_planned_looked_at_and_booked_beyond_the_authority_only_with_a_reason()
    {
        var referral = await Accepted(ReferralState.InTreatment);
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        await Press(panel, "Book a series");
        await panel.InvokeAsync(() => panel.Find("#sessions").InputAsync(new() { Value = "9" }));
        await panel.InvokeAsync(() => panel.Find("#time").InputAsync(new() { Value = "11:00" }));
        await Press(panel, "Show the dates");
        await panel.WaitForStateAsync(() => panel.FindAll("#series-plan tbody tr").Count == 9 || panel.FindAll("[role=alert]").Count > 0);
        Assert.Equal(9, panel.FindAll("#series-plan tbody tr").Count);
        Assert.Contains("7 of 8 authorised sessions can still be booked", panel.Markup);
        Assert.Contains("This is 2 more than is authorised", panel.Markup);

        await Press(panel, "Book 9 treatments");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("Write why it is booked all the same"));
        await panel.InvokeAsync(() => panel.Find("#whybeyond, #why-beyond").InputAsync(new() { Value = "Agreed by telephone." }));
        await Press(panel, "Book 9 treatments");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("9 treatments are booked"));
        Assert.Equal(9, await Count("booked"));
    }

    [Fact]
    public async Task Moving_after_the_authority_was_withdrawn_warns_and_asks_why_in_the_same_words_as_booking()
    {
        var referral = await Accepted();
        await new BookAppointment(world.Database, world.Catalogue(), TimeProvider.System).Handle(await world.Actor(Triage), new(referral.Id, referral.Version, TriageWorld.Form(await world.Clinic(), (await world.Actor(Clinician)).UserId)), Ct);
        await world.Run("""
            insert into authority_entry (id, authority_id, referral_id, kind, at, by_id, by_organisation_id)
            select gen_random_uuid(), a.id, a.referral_id, 'withdrawn', now(), u.id, u.organisation_id from funding_authority a, portal_user u where a.referral_id = @Id and u.user_name = @Triage
            """, new { referral.Id, Triage });
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        await Press(panel, "Move");
        await ChooseFirst(panel);
        Assert.Contains("Beyond what is authorised.", panel.Markup);
        await panel.InvokeAsync(() => panel.Find("input[name=AskedBy][value='0']").ChangeAsync(new() { Value = "0" }));
        await panel.InvokeAsync(() => panel.Find("select[name=Why]").ChangeAsync(new() { Value = "0" }));
        await Press(panel, "Move appointment");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("Write why it is booked all the same"));

        await panel.InvokeAsync(() => panel.Find("#whybeyond, #why-beyond").InputAsync(new() { Value = "Agreed by telephone." }));
        await Press(panel, "Move appointment");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("The appointment is moved"));
        Assert.Contains("Agreed by telephone.", panel.Find(".history").TextContent);
    }

    [Fact]
    public async Task Cancelling_asks_who_and_why_and_keeps_the_history()
    {
        var referral = await Accepted();
        await new BookAppointment(world.Database, world.Catalogue(), TimeProvider.System).Handle(await world.Actor(Triage), new(referral.Id, referral.Version, TriageWorld.Form(await world.Clinic(), (await world.Actor(Clinician)).UserId)), Ct);
        var (browser, panel) = await Open(referral);
        using var _ = browser;
        await Press(panel, "Cancel appointment");
        await Press(panel, "Cancel it");
        await panel.WaitForStateAsync(() => panel.FindAll("[role=alert]").Count > 0);
        Assert.Contains("Choose who asked", panel.Markup);

        await panel.InvokeAsync(() => panel.Find("input[name=AskedBy][value='2']").ChangeAsync(new() { Value = "2" }));
        await panel.InvokeAsync(() => panel.Find("select[name=Why]").ChangeAsync(new() { Value = "0" }));
        await Press(panel, "Cancel it");
        await panel.WaitForStateAsync(() => panel.Markup.Contains("The appointment is cancelled"));
        Assert.Contains("Asked for by the referrer: the patient cannot come then.", panel.Markup);
        Assert.Contains("booked the initial assessment", panel.Markup);
    }
}
