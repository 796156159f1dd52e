using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Web.Platform.SignIn;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.SignIn;

public sealed class SignInTests(SignInWorld world) : IClassFixture<SignInWorld>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_known_person_of_a_known_directory_is_let_in_with_the_rights_that_the_database_gives()
    {
        using var visitor = new Visitor(world.Portal);
        var home = await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal("/", home.Path);
        Assert.Contains("portal_user_id=33333333-0000-0000-0000-000000000002", home.Body);
        Assert.Contains("organisation_id=22222222-0000-0000-0000-000000000001", home.Body);
        Assert.Contains("name=Owen Price", home.Body);
        Assert.Contains("roles=referrer\nroles=organisation_administrator", home.Body);
        Assert.DoesNotContain("preferred_username", home.Body);
    }

    [Fact]
    public async Task The_first_sign_in_links_the_account_and_the_audit_trail_says_so_once()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Solicitor);
        using var again = new Visitor(world.Portal);
        await again.SignIn(SignInWorld.Solicitor);

        Assert.Equal(SignInWorld.Solicitor.ObjectId, await world.Ask<Guid>("select directory_object_id from portal_user where id = '33333333-0000-0000-0000-000000000001'"));
        Assert.Equal(1, await world.Ask<int>("select count(*) from audit_entry where action = 'link_account' and subject_id = '33333333-0000-0000-0000-000000000001'"));
        Assert.True(await world.Ask<int>("select count(*) from audit_entry where action = 'sign_in' and actor_id = '33333333-0000-0000-0000-000000000001'") >= 2);
    }

    [Fact]
    public async Task A_second_directory_account_with_the_same_name_cannot_steal_the_link()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);

        var sessions = world.Services.GetRequiredService<PortalSessions>();
        var (person, outcome) = await sessions.Begin(SignInWorld.NorthgateDirectory, Guid.NewGuid(), SignInWorld.Partner.UserName, Ct);

        Assert.Null(person);
        Assert.Equal("unknown_person", outcome);
        Assert.Equal(SignInWorld.Partner.ObjectId, await world.Ask<Guid>("select directory_object_id from portal_user where id = '33333333-0000-0000-0000-000000000002'"));
    }

    [Fact]
    public async Task Of_many_first_sign_ins_at_once_under_one_name_one_account_is_linked()
    {
        await world.Sql("""
            insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles)
            values ('33333333-0000-0000-0000-0000000000aa', '22222222-0000-0000-0000-000000000001', '11111111-0000-0000-0000-000000000001', 'busy@northgate-law.example', 'Busy Person', '{referrer}')
            """);
        var sessions = world.Services.GetRequiredService<PortalSessions>();
        Guid[] accounts = [Guid.NewGuid(), Guid.NewGuid()];
        var entries = await Task.WhenAll(Enumerable.Range(0, 16).Select(async turn =>
            (Account: accounts[turn % 2], (await sessions.Begin(SignInWorld.NorthgateDirectory, accounts[turn % 2], "Busy@northgate-law.example", Ct)).Person)));

        var winner = await world.Ask<Guid>("select directory_object_id from portal_user where id = '33333333-0000-0000-0000-0000000000aa'");
        Assert.All(entries, entry => Assert.Equal(entry.Account == winner, entry.Person is not null));
        Assert.Equal(1, await world.Ask<int>("select count(*) from audit_entry where action = 'link_account' and subject_id = '33333333-0000-0000-0000-0000000000aa'"));
    }

    [Fact]
    public async Task A_foreign_directory_is_refused_even_where_an_account_of_that_name_waits_for_its_first_sign_in()
    {
        using var visitor = new Visitor(world.Portal);
        var page = await visitor.SignIn(SignInWorld.Stranger);

        Assert.Equal("/access-denied", page.Path);
        Assert.Contains("0330 088 7800", page.Body);
        Assert.DoesNotContain("Northgate", page.Body);
        Assert.DoesNotContain("Sam Field", page.Body);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
        Assert.Null(await world.Ask<Guid?>("select directory_object_id from portal_user where user_name = 'stranger@elsewhere.example'"));
    }

    [Fact]
    public async Task A_person_whom_nobody_added_is_refused_though_the_directory_is_known()
    {
        using var visitor = new Visitor(world.Portal);
        Assert.Equal("/access-denied", (await visitor.SignIn(SignInWorld.Unknown)).Path);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task After_a_refusal_a_different_account_can_be_chosen()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Unknown);
        var choice = await visitor.Open("/sign-in/start?choose=true");
        Assert.StartsWith("/devidp/", choice.Path);
        Assert.Contains("portal_user_id=33333333-0000-0000-0000-000000000002", (await visitor.FillIn(choice, SignInWorld.Partner)).Body);
    }

    [Fact]
    public async Task A_wrong_password_stays_at_the_provider_and_says_so()
    {
        using var visitor = new Visitor(world.Portal);
        var page = await visitor.SignIn(SignInWorld.Partner, password: "wrong");
        Assert.StartsWith("/devidp/", page.Path);
        Assert.Contains("There is a problem", page.Body);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task A_person_disabled_in_the_database_is_out_within_the_interval()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Leaver);
        Assert.Equal("/", (await visitor.Open("/")).Path);

        await world.Sql("update portal_user set disabled_at = now() where id = '33333333-0000-0000-0000-000000000003'");
        await Task.Delay(700, Ct);

        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
        Assert.Equal("/access-denied", (await visitor.Open("/sign-in/start")).Path); // the provider's own session goes on
        await world.Sql("update portal_user set disabled_at = null where id = '33333333-0000-0000-0000-000000000003'");
    }

    [Theory]
    [InlineData("update organisation set disabled_at = now() where id = '22222222-0000-0000-0000-000000000002'")]
    [InlineData("update organisation set directory_tenant_id = null where id = '22222222-0000-0000-0000-000000000002'")]
    public async Task When_an_organisation_may_no_longer_come_in_its_people_are_out_within_the_interval(string change)
    {
        await world.Sql("update organisation set disabled_at = null, directory_tenant_id = '11111111-0000-0000-0000-000000000002' where id = '22222222-0000-0000-0000-000000000002'");
        using var visitor = new Visitor(world.Portal);
        Assert.Equal("/", (await visitor.SignIn(SignInWorld.Neighbour)).Path);
        await world.Sql(change);
        await Task.Delay(700, Ct);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task A_person_whose_roles_change_goes_on_with_the_new_ones()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Solicitor);
        Assert.Equal("/access-denied", (await visitor.Open("/only-for-clinicians")).Path);

        await world.Sql("update portal_user set roles = '{clinician}' where id = '33333333-0000-0000-0000-000000000001'");
        await Task.Delay(700, Ct);
        Assert.Equal("clinicians", (await visitor.Open("/only-for-clinicians")).Body);

        await world.Sql("update portal_user set roles = '{referrer}' where id = '33333333-0000-0000-0000-000000000001'");
        await Task.Delay(700, Ct);
        Assert.Equal("/access-denied", (await visitor.Open("/only-for-clinicians")).Path);
    }

    [Fact]
    public async Task An_open_page_of_a_disabled_person_turns_into_nobodys_within_the_interval()
    {
        var (person, _) = await world.Services.GetRequiredService<PortalSessions>().Begin(SignInWorld.NorthgateDirectory, SignInWorld.Partner.ObjectId, SignInWorld.Partner.UserName, Ct);
        await using var page = world.Services.CreateAsyncScope();
        var authentication = (ServerAuthenticationStateProvider)page.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        authentication.SetAuthenticationState(Task.FromResult(new AuthenticationState(person!)));
        var changed = new TaskCompletionSource<ClaimsPrincipal>();
        authentication.AuthenticationStateChanged += async change => changed.TrySetResult((await change).User);

        await Task.Delay(1200, Ct);
        Assert.False(changed.Task.IsCompleted); // asked at least once by now, and still welcome

        await world.Sql("update portal_user set disabled_at = now() where id = '33333333-0000-0000-0000-000000000002'");
        try
        {
            var left = await changed.Task.WaitAsync(TimeSpan.FromSeconds(5), Ct);
            Assert.Null(left.PersonId());
        }
        finally
        {
            await world.Sql("update portal_user set disabled_at = null where id = '33333333-0000-0000-0000-000000000002'");
        }
    }

    [Fact]
    public async Task Signing_out_ends_the_portals_session_and_the_providers()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal("/signed-out", (await visitor.SignOut()).Path);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
        var start = await visitor.Open("/sign-in/start");
        Assert.StartsWith("/devidp/", start.Path); // asks again who is there
        Assert.Contains("Password", start.Body);
    }

    [Fact]
    public async Task A_copied_cookie_is_worth_nothing_after_signing_out()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        using var thief = new Visitor(world.Portal);
        thief.Cookies.Add(visitor.Cookies.GetCookies(world.Portal));
        Assert.Equal("/", (await thief.Open("/")).Path);
        await visitor.SignOut();
        Assert.Equal("/sign-in", (await thief.Open("/")).Path);
    }

    [Fact]
    public async Task Signing_out_needs_the_forms_token()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.Post("/sign-out")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.Post("/sign-out", ("__RequestVerificationToken", "made up"))).Status);
        Assert.Equal("/", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task Signing_out_twice_lands_on_the_same_page()
    {
        using var visitor = new Visitor(world.Portal);
        Assert.Equal("/signed-out", (await visitor.Post("/sign-out")).Path);
    }

    [Theory]
    [InlineData("/only-for-clinicians?tab=a", "/only-for-clinicians?tab=a")]
    [InlineData("//elsewhere.example/", "/")]
    [InlineData("/%5Celsewhere.example", "/")]
    [InlineData("https://elsewhere.example/", "/")]
    public async Task After_signing_in_the_way_leads_into_the_portal_and_nowhere_else(string wanted, string expected)
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        var step = await visitor.Send(HttpMethod.Get, "/sign-in/start?returnUrl=" + Uri.EscapeDataString(wanted));
        Assert.Equal(new Uri(world.Portal, expected), step.Next);

        using var newcomer = new Visitor(world.Portal);
        var arrival = await newcomer.SignIn(SignInWorld.Partner, wanted);
        Assert.Equal(world.Portal.Authority, arrival.Address.Authority);
        Assert.Contains(arrival.Path, new[] { "/", "/access-denied" });
    }

    [Fact]
    public async Task An_answer_that_was_not_asked_for_is_refused()
    {
        using var visitor = new Visitor(world.Portal);
        var page = await visitor.Open("/signin-oidc?code=made-up&state=made-up");
        Assert.Equal("/sign-in", page.Path);
        Assert.Contains("There is a problem", page.Body);
    }

    [Fact]
    public async Task A_session_ends_after_eight_hours_however_much_it_is_used()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var visitor = new Visitor(SignInWorld.Address(await world.StartPortal(clock)));
        await visitor.SignIn(SignInWorld.Partner);
        for (var use = 0; use < 23; use++)
        {
            clock.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal("/", (await visitor.Open("/")).Path);
        }
        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
    }

    [Fact]
    public async Task A_session_that_is_not_used_for_half_an_hour_ends()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var visitor = new Visitor(SignInWorld.Address(await world.StartPortal(clock)));
        await visitor.SignIn(SignInWorld.Partner);
        for (var use = 0; use < 3; use++)
        {
            clock.Advance(TimeSpan.FromMinutes(25));
            Assert.Equal(HttpStatusCode.NoContent, (await visitor.Send(HttpMethod.Post, "/session")).Status);
        }
        clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.Send(HttpMethod.Post, "/session")).Status);
    }

    [Fact]
    public async Task A_page_that_lay_unused_ends_its_session_here_and_not_at_the_provider()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal(HttpStatusCode.OK, (await visitor.Send(HttpMethod.Post, "/session/end")).Status);
        Assert.Equal("/sign-in", (await visitor.Open("/")).Path);
        Assert.Equal("/", (await visitor.Open("/sign-in/start")).Path);
    }

    [Fact]
    public async Task The_provider_may_stand_on_another_origin()
    {
        var provider = await world.StartProvider();
        var portal = SignInWorld.Address(await world.StartPortal(provider));
        using var visitor = new Visitor(portal);

        var home = await visitor.SignIn(SignInWorld.Partner);
        Assert.Equal(portal, home.Address);
        Assert.Contains($"form-action 'self' {provider.GetLeftPart(UriPartial.Authority)}", home.Headers["Content-Security-Policy"]);

        Assert.Equal(new Uri(portal, "/signed-out"), (await visitor.SignOut()).Address);
        Assert.Equal(provider.Authority, (await visitor.Open("/sign-in/start")).Address.Authority);
    }

    [Fact]
    public async Task Neither_names_nor_addresses_of_people_nor_codes_are_logged()
    {
        using var visitor = new Visitor(world.Portal);
        await visitor.SignIn(SignInWorld.Partner);
        await visitor.SignOut();
        using var stranger = new Visitor(world.Portal);
        await stranger.SignIn(SignInWorld.Stranger);

        var log = world.Log.Text;
        Assert.Contains("Sign-in refused: unknown_directory", log);
        Assert.DoesNotContain("@", log);
        Assert.DoesNotContain("Owen", log);
        Assert.DoesNotContain("Field", log);
        Assert.DoesNotContain("code=", log);
    }
}
