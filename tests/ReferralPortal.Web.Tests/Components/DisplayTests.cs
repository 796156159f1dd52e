using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;

namespace ReferralPortal.Web.Tests.Components;

public sealed class DisplayTests : ComponentWorld
{
    static readonly DateTimeOffset Winter = new(2026, 11, 23, 14, 2, 0, TimeSpan.Zero);
    static readonly DateTimeOffset Summer = new(2026, 9, 1, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Figures_are_written_as_people_here_write_them()
    {
        Assert.Equal("23 Nov 2026 14:02", Formats.DateTime(Winter));
        Assert.Equal("1 Sep 2026 23:30", Formats.DateTime(Summer));
        Assert.Equal("2 Sep 2026", Formats.Date(Summer.AddHours(1)));
        Assert.Equal("£1,250.00", Formats.Money(1250));
        Assert.Equal("−£0.50", Formats.Money(-0.5m));
        Assert.Equal("1,000+", Formats.Count(1000, cap: 1000));
        Assert.Equal("999", Formats.Count(999, cap: 1000));
        Assert.Equal("7.5", Formats.Score(7.50m));
    }

    [Theory, MemberData(nameof(States))]
    public void Every_state_has_a_word_and_an_icon(ReferralState state)
    {
        var chip = Render<StateChip>(it => it.Add(chip => chip.State, state));

        Assert.Equal(StateWords.Of(state), chip.Find(".chip").TextContent.Trim());
        Assert.NotNull(chip.Find("svg[aria-hidden=true]"));
    }

    public static TheoryData<ReferralState> States() => [.. Enum.GetValues<ReferralState>()];

    [Fact]
    public void A_red_flag_says_how_urgent_it_is_and_that_it_was_cleared()
    {
        Assert.Equal("Emergency red flag", Render<RedFlagMark>(it => it.Add(mark => mark.Tier, RedFlagTier.Emergency)).Find(".chip").TextContent.Trim());
        Assert.Equal("Red flag cleared", Render<RedFlagMark>(it => it.Add(mark => mark.Tier, RedFlagTier.Urgent).Add(mark => mark.Cleared, true)).Find(".chip").TextContent.Trim());
        Assert.Equal("", Render<RedFlagMark>(it => it.Add(mark => mark.Tier, null)).Markup.Trim());
    }

    [Theory]
    [InlineData(2, null, "Due in 2 h of clinic time", "running")]
    [InlineData(-3, null, "Overdue by 3 h of clinic time", "overdue")]
    [InlineData(2, "waiting for the referrer", "Paused: waiting for the referrer", "paused")]
    public void A_clock_says_how_it_stands(int hours, string? paused, string words, string kind)
    {
        var clock = Render<TargetClockText>(it => it
            .Add(text => text.Clock, new TargetClock(ClinicHours.Published, new WorkingDays([])))
            .Add(text => text.DueAt, Winter.AddHours(hours)).Add(text => text.Now, Winter).Add(text => text.PausedFor, paused));

        Assert.Equal(words, clock.Find(".clock").TextContent.Trim());
        Assert.Contains($"clock-{kind}", clock.Find(".clock").ClassList);
    }

    [Fact]
    public void Tabs_are_links_that_keep_the_rest_of_the_address()
    {
        Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().NavigateTo("/referrals/R-1?from=triage&tab=history");
        var tabs = Render<Tabs>(it => it.Add(tabs => tabs.Label, "Parts").Add(tabs => tabs.Current, "history")
            .Add(tabs => tabs.Items, [new("details", "Details"), new("history", "History")]));

        Assert.EndsWith("/referrals/R-1?from=triage", tabs.FindAll("a")[0].GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal("page", tabs.FindAll("a")[1].GetAttribute("aria-current"));
    }

    [Fact]
    public void A_change_link_names_what_it_changes()
    {
        var row = Render<SummaryRow>(it => it.Add(row => row.Label, "Date of birth").Add(row => row.Text, "3 Mar 1984").Add(row => row.ChangeHref, "/referrals/new/patient"));

        Assert.Equal("Change date of birth", row.Find("a").TextContent);
        Assert.Equal("Not given", Render<SummaryRow>(it => it.Add(row => row.Label, "GP practice")).Find("dd").TextContent);
    }

    [Fact]
    public void What_is_not_saved_is_said_and_marked_for_the_browser()
    {
        Assert.Equal("Saved 14:02", Saved(Winter, false).TextContent.Trim());
        Assert.Equal("false", Saved(Winter, false).GetAttribute("data-unsaved"));
        Assert.Equal("true", Saved(Winter, true).GetAttribute("data-unsaved"));
        Assert.Equal("", Saved(null, false).TextContent.Trim());
    }

    [Fact]
    public void An_act_is_confirmed_once_however_often_it_is_pressed()
    {
        var (done, gate) = (0, new TaskCompletionSource());
        var panel = Render<ConfirmPanel>(it => it.Add(panel => panel.Title, "Withdraw this referral?").Add(panel => panel.ConfirmLabel, "Withdraw")
            .Add(panel => panel.OnConfirm, () => { done++; return gate.Task; }).Add(panel => panel.OnCancel, () => { }));

        panel.Find("button").Click();
        Assert.True(panel.Find("button").HasAttribute("disabled"));
        Assert.Equal(1, done);
        gate.SetResult();
        panel.WaitForState(() => !panel.Find("button").HasAttribute("disabled"));
    }

    AngleSharp.Dom.IElement Saved(DateTimeOffset? at, bool unsaved) => Render<SavedAt>(it => it.Add(saved => saved.At, at).Add(saved => saved.Unsaved, unsaved)).Find(".saved");
}
