using Dapper;
using ReferralPortal.Testing;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>The pages that no walk leads over: each opened by its address, by whom it is for, and searched for accessibility faults in both themes.</summary>
public sealed class EveryPageTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task The_clinic_managers_pages_are_without_fault()
    {
        await using var lead = await world.SignedIn(People.Lead);
        await using var owner = await world.Database.Owner();
        var (clinic, person, firm) = (await owner.ExecuteScalarAsync<Guid>("select id from clinic order by name limit 1"),
            await owner.ExecuteScalarAsync<Guid>("select id from portal_user where user_name = @Clinician", new { People.Clinician }),
            await owner.ExecuteScalarAsync<Guid>("select organisation_id from portal_user where user_name = @Solicitor", new { People.Solicitor }));
        await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Solicitor));
        await Visit(lead,
        [
            "/admin", "/admin/clinics", $"/admin/clinics/{clinic}", "/admin/clinics/new", "/admin/people", $"/admin/people/{person}", "/admin/people/new", "/admin/organisations",
            "/admin/agreements", $"/admin/agreements/{firm}", "/admin/questions", "/admin/mail", "/admin/dashboard", "/admin/dashboard/referrals?measure=received", "/admin/dashboard/satisfaction",
            "/admin/payers", "/admin/measures", "/admin/fees", "/admin/fees/own", $"/admin/fees/{firm}", "/invoices", "/invoices/run",
            $"/admin/dashboard/report?organisation={firm}", "/notifications",
        ]);
    }

    [Fact]
    public async Task The_diary_and_the_booking_page_are_without_fault()
    {
        await using var triage = await world.SignedIn(People.Triage);
        var (_, reference) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Solicitor));
        await Visit(triage, ["/appointments?view=day", "/appointments?view=week", "/appointments?view=list", $"/triage/{reference}", "/referrals/to-close", $"/referrals/{reference}/statement"]);
        await using var clinician = await world.SignedIn(People.Clinician);
        await Visit(clinician, ["/appointments"]);
        await using var solicitor = await world.SignedIn(People.Solicitor);
        await Visit(solicitor, [$"/referrals/{reference}/recovery", "/portfolio", "/organisation"]);
        await using var anybody = await world.Visitor();
        await anybody.Page.GotoAsync("/verify");
        await anybody.Sees("Is this report genuine and current?");
        anybody.HadNothingToComplainAbout();
    }

    static async Task Visit(Visitor visitor, string[] addresses)
    {
        foreach (var address in addresses)
        {
            await visitor.Go(address);
            await visitor.Look();
            Assert.DoesNotContain("Page not found", await visitor.Page.Locator("main").InnerTextAsync());
        }
        visitor.HadNothingToComplainAbout();
    }
}
