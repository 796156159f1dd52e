using System.Text.Json;
using AngleSharp.Dom;
using Bunit;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;

namespace ReferralPortal.Web.Tests.Components;

public sealed class BodyChartTests : ComponentWorld
{
    static readonly IReadOnlyList<ChartRegion> Regions = Seeded();

    IReadOnlyCollection<BodySite> chosen = [];

    [Fact]
    public void Every_region_of_the_catalogue_can_be_pointed_at()
    {
        var chart = Chart();
        foreach (var region in Regions)
        foreach (var view in region.Views)
        foreach (var side in region.Sided ? new[] { BodySide.Left, BodySide.Right } : [BodySide.NotApplicable])
            Assert.NotNull(Part(chart, $"{BodySite.Words(region.Name, side)}, {view}"));
    }

    [Fact]
    public void Pointing_at_a_part_ticks_it_in_the_list_too()
    {
        var chart = Chart();

        Part(chart, "Left knee, front")!.Click();

        Assert.Equal([new BodySite("knee", BodySide.Left)], chosen);
        Again(chart);
        Assert.True(chart.Find("input[aria-label='Left knee']").HasAttribute("checked"));
        Assert.Equal("true", Part(chart, "Left knee, back")!.GetAttribute("aria-pressed"));
        Assert.Equal("false", Part(chart, "Right knee, front")!.GetAttribute("aria-pressed"));
        Assert.Equal("Chosen: Left knee", chart.Find("[role=status]").TextContent);
    }

    [Fact]
    public void Left_and_right_together_are_both_and_come_apart_again()
    {
        chosen = [new("wrist", BodySide.Left)];
        var chart = Chart();

        chart.Find("input[aria-label='Right wrist']").Change(true);
        Assert.Equal([new BodySite("wrist", BodySide.Both)], chosen);

        Again(chart);
        Part(chart, "Left wrist, back")!.Click();
        Assert.Equal([new BodySite("wrist", BodySide.Right)], chosen);
    }

    [Fact]
    public void The_midline_has_no_side()
    {
        var chart = Chart();
        Part(chart, "Lumbar spine, back")!.Click();
        Assert.Equal([new BodySite("lumbar_spine", BodySide.NotApplicable)], chosen);
    }

    [Fact]
    public void One_part_a_figure_is_reached_by_tab()
    {
        var chart = Chart();
        foreach (var figure in chart.FindAll("svg.figure"))
            Assert.Single(figure.QuerySelectorAll("[role=button][tabindex='0']"));
    }

    [Fact]
    public void Read_only_says_the_choice_and_offers_nothing_to_press()
    {
        chosen = [new("knee", BodySide.Left), new("neck", BodySide.NotApplicable)];
        var chart = Render<BodyChart>(it => it.Add(chart => chart.Regions, Regions).Add(chart => chart.Value, chosen).Add(chart => chart.ReadOnly, true));

        Assert.Empty(chart.FindAll("[role=button], input"));
        Assert.Equal(["Neck", "Left knee"], chart.FindAll(".chosen-list li").Select(item => item.TextContent));
        Assert.Equal("Front of the body: Neck, Left knee", chart.Find("svg").GetAttribute("aria-label"));
    }

    IRenderedComponent<BodyChart> Chart() => Render<BodyChart>(it => it
        .Add(chart => chart.Regions, Regions).Add(chart => chart.Value, chosen).Add(chart => chart.ValueChanged, value => chosen = value));

    void Again(IRenderedComponent<BodyChart> chart) => chart.Render(it => it.Add(shown => shown.Value, chosen));

    static IElement? Part(IRenderedComponent<BodyChart> chart, string name) => chart.FindAll("[role=button]").SingleOrDefault(part => part.GetAttribute("aria-label") == name);

    static IReadOnlyList<ChartRegion> Seeded()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "seeds", "reference", "body-regions.json")));
        return
        [
            .. file.RootElement.EnumerateArray().Select(region => new ChartRegion(
                region.GetProperty("key").GetString()!, region.GetProperty("name").GetString()!, region.GetProperty("sided").GetBoolean(),
                [.. region.GetProperty("views").EnumerateArray().Select(view => view.GetString()!)], region.GetProperty("group").GetString()!)),
        ];
    }
}
