using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Clinics.Manage;
using ReferralPortal.Web.Features.People;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Managing;

public sealed class ManagePeopleTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    ReadPeople Reading => new(database.Database);
    SaveAccount Saving => new(database.Database);
    DisableAccount Disabling => new(database.Database);
    SavePattern Patterns => new(database.Database);
    SaveLeave Leaves => new(database.Database);

    static int last;

    async Task<ManagedPerson> Read(Guid id) => (await Reading.One(await database.Actor(Lead), id, Ct)).Value!;

    Task<Guid> Organisation(string kind) => database.Ask<Guid>("select id from organisation where kind = @kind order by name limit 1", new { kind });

    /// <summary>A new clinician of the clinic group.</summary>
    async Task<ManagedPerson> ClinicianAdded()
    {
        var outcome = await Saving.Handle(await database.Actor(Lead), await NewClinician(), Ct);
        return await Read(outcome.Value);
    }

    async Task<SaveAccount.Command> NewClinician() => new(null, 0)
    {
        Organisation = await Organisation("clinic_group"), UserName = $"new{Interlocked.Increment(ref last)}@clinic.example", Name = "Nia Owen", Roles = [Role.Clinician], HcpcNumber = "ph 123456",
        Skills = "hydrotherapy, Spinal injuries; Hydrotherapy", Languages = "welsh",
    };

    static SavePattern.Line Line(int weekday, Guid clinic, string starts = "09:00", string ends = "17:00") => new(weekday, clinic, starts, ends);

    static readonly DateOnly Today = LondonTime.DateOf(DateTimeOffset.UtcNow);

    [Fact]
    public async Task An_account_is_added_signs_in_by_its_directory_and_is_changed()
    {
        var lead = await database.Actor(Lead);
        var added = await ClinicianAdded();
        Assert.Equal(("PH123456", false, 1), (added.HcpcNumber, added.Linked, added.Version));
        // As they are spelt already.
        Assert.Equal(["Hydrotherapy", "Spinal injuries"], added.Skills);
        Assert.Equal(["Welsh"], added.Languages);
        Assert.Equal("linked", await database.Ask<string>(
            "select outcome from portal.sign_in((select directory_tenant_id from organisation where kind = 'clinic_group'), gen_random_uuid(), upper(@UserName))", added));

        var linked = await Read(added.Id);
        Assert.True(linked.Linked);
        SaveAccount.Command change = new(added.Id, linked.Version) { Name = "Nia Owen-Price", Roles = [Role.ClinicAdministrator], HcpcNumber = "" };
        Assert.True((await Saving.Handle(lead, change, Ct)).IsDone);
        var changed = await Read(added.Id);
        Assert.Equal(("Nia Owen-Price", added.UserName, (string?)null), (changed.Name, changed.UserName, changed.HcpcNumber));
        Assert.Equal(["clinic_administrator"], changed.Roles);
        Assert.Equal("Joanne Birtles", Assert.IsType<Failure.Conflict>((await Saving.Handle(lead, change, Ct)).Failure).ChangedBy);
        Assert.Equal(["add_account", "save_account"], await Audited(added.Id));
    }

    async Task<string[]> Audited(Guid subject) => (await database.Ask<string[]>("select array_agg(action order by sequence) from audit_entry where subject_id = @subject and action not in ('sign_in', 'link_account')", new { subject }))!;

    [Fact]
    public async Task What_is_typed_wrong_is_said_beside_its_field()
    {
        var lead = await database.Actor(Lead);
        var good = await NewClinician();
        foreach (var (wrong, field) in new (SaveAccount.Command, string)[]
        {
            (good with { Organisation = null }, "Organisation"), (good with { Organisation = Guid.NewGuid() }, "Organisation"), (good with { UserName = "nobody" }, "UserName"), (good with { UserName = Clinician }, "UserName"),
            (good with { Name = "  " }, "Name"), (good with { Roles = [] }, "Roles"), (good with { Roles = [Role.Referrer] }, "Roles"), (good with { Roles = [Role.System] }, "Roles"),
            (good with { HcpcNumber = "" }, "HcpcNumber"), (good with { HcpcNumber = "P12" }, "HcpcNumber"), (good with { Skills = new string('x', 51) }, "Skills"),
            (good with { Languages = string.Join(',', Enumerable.Range(1, 21)) }, "Languages"), (good with { JobTitle = new string('x', 101) }, "JobTitle"),
            (good with { Organisation = await Organisation("funder"), Roles = [Role.Clinician] }, "Roles"),
        }) Assert.Equal([field], Assert.IsType<Failure.Invalid>((await Saving.Handle(lead, wrong, Ct)).Failure).Errors.Keys);
        Assert.True((await Saving.Handle(lead, good with { Organisation = await Organisation("funder"), Roles = [Role.Funder], HcpcNumber = "" }, Ct)).IsDone);
    }

    [Fact]
    public async Task Nobody_locks_themselves_out_and_the_portal_s_own_account_is_not_there()
    {
        var lead = await database.Actor(Lead);
        var own = await Read(lead.UserId);
        Assert.Equal(["Roles"], Assert.IsType<Failure.Invalid>((await Saving.Handle(lead, new(own.Id, own.Version) { Name = own.Name, Roles = [Role.Auditor] }, Ct)).Failure).Errors.Keys);
        Assert.IsType<Failure.Refused>((await Disabling.Handle(lead, new(own.Id, own.Version, false, true), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Disabling.Organisation(lead, new(lead.OrganisationId, 1, false, true), Ct)).Failure);
        Assert.Same(Outcome.Missing, (await Reading.One(lead, Actor.SystemUserId, Ct)).Failure);
        Assert.Same(Outcome.Missing, (await Saving.Handle(lead, new(Actor.SystemUserId, 1) { Name = "Mine", Roles = [Role.Auditor] }, Ct)).Failure);
        Assert.NotNull((await Disabling.Handle(lead, new(Actor.SystemUserId, 1, false, true), Ct)).Failure);
        Assert.Null(await database.Ask<DateTime?>("select disabled_at from portal_user where id = @SystemUserId", new { Actor.SystemUserId }));
    }

    [Fact]
    public async Task Whoever_is_disabled_is_out_and_comes_in_again_and_an_organisation_likewise()
    {
        var lead = await database.Actor(Lead);
        var person = await Read((await database.Actor(Employer)).UserId);
        Assert.True((await Disabling.Handle(lead, new(person.Id, person.Version, false, false), Ct)).Value!.Saved);
        await Assert.ThrowsAsync<StandingLostException>(() => database.Actor(Employer));
        Assert.IsType<Failure.Conflict>((await Disabling.Handle(lead, new(person.Id, person.Version, true, false), Ct)).Failure);
        Assert.True((await Disabling.Handle(lead, new(person.Id, person.Version + 1, true, false), Ct)).Value!.Saved);

        var firm = (await new ListOrganisations(database.Database).Handle(lead, Ct)).Value!.Single(one => one.Id == person.OrganisationId);
        Assert.NotNull(firm.DirectoryTenantId);
        Assert.True((await Disabling.Organisation(lead, new(firm.Id, firm.Version, false, true), Ct)).IsDone);
        await Assert.ThrowsAsync<StandingLostException>(() => database.Actor(Employer));
        Assert.IsType<Failure.Conflict>((await Disabling.Organisation(lead, new(firm.Id, firm.Version, true, true), Ct)).Failure);
        Assert.True((await Disabling.Organisation(lead, new(firm.Id, firm.Version + 1, true, true), Ct)).IsDone);
        Assert.NotNull(await database.Actor(Employer));
        Assert.Equal(["disable_account", "enable_account"], await Audited(person.Id));
    }

    [Fact]
    public async Task A_week_holds_from_its_first_day_and_what_was_before_stays()
    {
        var (lead, person, clinic) = (await database.Actor(Lead), await ClinicianAdded(), await database.Clinic());
        SavePattern.Command command = new(person.Id, person.Version, DateParts.Of(Today), DateParts.Empty, [Line(1, clinic), Line(2, clinic)], false);
        Assert.True((await Patterns.Handle(lead, command, Ct)).Value!.Saved);
        Assert.IsType<Failure.Conflict>((await Patterns.Handle(lead, command, Ct)).Failure);

        // Two weeks of another one, after which it goes on as before.
        var (from, until) = (Today.AddDays(7), Today.AddDays(20));
        Assert.True((await Patterns.Handle(lead, command with { Version = person.Version + 1, From = DateParts.Of(from), Until = DateParts.Of(until), Lines = [Line(5, clinic, "10", "14.30")] }, Ct)).Value!.Saved);
        Assert.Equal(
            [
                (1, Today, from.AddDays(-1)), (2, Today, from.AddDays(-1)), (5, from, until), (1, until.AddDays(1), null), (2, until.AddDays(1), (DateOnly?)null),
            ],
            (await Read(person.Id)).Hours.Select(line => (line.Weekday, line.ValidFrom, line.ValidUntil)));

        // Nothing at all, from a day in the middle of them.
        Assert.True((await Patterns.Handle(lead, command with { Version = person.Version + 2, From = DateParts.Of(from.AddDays(2)), Lines = [] }, Ct)).Value!.Saved);
        Assert.All((await Read(person.Id)).Hours, line => Assert.True(line.ValidUntil <= from.AddDays(1)));
        Assert.Equal(["add_account", "save_pattern", "save_pattern", "save_pattern"], await Audited(person.Id));
    }

    [Fact]
    public async Task A_week_that_cannot_be_is_refused()
    {
        var (lead, person, clinic) = (await database.Actor(Lead), await ClinicianAdded(), await database.Clinic());
        SavePattern.Command good = new(person.Id, person.Version, DateParts.Of(Today), DateParts.Empty, [Line(1, clinic)], false);
        foreach (var (wrong, field) in new (SavePattern.Command, string)[]
        {
            (good with { From = DateParts.Of(Today.AddDays(-1)) }, "From"), (good with { From = DateParts.Empty }, "From"), (good with { Until = DateParts.Of(Today.AddDays(-1)) }, "Until"),
            (good with { Lines = [Line(1, Guid.NewGuid())] }, "Clinic0"), (good with { Lines = [Line(1, clinic, "9:00", "8:00")] }, "Ends0"), (good with { Lines = [Line(1, clinic, "x")] }, "Starts0"),
            (good with { Lines = [Line(8, clinic)] }, "Weekday0"), (good with { Lines = [Line(1, clinic), Line(1, clinic, "16:30", "18:00")] }, "Starts1"),
            (good with { Lines = [.. Enumerable.Repeat(Line(1, clinic), 29)] }, ""),
        }) Assert.Contains(field, Assert.IsType<Failure.Invalid>((await Patterns.Handle(lead, wrong, Ct)).Failure).Errors.Keys);
        Assert.Same(Outcome.Missing, (await Patterns.Handle(lead, good with { Clinician = (await database.Actor(Triage)).UserId }, Ct)).Failure);
        await using var owner = await database.Owner();
        Assert.True((await Patterns.Handle(lead, good, Ct)).Value!.Saved);
        var twice = await Assert.ThrowsAsync<PostgresException>(() => database.Run(
            "insert into working_pattern (id, clinician_id, clinic_id, weekday, starts, ends, valid_from) values (gen_random_uuid(), @Id, @clinic, 1, '16:00', '18:00', @Today)", new { person.Id, clinic, Today }));
        Assert.Equal("working_pattern_not_in_two_places", twice.ConstraintName);
    }

    [Fact]
    public async Task Leave_and_a_new_week_warn_of_what_is_booked_and_cancel_nothing()
    {
        var (lead, person, clinic) = (await database.Actor(Lead), await ClinicianAdded(), await database.Clinic());
        var day = TriageWorld.Form(clinic, person.Id).Date.ToDate()!.Value;
        var referral = await database.AddReferral();
        var appointment = Guid.NewGuid();
        await database.Run("insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at) values (@appointment, @referral, 'treatment', @clinic, @clinician, @from, @until)",
            new { appointment, referral = referral.Id, clinic, clinician = person.Id, from = LondonTime.Instant(day, new(10, 0)).UtcDateTime, until = LondonTime.Instant(day, new(10, 45)).UtcDateTime });

        SaveLeave.Command leave = new(person.Id, DateParts.Of(day), "10:30", DateParts.Empty, "", "Dentist", false);
        var asked = (await Leaves.Handle(lead, leave, Ct)).Value!;
        Assert.Equal((false, referral.Reference, "Nia Owen"), (asked.Saved, asked.Affected.Single().Reference, asked.Affected[0].Clinician));
        Assert.Empty((await Leaves.Handle(lead, leave with { FirstTime = "10:45" }, Ct)).Value!.Affected);
        Assert.True((await Leaves.Handle(lead, leave with { Confirmed = true, Last = DateParts.Of(day.AddDays(1)), LastTime = "07:00" }, Ct)).Value!.Saved);
        var kept = (await Read(person.Id)).Leave;
        Assert.Equal([(LondonTime.Instant(day, new(10, 30)), LondonTime.Instant(day.AddDays(1), new(7, 0))), (LondonTime.Instant(day, new(10, 45)), LondonTime.Instant(day.AddDays(1), TimeOnly.MinValue))],
            kept.Select(one => (one.StartsAt, one.EndsAt)));
        Assert.IsType<Failure.Conflict>((await Leaves.Remove(lead, kept[0].Id, kept[0].Version + 1, Ct)).Failure);
        Assert.True((await Leaves.Remove(lead, kept[0].Id, kept[0].Version, Ct)).IsDone);
        Assert.DoesNotContain("Dentist", await database.Ask<string>("select string_agg(detail::text, ' ') from audit_entry where action = 'save_leave'"));

        var weekday = Weekdays.Of(day);
        SavePattern.Command week = new(person.Id, person.Version, DateParts.Of(Today), DateParts.Empty, [Line(weekday, clinic, "11:00")], false);
        Assert.False((await Patterns.Handle(lead, week, Ct)).Value!.Saved);
        Assert.Empty((await Read(person.Id)).Hours);
        Assert.True((await Patterns.Handle(lead, week with { Lines = [Line(weekday, clinic, "10:00")] }, Ct)).Value!.Saved);
        Assert.False((await Disabling.Handle(lead, new(person.Id, person.Version + 1, false, false), Ct)).Value!.Saved);
        Assert.True((await Disabling.Handle(lead, new(person.Id, person.Version + 1, false, true), Ct)).Value!.Saved);
        Assert.Equal("booked", await database.Ask<string>("select state from appointment where id = @appointment", new { appointment }));
        foreach (var (wrong, field) in new[] { (leave with { First = DateParts.Empty }, "First"), (leave with { First = DateParts.Of(Today.AddDays(-9)) }, "First"), (leave with { LastTime = "09:00" }, "Last"), (leave with { FirstTime = "soon" }, "FirstTime") })
            Assert.Equal([field], Assert.IsType<Failure.Invalid>((await Leaves.Handle(lead, wrong, Ct)).Failure).Errors.Keys);
    }

    [Fact]
    public async Task The_list_narrows_by_name_organisation_and_role()
    {
        var lead = await database.Actor(Lead);
        async Task<string[]> Found(PeopleFilter filter) => [.. (await Reading.All(lead, filter, Ct)).Value!.Select(person => person.UserName)];
        Assert.Equal([Solicitor], await Found(new("amara OK")));
        Assert.Equal([Solicitor], await Found(new("solicitor@north")));
        Assert.Empty(await Found(new("%")));
        Assert.Contains(Funder, await Found(new(null, await Organisation("funder"))));
        Assert.DoesNotContain(Solicitor, await Found(new(null, await Organisation("funder"))));
        Assert.Equal([Lead], await Found(new(null, null, Role.ClinicManager)));
        Assert.DoesNotContain("portal@system.invalid", await Found(new()));
    }

    [Fact]
    public async Task It_is_for_the_clinic_manager_by_each_wall_alone()
    {
        var lead = await database.Actor(Lead);
        var clinician = (await database.Actor(Clinician)).UserId;
        await database.Run("update portal_user set roles = '{clinic_manager}' where user_name = @Stranger", new { Stranger });
        try
        {
            foreach (var name in (string[])[Stranger, Partner, Triage, Clinician, Auditor])
            {
                var person = await database.Actor(name);
                foreach (var failure in await All(database.WithoutRowLevelSecurity(), person)) Assert.True(failure is Failure.Refused or Failure.Missing, $"{name}: {failure}");
                foreach (var failure in await All(database.Database, person.DisguisedAs(lead))) Assert.NotNull(failure);
            }
            Assert.All(await All(database.Database, lead), Assert.Null);
        }
        finally
        {
            await database.Run("update portal_user set roles = '{referrer}' where user_name = @Stranger; delete from leave", new { Stranger });
        }

        async Task<IReadOnlyList<Failure?>> All(PortalDatabase through, Actor actor)
        {
            var version = await database.Ask<int>("select version from portal_user where id = @clinician", new { clinician });
            var reading = await new ReadPeople(through).One(actor, clinician, Ct);
            return
            [
                reading.Failure,
                (await new SaveAccount(through).Handle(actor, await NewClinician(), Ct)).Failure,
                (await new DisableAccount(through).Handle(actor, new(clinician, version, true, true), Ct)).Failure,
                (await new SavePattern(through).Handle(actor, new(clinician, actor.UserId == lead.UserId ? version + 1 : version, DateParts.Of(Today.AddDays(700)), DateParts.Empty, [], true), Ct)).Failure,
                (await new SaveLeave(through).Handle(actor, new(clinician, DateParts.Of(Today.AddDays(300)), "", DateParts.Empty, "", "", true), Ct)).Failure,
            ];
        }
    }

    [Fact]
    public async Task Past_the_use_cases_the_database_lets_nobody_else_write_accounts_or_organisations()
    {
        foreach (var name in (string[])[Solicitor, Partner, Triage, Auditor])
        {
            var person = await database.Actor(name);
            foreach (var sql in (string[])
            [
                "update organisation set name = name where kind = 'funder' returning id", "update portal_user set roles = roles where user_name = 'lead@clinic.example' returning id",
                "update clinic set name = name returning id", "update room set name = name returning id", "update working_pattern set starts = starts returning id", "delete from leave returning id",
            ]) Assert.Empty((await database.Database.Write<List<Guid>>(person, async unit => await unit.Many<Guid>(sql), Ct)).Value!);
        }
    }

    [Fact]
    public async Task A_firm_s_administrator_makes_nobody_of_the_clinic_even_past_the_use_cases()
    {
        var partner = await database.Actor(Partner);
        foreach (var role in (string[])["clinic_manager", "clinician", "auditor", "system"])
        {
            var fault = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.Database.Write<int>(partner,
                async unit => await unit.Run("update portal_user set roles = array[@role] where user_name = @Solicitor", new { role, Solicitor }), Ct));
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, fault.SqlState);
        }
        Assert.Equal(1, (await database.Database.Write<int>(partner, async unit => await unit.Run("update portal_user set roles = roles where user_name = @Solicitor", new { Solicitor }), Ct)).Value);
    }

    [Fact]
    public async Task Loading_the_examples_again_leaves_what_a_manager_changed()
    {
        var lead = await database.Actor(Lead);
        var luke = await Read(await database.Ask<Guid>("select id from portal_user where user_name = 'luke.fairclough@clinic.example'"));
        Assert.NotEmpty(luke.Hours);
        Assert.True((await Patterns.Handle(lead, new(luke.Id, luke.Version, DateParts.Of(Today), DateParts.Empty, [], true), Ct)).Value!.Saved);
        await database.Run("delete from working_pattern where clinician_id = @Id", luke);
        await database.Run("delete from clinic_hours");
        await SeedLoader.LoadDemoAccounts(database.OwnerConnection, SeedLoader.DefaultFolder, Ct);
        Assert.Empty((await Read(luke.Id)).Hours);
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from clinic_hours"));
    }

    [Fact]
    public async Task The_traits_to_search_by_are_those_in_use_and_told_to_the_clinic_alone()
    {
        var traits = new ClinicianTraits(database.Database);
        var lists = await traits.Handle(await database.Actor(Triage), Ct);
        Assert.Contains("Polish", lists.Languages);
        Assert.Equal(lists.Skills.Order(StringComparer.Ordinal), lists.Skills);
        Assert.Empty((await traits.Handle((await database.Actor(Solicitor)).DisguisedAs(await database.Actor(Triage)), Ct)).Skills);
        Assert.Empty((await new ClinicianTraits(database.WithoutRowLevelSecurity()).Handle(await database.Actor(Solicitor), Ct)).Skills);
    }

    [Fact]
    public async Task The_pages_show_a_clinician_s_week_and_change_it()
    {
        var person = await Read((await database.Actor(TriageWorld.SecondClinician)).UserId);
        await using var browser = await database.SignedIn(Lead);
        var list = browser.Render<PeoplePage>();
        list.WaitForAssertion(() => Assert.Contains("Amara Okafor", list.Find("table").TextContent));

        var page = browser.Render<PersonPage>(with => with.Add(one => one.Id, person.Id));
        page.WaitForAssertion(() => Assert.Contains("Tuesday to Thursday", page.Find(".words").TextContent));
        Assert.Contains("10:00 to 18:00", page.Find(".words").TextContent);
        var week = page.FindComponent<WeekPanel>();
        await week.FindAll("button").Single(button => button.TextContent == "Change the week").ClickAsync();
        Assert.Equal(5, week.FindAll(".line").Count);
        await week.InvokeAsync(() => week.Find("#week-starts0").Input("soon"));
        await week.Find("form").SubmitAsync();
        week.WaitForAssertion(() => Assert.Contains("There is a problem", week.Markup));
        await week.InvokeAsync(() => week.Find("#week-starts0").Input("11:00"));
        await week.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("11:00 to 18:00", page.Find(".words").TextContent));
        Assert.Equal(page.FindAll("[id]").Count, page.FindAll("[id]").Select(element => element.Id).Distinct().Count());

        var organisations = browser.Render<OrganisationsPage>();
        organisations.WaitForAssertion(() => Assert.Contains("Northgate Law", organisations.Find("table").TextContent));
        await organisations.FindAll("tbody button").First(button => button.TextContent.StartsWith("Disable", StringComparison.Ordinal)).ClickAsync();
        Assert.Contains("out within a minute", organisations.Find(".confirm").TextContent);
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from organisation where disabled_at is not null"));

        var adding = browser.Render<PersonPage>();
        adding.WaitForAssertion(() => Assert.Contains("Choose an organisation", adding.Markup));
    }
}
