using Bunit;
using Microsoft.AspNetCore.Components.Web;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Summary;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Summary;

public sealed class SummaryPageTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    [Fact]
    public async Task It_has_the_reference_at_its_head_and_in_its_title_and_no_name_there()
    {
        var referral = await world.AddReferral();
        await using var browser = await world.SignedIn(Solicitor);
        var page = browser.Opened<SummaryPage>(view => view.Add(summary => summary.Typed, referral.Reference));
        Assert.Equal($"Referral {referral.Reference}", page.Find("h1").TextContent);
        Assert.Contains(ReferralWorld.Symptoms, page.Markup);
        var title = browser.Render(page.FindComponent<PageTitle>().Instance.ChildContent!).Markup;
        Assert.Equal($"{referral.Reference} summary – ReferralPortal", title);
    }

    [Theory]
    [InlineData(Funder, "CLAIM-4711")]
    [InlineData(Employer, "Maud")]
    public async Task It_shows_what_the_reader_may_see_and_nothing_else(string person, string seen)
    {
        var referral = person == Employer ? await world.AddReferral(referrer: Employer) : await world.AddReferral(others: [(person, PartyRole.Funder)]);
        await using var browser = await world.SignedIn(person);
        var page = browser.Opened<SummaryPage>(view => view.Add(summary => summary.Typed, referral.Reference));
        Assert.Contains(seen, page.Markup);
        foreach (var planted in (string[])[ReferralWorld.Symptoms, ReferralWorld.History, ReferralWorld.Told]) Assert.DoesNotContain(planted, page.Markup);
    }

    [Fact]
    public async Task One_of_others_is_not_found()
    {
        var referral = await world.AddReferral();
        await using var browser = await world.SignedIn(Stranger);
        var missing = false;
        browser.Address().OnNotFound += (_, _) => missing = true;
        var page = browser.Render<SummaryPage>(view => view.Add(summary => summary.Typed, referral.Reference));
        page.WaitForAssertion(() => Assert.True(missing));
        Assert.DoesNotContain("Maud", page.Markup);
    }

    [Fact]
    public async Task The_confirmation_says_what_happens_next_by_when_whom_to_ring_and_leads_on()
    {
        var (id, reference) = await ExampleForms.Submitted(world, await world.Actor(Solicitor));
        await using var browser = await world.SignedIn(Solicitor);
        var page = browser.Opened<SubmittedPage>(view => view.Add(submitted => submitted.DraftId, id));
        page.WaitForAssertion(() => Assert.Contains("Example clinic, Manchester", page.Markup));
        Assert.Contains("within 5 working days", page.Markup);
        Assert.Matches("of clinic time|working day", page.Markup); // as the hour has it
        Assert.Contains("0330 088 7800", page.Markup);
        var links = page.FindAll("a").Select(link => link.GetAttribute("href")).ToList();
        foreach (var way in (string[])["", "/amend", "/again", "/summary"]) Assert.Contains($"/referrals/{reference}{way}", links);
    }
}
