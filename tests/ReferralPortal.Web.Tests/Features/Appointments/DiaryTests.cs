using Bunit;
using CsCheck;
using ReferralPortal.Domain;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments.Diary;
using ReferralPortal.Web.Tests.Components;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Appointments;

/// <summary>The diary as it is laid out and drawn.</summary>
public sealed class DiaryTests : ComponentWorld
{
    static readonly Guid Manchester = Guid.CreateVersion7(), Beth = Guid.CreateVersion7(), Marek = Guid.CreateVersion7();
    static readonly DateTimeOffset Now = TestClock.Moment("2026-12-01 09:30");

    static DiaryEntry Entry(string london, int minutes = 45, Guid? whose = null, string state = "booked", string? code = null, string? heldUntil = null) => new(
        Guid.CreateVersion7(), "R-7K3M-92QX", "Maud", "Ollerenshaw", "treatment", Manchester, "Example clinic, Manchester", whose ?? Beth, whose == Marek ? "Marek Nowak" : "Beth Entwistle", "Room 1",
        TestClock.Moment(london), TestClock.Moment(london).AddMinutes(minutes), state, code, heldUntil is null ? null : TestClock.Moment(heldUntil), heldUntil is null ? null : "Dana Whitfield");

    static FreeTime Free(string london, Guid? whose = null) => new(TestClock.Moment(london), whose ?? Beth, whose == Marek ? "Marek Nowak" : "Beth Entwistle", Manchester, "Example clinic, Manchester");

    static readonly DiaryFilter Day = new(new DateOnly(2026, 12, 1), Manchester), Week = Day with { View = DiaryView.Week };

    static DiaryGrid Grid(DiaryFilter filter, IReadOnlyList<DiaryEntry> entries, params FreeTime[] free) => DiaryGrid.Of(new DiaryDays(entries, free, 30, [], false), filter, Now)!;

    [Fact]
    public void A_day_has_a_column_for_each_clinician_who_is_booked_or_free()
    {
        var grid = Grid(Day, [Entry("2026-12-01 10:00"), Entry("2026-12-01 08:30")], Free("2026-12-01 13:00", Marek), Free("2026-12-01 13:30", Marek), Free("2026-12-01 15:00", Marek));
        Assert.Equal((8, 20), (grid.FirstHour, grid.LastHour));
        Assert.Equal(["Beth Entwistle", "Marek Nowak"], grid.Columns.Select(column => column.Label));
        Assert.Equal([(30, 45), (120, 45)], grid.Columns[0].Blocks.Select(block => (block.From, block.Minutes)));
        // What follows is one stretch; each is its own once somebody is to be booked.
        Assert.Equal([(300, 60), (420, 30)], grid.Columns[1].Blocks.Select(block => (block.From, block.Minutes)));
        Assert.Equal(3, Grid(Day with { Referral = "R-7K3M-92QX" }, [], Free("2026-12-01 13:00"), Free("2026-12-01 13:30"), Free("2026-12-01 15:00")).Columns[0].Blocks.Count);
    }

    [Fact]
    public void A_week_has_its_seven_days_by_London_s_clocks_and_names_the_first_free_time_of_several_people()
    {
        var filter = Week with { Day = new DateOnly(2026, 10, 21) };
        Assert.Equal(new DateOnly(2026, 10, 19), filter.First);
        Assert.Equal(TimeSpan.FromHours(7 * 24 + 1), filter.Until - filter.From);
        var grid = Grid(filter, [Entry("2026-10-25 10:00"), Entry("2026-10-19 10:00")], Free("2026-10-20 09:00", Marek), Free("2026-10-20 09:00"));
        Assert.Equal(7, grid.Columns.Count);
        Assert.Equal([120, 120], new[] { grid.Columns[0], grid.Columns[6] }.Select(column => column.Blocks.Single().From));
        Assert.Equal(("Marek Nowak", 0), (grid.Columns[1].FirstFree!.Clinician, grid.Columns[1].Blocks.Count));
        Assert.Single(Grid(filter with { Clinician = Beth }, [], Free("2026-10-20 09:00")).Columns[1].Blocks);
    }

    [Fact]
    public void What_lies_at_one_time_stands_side_by_side_and_never_covers_another() => Gen.Select(Gen.Int[0, 40], Gen.Int[1, 8]).Array[0, 25].Sample(pieces =>
    {
        var entries = pieces.Select(piece => Entry("2026-12-01 08:00", piece.Item2 * 15)).Select((entry, place) => entry with
        {
            StartsAt = entry.StartsAt.AddMinutes(pieces[place].Item1 * 15), EndsAt = entry.EndsAt.AddMinutes(pieces[place].Item1 * 15),
        }).ToList();
        var blocks = Grid(Week, entries).Columns[1].Blocks;
        return blocks.Count == pieces.Length && blocks.All(one => one.Lane < one.Lanes && blocks.All(other => ReferenceEquals(one, other)
            || one.From + one.Minutes <= other.From || other.From + other.Minutes <= one.From || (one.Lane != other.Lane && one.Lanes == other.Lanes)));
    });

    [Fact]
    public void Hours_before_and_after_the_usual_ones_are_shown_when_something_is_booked_in_them() =>
        Assert.Equal((7, 22), Grid(Day, [Entry("2026-12-01 07:15"), Entry("2026-12-01 21:00", 60, Marek)]) is var grid ? (grid.FirstHour, grid.LastHour) : default);

    [Fact]
    public void A_hold_that_has_run_out_is_gone_and_too_many_columns_are_no_grid()
    {
        Assert.Empty(Grid(Day, [Entry("2026-12-01 10:00", state: "held", heldUntil: "2026-12-01 09:30")]).Columns);
        Assert.Single(Grid(Day, [Entry("2026-12-01 10:00", state: "held", heldUntil: "2026-12-01 09:31")]).Columns);
        Assert.Null(DiaryGrid.Of(new DiaryDays([.. Enumerable.Range(0, 11).Select(_ => Entry("2026-12-01 10:00", whose: Guid.CreateVersion7()))], [], 30, [], false), Day, Now));
    }

    [Theory]
    [InlineData("?view=week&date=2026-12-03", "/appointments?view=week&date=2026-12-03")]
    [InlineData("?view=list&days=7&date=2026-12-03&referral=r7k3m92qx", "/appointments?view=list&date=2026-12-03&days=7")]
    [InlineData("?view=nonsense&date=yesterday&after=-1", "/appointments?view=day&date=2026-12-01")]
    public void The_address_says_it_all_and_what_is_not_understood_is_left_out(string asked, string address)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(asked);
        string? Of(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
        Assert.Equal(address, DiaryFilter.Read(Of("view"), Of("date"), null, null, Of("days"), Of("after"), Of("referral"), Day.Day).Address);
    }

    [Fact]
    public void Each_column_is_a_section_with_a_list_in_the_order_of_time_and_says_every_state_in_words()
    {
        var view = Render<DiaryGridView>(with => with
            .Add(grid => grid.Grid, Grid(Day, [Entry("2026-12-01 14:00", state: "attended", code: "6"), Entry("2026-12-01 10:00"), Entry("2026-12-01 12:00", state: "held", heldUntil: "2026-12-01 09:40"), Entry("2026-12-01 16:00", state: "did_not_attend", code: "3")], Free("2026-12-01 17:00")))
            .Add(grid => grid.Label, "Appointments, Tuesday").Add(grid => grid.Now, Now));

        var section = Assert.Single(view.FindAll("section"));
        Assert.Equal("Beth Entwistle", view.Find($"#{section.GetAttribute("aria-labelledby")}").TextContent.Trim());
        var lines = section.QuerySelectorAll("li").Select(line => string.Join(' ', line.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Equal(5, lines.Count);
        Assert.StartsWith("10:00 to 10:45 Maud Ollerenshaw Treatment · Booked", lines[0]);
        Assert.Contains("Held by Dana Whitfield until 09:40", lines[1]);
        Assert.Contains("Attended, late but seen", lines[2]);
        Assert.Contains("Did not attend", lines[3]);
        Assert.Equal("17:00 to 17:30 Free", lines[4]);
        Assert.Equal("/appointments/book/R-7K3M-92QX", section.QuerySelector("li a")!.GetAttribute("href"));
        Assert.Empty(view.FindAll("li.free a")); // free time leads nowhere until somebody is to be booked
        Assert.Equal("--from:90", view.Find(".now").GetAttribute("style"));

        view.Render(with => with.Add(grid => grid.BookHref, time => $"/appointments/book/R-7K3M-92QX?at={LondonTime.Of(time.StartsAt):HH:mm}"));
        Assert.Equal("/appointments/book/R-7K3M-92QX?at=17:00", view.Find("li.free a").GetAttribute("href"));
    }

    [Fact]
    public void The_table_has_headers_and_a_heading_for_every_cell_on_a_telephone()
    {
        var table = Render<DiaryTable>(with => with.Add(list => list.Rows, [Entry("2026-12-01 10:00", state: "cancelled", code: "2")]).Add(list => list.WithDays, true));
        Assert.Equal(["Day", "Time", "Patient", "For", "Clinic", "Clinician", "State"], table.FindAll("th[scope=col]").Select(head => head.TextContent));
        Assert.Equal(7, table.FindAll("tbody [data-label]").Count);
        Assert.Contains("Cancelled by the patient", table.Markup);
    }
}
