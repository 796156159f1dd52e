using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>
/// Each kind of organisation refers a patient, from signing in to the reference, and reads what it sent. The solicitor's way, on to the signed
/// report, is in <see cref="MainJobTests"/>.
/// </summary>
public sealed class AudienceTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task A_case_manager_refers_a_child_whose_mother_agreed()
    {
        await using var manager = await world.SignedIn(People.CaseManager);
        await Refer(manager, Audiences.CaseManager());
        await ReadDetails(manager);
        foreach (var words in (string[])["Ngozi Achebe", "has parental responsibility", "Thornley & Cross", "does not use the portal", "Held by the referrer", "Igbo", "Bruised growth plate"]) await manager.SeesText(words);
        manager.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task An_intermediary_refers_for_a_firm_that_then_sees_it_and_another_firm_does_not()
    {
        await using var agent = await world.SignedIn(People.Intermediary);
        var reference = await Refer(agent, Audiences.Intermediary());

        await using var instructing = await world.SignedIn(People.Solicitor);
        await instructing.Go("/referrals");
        await instructing.Page.GetByRole(AriaRole.Link, new() { Name = reference }).ClickAsync();
        await instructing.SeesText("sent the referral to the clinic");
        await ReadDetails(instructing);
        await instructing.SeesText("Instructing party");
        await instructing.SeesText("Cannot turn the head to the left.");

        await using var stranger = await world.SignedIn(People.Stranger);
        Assert.Equal(404, (await stranger.GoAstray($"/referrals/{reference}")).Status);
        foreach (var visitor in new[] { agent, instructing, stranger }) visitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task A_health_organisation_refers_with_clinical_history_and_without_a_claim()
    {
        await using var nurse = await world.SignedIn(People.Health);
        await Refer(nurse, Audiences.HealthOrganisation());
        await ReadDetails(nurse);
        foreach (var words in (string[])["Not known: New to the country", "Chapel Street Surgery", "Amlodipine 5 mg", "no fracture"]) await nurse.SeesText(words);
        Assert.DoesNotContain("Kind of claim", await nurse.Page.Locator("main").InnerTextAsync());
        nurse.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task An_employer_refers_for_fitness_for_work_and_sees_that_and_nothing_clinical()
    {
        await using var employer = await world.SignedIn(People.Employer);
        await Refer(employer, Audiences.Employer());
        await ReadDetails(employer);
        foreach (var words in (string[])["Fitness for work", "Lifts up to 20 kg all day.", "Checking deliveries, seated.", "Warehouse picker", "2 Sep"]) await employer.SeesText(words);
        var page = await employer.Page.Locator("main").InnerTextAsync();
        foreach (var clinical in (string[])["Pain when lifting above the shoulder.", "Strained shoulder", "Pain when referred", "Safety questions", "Medical history"]) Assert.DoesNotContain(clinical, page);
        employer.HadNothingToComplainAbout();
    }

    static async Task<string> Refer(Visitor referrer, FormPart[] parts)
    {
        await referrer.StartReferral();
        await referrer.Fill(parts);
        var reference = await referrer.SubmitAnswers();
        await referrer.Follow("View this referral");
        await referrer.IsAlive();
        await referrer.SeesText("sent the referral to the clinic");
        await referrer.Look();
        return reference;
    }

    static async Task ReadDetails(Visitor reader)
    {
        await reader.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Details") }).First.ClickAsync();
        await Expect(reader.Heading("Who is on this referral")).ToBeVisibleAsync();
        await reader.Look();
    }
}
