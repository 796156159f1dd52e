using AngleSharp.Dom;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Clinics;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Decide;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging.Decide;

/// <summary>The forms of a decision, as an administrator meets them.</summary>
public sealed class DecidePanelTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    async Task<(BunitContext Browser, IRenderedComponent<DecidePanel> Panel, DecisionDesk Desk, TestReferral Referral)> Open(ReferralState state = ReferralState.InTriage)
    {
        var referral = await database.AddReferral(state: state, redFlag: null, dueAt: DateTimeOffset.UtcNow.AddDays(1));
        var (browser, actor, catalogue) = (await database.SignedIn(Triage), await database.Actor(Triage), await database.Catalogue().Get(Ct));
        DecisionDesk desk = null!;
        desk = new DecisionDesk(actor, catalogue, async () => desk.Case = await Read());
        (desk.Case, desk.Offers) = (await Read(), (await new SuggestClinics(database.Database, database.Catalogue()).Handle(actor, "M3 6BZ", Ct)).Value);
        return (browser, browser.Render<DecidePanel>(view => view.Add(panel => panel.Desk, desk)), desk, referral);

        async Task<TriageCase> Read() => (await new OpenTriage(database.Database, new ViewReferral(database.Database)).Handle(actor, referral.Reference, Ct)).Value!;
    }

    static IElement Press(IRenderedComponent<DecidePanel> panel, string words)
    {
        var button = panel.Button(words);
        button.Click();
        return button;
    }

    [Fact]
    public async Task Declining_shows_before_it_is_done_what_the_referrer_will_see()
    {
        var (browser, panel, desk, referral) = await Open();
        await using var _ = browser;
        Press(panel, "Decline");
        var reasons = panel.Find("#reason");
        reasons.Change(desk.Catalogue.List("decline_reason").Select(reason => reason.Code).ToList().IndexOf("outside_area").ToString(System.Globalization.CultureInfo.InvariantCulture));
        panel.Find("#words-to-referrer").Input("Too far for you, I am afraid.");

        var preview = panel.Find("section.preview").TextContent;
        Assert.Contains("What Northgate Law will see", preview);
        Assert.Contains("Declined", preview);

        Press(panel, "Decline referral");
        panel.WaitForAssertion(() => Assert.Equal("Declined. The referrer is told why.", desk.Done));
        var seen = (await new ViewReferral(database.Database).Handle(await database.Actor(Solicitor), referral.Reference, Ct)).Value!;
        var line = new TimelineWords(desk.Catalogue).Of(seen.Timeline.Single(happened => happened.Action == "decline"));
        Assert.Contains(line.What, preview);
        Assert.Contains(line.Words!, preview);
    }

    [Fact]
    public async Task What_was_typed_stays_when_somebody_else_was_faster()
    {
        var (browser, panel, desk, referral) = await Open();
        await using var _ = browser;
        Press(panel, "Decline");
        panel.Find("#words-to-referrer").Input("Half an hour of careful words.");
        panel.Find("#reason").Change("0");
        await new AcceptReferral(database.Database, database.Catalogue()).Handle(await database.Actor(TriageWorld.SecondTriage), new(referral.Id, referral.Version, await database.Clinic(), null, Priority.Routine), Ct);

        Press(panel, "Decline referral");

        panel.WaitForAssertion(() => Assert.Contains("accepted the referral at", desk.Failed));
        panel.Render();
        Assert.Equal("Half an hour of careful words.", panel.Find("#words-to-referrer").GetAttribute("value"));
    }

    [Fact]
    public async Task Missing_funding_leads_to_the_standard_question_and_a_duplicate_to_its_reason()
    {
        var (browser, panel, desk, _) = await Open();
        await using var context = browser;
        await panel.InvokeAsync(() => panel.Instance.OfferQuestion("funding_authority"));
        Assert.Equal(desk.Catalogue.Coded("information_question", "funding_authority")!.Words, panel.Find("#words").GetAttribute("value"));
        await panel.InvokeAsync(() => panel.Instance.OfferDecline(DeclineReason.Duplicate));
        Assert.Equal(desk.Catalogue.Coded("decline_reason", "duplicate")!.Words, panel.Find("#words-to-referrer").GetAttribute("value"));
    }

    [Fact]
    public async Task A_suggested_clinic_is_taken_with_one_press()
    {
        var (browser, panel, desk, referral) = await Open();
        await using var _ = browser;
        Press(panel, "Accept");
        var first = panel.FindAll("button.suggestion")[0];
        Assert.Contains("about 1 mile · free ", first.TextContent);
        first.Click();
        Assert.Equal("true", panel.FindAll("button.suggestion")[0].GetAttribute("aria-pressed"));
        Press(panel, "Accept referral");
        panel.WaitForAssertion(() => Assert.StartsWith("Accepted.", desk.Done));
        Assert.Equal(ClinicOptions.Ranked(desk.Offers!, desk.Case.Referral.Services, null)[0].Clinic.Id, (await database.StoredAs(referral.Id)).ClinicId);
    }

    [Theory]
    [InlineData(ReferralState.Submitted, "Start triage", "Ask for information", "Decline", "Change priority")]
    [InlineData(ReferralState.InTriage, "Accept", "Ask for information", "Decline", "Forward to another clinic", "Change priority")]
    [InlineData(ReferralState.Accepted, "Forward to another clinic", "Change priority")]
    [InlineData(ReferralState.Declined)]
    public async Task Only_what_can_be_done_now_is_offered(ReferralState state, params string[] offered)
    {
        var (browser, panel, _, _) = await Open(state);
        await using var context = browser;
        Assert.Equal(offered, panel.FindAll("button").Select(button => button.TextContent.Trim()));
    }
}
