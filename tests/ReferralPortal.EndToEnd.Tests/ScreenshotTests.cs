using Dapper;
using Microsoft.Playwright;
using ReferralPortal.Database.Seeds;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>The example data as the start command shows it.</summary>
public sealed class ExamplePortal(BrowserFixture browser) : RunningPortal(browser)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await DemoReferrals.Load(Database.OwnerConnection, SeedLoader.DefaultFolder, TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
    }
}

/// <summary>
/// The pages that people live in, looked at in light and dark, wide and on a phone: nothing reaches beyond the edge, nothing is inaccessible.
/// <c>PORTAL_SCREENSHOTS=docs/screenshots</c> keeps the pictures there; otherwise they go to a folder that is thrown away.
/// </summary>
public sealed class ScreenshotTests(ExamplePortal world) : IClassFixture<ExamplePortal>
{
    const string InTreatment = "select r.reference from referral r where r.state = 'in_treatment' and exists (select from referral_party p join organisation o on o.id = p.organisation_id where p.referral_id = r.id and o.name = 'Northgate Law') and (select count(*) from outcome_score s where s.referral_id = r.id) > 4 order by r.reference limit 1";

    [Theory]
    [InlineData("triage", People.Triage, "/triage?tab=all", false, false)]
    [InlineData("referral", People.Solicitor, "/referrals/{in-treatment}", false, false)]
    [InlineData("progress", People.Solicitor, "/referrals/{in-treatment}?tab=progress", false, false)]
    [InlineData("form-injury", People.Solicitor, "/referrals/new/{draft}/injury", false, false)]
    [InlineData("report", People.Solicitor, "{report}", false, false)]
    [InlineData("referrals-dark-phone", People.Solicitor, "/referrals", true, true)]
    [InlineData("home-dark", People.Lead, "/", true, false)]
    [InlineData("triage-phone", People.Triage, "/triage?tab=all", false, true)]
    [InlineData("progress-dark-phone", People.Solicitor, "/referrals/{in-treatment}?tab=progress", true, true)]
    public async Task A_page_keeps_within_its_edges_and_is_accessible(string name, string person, string address, bool dark, bool phone)
    {
        await using var owner = await world.Database.Owner();
        var reference = await owner.ExecuteScalarAsync<string>(InTreatment);
        address = address.Replace("{in-treatment}", reference)
            .Replace("{draft}", (await owner.ExecuteScalarAsync<Guid>("select id from referral_draft where form -> 'patient' ->> 'familyName' = 'Mulvaney'")).ToString())
            .Replace("{report}", "/reports/" + await owner.ExecuteScalarAsync<Guid>("select report.id from report join referral r on r.id = report.referral_id where r.reference = @reference and report.state = 'signed' order by signed_at limit 1", new { reference }));

        await using var visitor = await world.SignedIn(person, options =>
        {
            options.ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light;
            options.ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 860 };
            options.DeviceScaleFactor = phone ? 2 : 1;
        });
        await visitor.Go(address);
        await visitor.Look();
        await Expect(visitor.Page.Locator("h1").First).ToBeVisibleAsync();
        Assert.Equal(0, await TooWide(visitor));

        var folder = Environment.GetEnvironmentVariable("PORTAL_SCREENSHOTS") is { Length: > 0 } chosen ? Path.Combine(ReferralPortal.Database.Local.LocalFolders.Repository, chosen) : Path.Combine(Path.GetTempPath(), "portal-screenshots");
        Directory.CreateDirectory(folder);
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
        visitor.HadNothingToComplainAbout();
    }

    /// <summary>WCAG 2.2, 1.4.10 (reflow): nobody scrolls sideways at 320 px, which is also what four times the size leaves of a screen.</summary>
    [Fact]
    public async Task No_page_is_wider_than_the_smallest_phone()
    {
        await using var owner = await world.Database.Owner();
        var reference = await owner.ExecuteScalarAsync<string>(InTreatment);
        var report = await owner.ExecuteScalarAsync<Guid>("select report.id from report join referral r on r.id = report.referral_id where r.reference = @reference and report.state = 'signed' limit 1", new { reference });
        var clinic = await owner.ExecuteScalarAsync<Guid>("select id from clinic order by name limit 1");
        var draft = await owner.ExecuteScalarAsync<Guid>("select id from referral_draft where form -> 'patient' ->> 'familyName' = 'Mulvaney'");
        (string Person, string[] Addresses)[] everybody =
        [
            (People.Solicitor, ["/", "/referrals", "/referrals/new", "/portfolio", "/organisation", "/help", "/help/conditions/muscular-spasm-upper-back", $"/reports/{report}", .. Form(draft), .. Referral(reference!), $"/referrals/{reference}/recovery"]),
            (People.Triage, ["/", "/triage?tab=all", $"/triage/{reference}", "/appointments?view=day", "/appointments?view=week", "/appointments?view=list", "/referrals/to-close", "/invoices", "/notifications", .. Referral(reference!)]),
            (People.Clinician, ["/", "/caseload", "/caseload?tab=everybody", $"/referrals/{reference}/care", $"/referrals/{reference}/measures/nprs", "/appointments"]),
            (People.Funder, ["/", "/approvals", "/approvals?tab=answered", "/referrals"]),
            (People.Lead, ["/", "/admin", "/admin/clinics", $"/admin/clinics/{clinic}", "/admin/people", "/admin/organisations", "/admin/agreements", "/admin/dashboard", "/admin/payers", "/admin/measures", "/admin/fees", "/invoices/run"]),
            (People.Auditor, ["/", "/audit"]),
        ];
        List<string> wrong = [];
        foreach (var (person, addresses) in everybody)
        {
            await using var visitor = await world.SignedIn(person, options => options.ViewportSize = new() { Width = 320, Height = 720 });
            foreach (var address in addresses)
            {
                await visitor.Go(address);
                await Expect(visitor.Page.Locator(".skeleton, [aria-busy=true]")).ToHaveCountAsync(0);
                await Expect(visitor.Page.Locator("h1").First).ToBeVisibleAsync();
                if (await visitor.Heading("Page not found").CountAsync() > 0) wrong.Add($"{address} of {person} is not there");
                if (await TooWide(visitor) is var pixels and > 0) wrong.Add($"{address} of {person} is {pixels} px too wide");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    static IEnumerable<string> Referral(string reference) => new[] { "details", "progress", "appointments", "funding", "documents", "messages", "history" }.Select(tab => $"/referrals/{reference}?tab={tab}");

    static IEnumerable<string> Form(Guid draft) => new[] { "", "/patient", "/incident", "/injury", "/safety", "/claim", "/funding", "/services", "/documents", "/consent", "/check" }.Select(section => $"/referrals/new/{draft}{section}");

    static Task<int> TooWide(Visitor visitor) => visitor.Page.EvaluateAsync<int>("() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)");
}
