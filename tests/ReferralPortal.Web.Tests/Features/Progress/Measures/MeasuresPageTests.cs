using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Sections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Measures.Wording;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Tests.Components;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

/// <summary>The clinician's pages, on the real database.</summary>
public sealed class MeasuresPageTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    Task<BunitContext> Browser(string person) => world.SignedIn(person, services => services.AddMeasures()
        .AddSingleton<ITextSender>(new NotificationWorld.Texts(false)).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<LiveUpdates>().AddLogging());

    [Fact]
    public async Task A_clinician_fills_a_measure_in_and_reads_at_once_what_it_means()
    {
        var referral = await world.AddReferral();
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<FillMeasurePage>(it => it.Add(page => page.Reference, referral.Reference).Add(page => page.Key, "nprs"));

        await page.InvokeAsync(() => page.Find("input[name=a0][value='4']").Change("4"));
        page.WaitForAssertion(() => Assert.Contains("Better by 4", page.Find(".reading").TextContent));
        await page.Press("Save score");
        page.WaitForAssertion(() => Assert.Contains("The score is saved.", page.Markup));
        Assert.Equal([8m, 5m, 4m], (await world.Measures(referral)).Of("nprs").Select(score => score.Value).OrderDescending());
    }

    [Fact]
    public async Task A_skipped_question_about_self_harm_is_pointed_out_before_saving()
    {
        var referral = await world.AddReferral();
        await using var browser = await Browser(Clinician);
        var page = browser.Opened<FillMeasurePage>(it => it.Add(page => page.Reference, referral.Reference).Add(page => page.Key, "phq9"));
        for (var item = 0; item < 8; item++)
        {
            var answer = $"input[name=a{item}][value='1']";
            await page.InvokeAsync(() => page.Find(answer).Change("1"));
        }
        page.WaitForAssertion(() => Assert.Contains("rests on 8 of 9 answers", page.Find(".reading").TextContent));
        Assert.Contains("Not answered is not “no”", page.Find(".reading").TextContent);
    }

    [Fact]
    public async Task The_panel_shows_alerts_scores_and_what_was_sent_and_takes_the_acknowledgement()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "phq9", Filled("000000001"));
        await using var browser = await Browser(Clinician);
        var panel = Panel(browser, referral.Reference);
        panel.WaitForState(() => panel.FindAll("section.alert").Count == 1);

        Assert.Contains("Better by 3", panel.Find("table").TextContent);
        await panel.InvokeAsync(() => panel.Find("section.alert textarea").Input("Spoke with her"));
        await panel.Press("Acknowledge alert");
        panel.WaitForState(() => panel.FindAll("section.alert").Count == 0);
        Assert.Contains("Spoke with her", panel.Markup);

        await panel.Press("Send a questionnaire");
        panel.WaitForState(() => panel.Markup.Contains("What should the patient answer?", StringComparison.Ordinal));
        await panel.Press("Show link to hand over");
        panel.WaitForAssertion(() => Assert.Contains("/m/", panel.Find("#questionnaire-link").GetAttribute("value")));
        panel.WaitForAssertion(() => Assert.Contains("Shown", panel.Find(".sent").TextContent));
        await panel.Press("Revoke");
        panel.WaitForAssertion(() => Assert.Contains("Revoked", panel.Find(".sent").TextContent));
    }

    /// <summary>The panel on a page, which shows its alerts in a place of their own.</summary>
    static IRenderedComponent<PageOfPanel> Panel(BunitContext browser, string reference) => browser.Render<PageOfPanel>(it => it.Add(page => page.Reference, reference));

    sealed class PageOfPanel : ComponentBase
    {
        [Parameter] public string Reference { get; set; } = "";

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<SectionOutlet>(0);
            builder.AddAttribute(1, nameof(SectionOutlet.SectionId), MeasuresPanel.OpenAlerts);
            builder.CloseComponent();
            builder.OpenComponent<MeasuresPanel>(2);
            builder.AddAttribute(3, nameof(MeasuresPanel.Reference), Reference);
            builder.CloseComponent();
        }
    }

    [Fact]
    public async Task An_administrator_sees_the_alert_and_is_told_to_fetch_a_clinician()
    {
        var referral = await world.AddReferral();
        await world.Record(referral.Id, "phq9", Filled("000000001"));
        await using var browser = await Browser(Triage);
        var panel = Panel(browser, referral.Reference);
        panel.WaitForState(() => panel.FindAll("section.alert").Count == 1);
        Assert.Contains("A clinician must put a name to this", panel.Markup);
        Assert.DoesNotContain(panel.FindAll("button"), button => button.TextContent.Contains("Acknowledge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_manager_loads_wording_and_reads_what_is_wrong_with_it()
    {
        await using var browser = await Browser(Lead);
        var page = browser.Opened<MeasuresAdminPage>(_ => { });
        page.FindAll("button").First(button => button.TextContent.Contains("wording of the Lower extremity", StringComparison.Ordinal)).Click();
        page.WaitForElement("#file").Input("{}");
        await page.Press("Load wording");
        page.WaitForAssertion(() => Assert.Contains("There is no measure with the key “lefs” in it", page.Find("[role=alert]").TextContent));
    }
}

/// <summary>The items by themselves.</summary>
public sealed class MeasureFieldsTests : ComponentWorld
{
    static Measure Measure(params MeasureItem[] items) => new("x", "X", "X", "lower", null, "x-1", true, null, PortalJson.Text(items));

    IRenderedComponent<MeasureFields> Fields(Measure measure, MeasureForm? form = null, IReadOnlyList<string>? names = null) =>
        Render<MeasureFields>(it => it.Add(fields => fields.Measure, measure).Add(fields => fields.Form, form ?? MeasureForm.Of(measure)).Add(fields => fields.FixedNames, names));

    [Fact]
    public void Answers_with_words_are_read_as_words_and_a_scale_names_its_ends()
    {
        var fields = Fields(Measure(new("Sad?", 0, 1, Anchors: new() { ["0"] = "No", ["1"] = "Yes" }), new("Pain?", 0, 10, Anchors: new() { ["0"] = "None", ["10"] = "Worst" })));
        Assert.Equal(["No", "Yes"], fields.FindAll("#a0 label").Select(label => label.TextContent.Trim()));
        Assert.Equal(11, fields.FindAll("#a1 input[type=radio]").Count);
        Assert.Equal("10, Worst", fields.FindAll("#a1 label")[10].TextContent.Trim());
        Assert.Equal("2. Pain?", fields.Find("#a1 legend").TextContent.Trim());
    }

    [Fact]
    public void A_known_activity_is_asked_by_its_name_and_a_new_one_can_be_named()
    {
        var measure = Measure(new("Activity 1", 0, 10, Named: true), new("Activity 2", 0, 10, Named: true, Optional: true));
        var fields = Fields(measure, MeasureForm.Of(measure, ["Carry <b>my</b> son"]), ["Carry <b>my</b> son"]);
        Assert.Equal("Carry <b>my</b> son", fields.Find("#a0 legend").TextContent.Trim());
        Assert.Equal("Carry <b>my</b> son", fields.Find("input[type=hidden][name=n0]").GetAttribute("value"));
        Assert.NotNull(fields.Find("input[type=text][name=n1]"));
    }

    [Fact]
    public void A_long_scale_is_typed() => Assert.Equal("a0", Fields(Measure(new MeasureItem("Health today", 0, 100))).Find("input[inputmode=numeric]").GetAttribute("name"));
}
