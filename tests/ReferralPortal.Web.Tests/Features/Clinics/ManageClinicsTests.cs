using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clinics.Manage;
using ReferralPortal.Web.Features.People;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Clinics;

public sealed class ManageClinicsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    ReadClinics Reading => new(database.Database);
    SaveClinic Saving => new(database.Database, database.Catalogue());
    SaveClinicHours Hours => new(database.Database);
    SaveRoom Rooms => new(database.Database, database.Catalogue());
    SaveClosure Closures => new(database.Database);
    CloseClinic Closing => new(database.Database, database.Catalogue());

    async Task<ManagedClinic> Read(Guid id) => (await Reading.One(await database.Actor(Lead), id, Ct)).Value!;

    static SaveClinic.Command Kendal(Guid? id = null, int version = 0) => new(id, version)
    {
        Name = "Example clinic, Kendal", Address = "1 Example Yard, Kendal", Postcode = "la94ab", Latitude = "54.3280", Longitude = "-2.7460", Phone = "0330 088 7800", Services = ["treatment", "initial_assessment"],
    };

    async Task<ManagedClinic> Added() => await Read((await Saving.Handle(await database.Actor(Lead), Kendal(), Ct)).Value);

    /// <summary>Somebody is booked at a clinic, as the calendar of the next working days has it.</summary>
    async Task<(Guid Appointment, DateOnly Day)> Book(Guid clinic, int hour = 10, string? room = null)
    {
        var form = TriageWorld.Form(clinic, default);
        var day = form.Date.ToDate()!.Value;
        var referral = await database.AddReferral();
        var id = Guid.NewGuid();
        await database.Run("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, room_id)
            values (@id, @referral, 'treatment', @clinic, (select id from portal_user where user_name = @Clinician), @from, @until, (select id from room where clinic_id = @clinic and name = @room))
            """, new { id, referral = referral.Id, clinic, Clinician, from = LondonTime.Instant(day, new(hour, 0)).UtcDateTime, until = LondonTime.Instant(day, new(hour + 1, 0)).UtcDateTime, room });
        return (id, day);
    }

    [Fact]
    public async Task A_clinic_is_added_changed_and_offered_at_once()
    {
        var catalogue = database.Catalogue();
        Assert.DoesNotContain((await catalogue.Get(Ct)).Clinics, clinic => clinic.Name.EndsWith("Kendal", StringComparison.Ordinal));
        var lead = await database.Actor(Lead);
        var id = (await new SaveClinic(database.Database, catalogue).Handle(lead, Kendal(), Ct)).Value;
        var shown = (await catalogue.Get(Ct)).Clinics.Single(clinic => clinic.Id == id);
        Assert.Equal(("LA9 4AB", "+443300887800", 54.328), (shown.Postcode, shown.Phone, shown.Latitude));

        var stored = await Read(id);
        Assert.Equal((1, false), (stored.Version, stored.IsExample));
        Assert.True((await Saving.Handle(lead, Kendal(id, 1) with { Name = "Example clinic, Windermere" }, Ct)).IsDone);
        Assert.Equal("Example clinic, Windermere", (await Read(id)).Name);

        var second = Assert.IsType<Failure.Conflict>((await Saving.Handle(lead, Kendal(id, 1), Ct)).Failure);
        Assert.Equal("Joanne Birtles", second.ChangedBy);
        Assert.Same(Outcome.Missing, (await Saving.Handle(lead, Kendal(Guid.NewGuid(), 1), Ct)).Failure);
        Assert.Equal(2, await database.Ask<int>("select count(*)::int from audit_entry where action = 'save_clinic' and subject_id = @id", new { id }));
        await database.Run("delete from clinic where id = @id", new { id });
    }

    [Fact]
    public async Task What_is_typed_wrong_is_said_beside_its_field()
    {
        var catalogue = await database.Catalogue().Get(Ct);
        Assert.Empty(SaveClinic.Check(Kendal(), catalogue));
        Assert.Equal(["Name"], SaveClinic.Check(Kendal() with { Name = "  " }, catalogue).Keys);
        Assert.Equal(["Postcode"], SaveClinic.Check(Kendal() with { Postcode = "LA9" }, catalogue).Keys);
        Assert.Equal(["Latitude", "Longitude"], SaveClinic.Check(Kendal() with { Latitude = "-2.7", Longitude = "54,3" }, catalogue).Keys);
        Assert.Equal(["Phone", "Services"], SaveClinic.Check(Kendal() with { Phone = "12", Services = [] }, catalogue).Keys);
        Assert.Equal(["Services"], SaveClinic.Check(Kendal() with { Services = ["surgery"] }, catalogue).Keys);
    }

    [Fact]
    public async Task Coordinates_are_filled_in_from_the_postcode()
    {
        var locate = new LocatePostcode(database.Database);
        Assert.Equal("Liverpool", (await locate.Handle(await database.Actor(Lead), "l1 8db", Ct))!.Name.Split(' ')[0]);
        Assert.Null(await locate.Handle(await database.Actor(Lead), "ZE1 0AA", Ct));
        Assert.Null(await locate.Handle(await database.Actor(Triage), "l1 8db", Ct));
    }

    [Fact]
    public async Task Its_own_hours_are_kept_and_what_is_booked_outside_them_is_listed_first_and_stays_booked()
    {
        var clinic = await Added();
        var lead = await database.Actor(Lead);
        var (appointment, day) = await Book(clinic.Id);
        SaveClinicHours.Day[] week = [.. Weekdays.All.Select(weekday => new SaveClinicHours.Day(weekday, weekday == Weekdays.Of(day) ? "12:00" : "", weekday == Weekdays.Of(day) ? "18.30" : ""))];
        SaveClinicHours.Command command = new(clinic.Id, clinic.Version, week, ClinicHours.Published, false);

        var asked = (await Hours.Handle(lead, command, Ct)).Value!;
        Assert.Equal((false, appointment), (asked.Saved, Assert.Single(asked.Affected).Id));
        Assert.Empty((await Read(clinic.Id)).Hours);

        Assert.True((await Hours.Handle(lead, command with { Confirmed = true }, Ct)).Value!.Saved);
        Assert.Equal([new ClinicDay(Weekdays.Of(day), new(12, 0), new(18, 30))], (await Read(clinic.Id)).Hours);
        Assert.Equal("booked", await database.Ask<string>("select state from appointment where id = @appointment", new { appointment }));
        Assert.IsType<Failure.Conflict>((await Hours.Handle(lead, command with { Confirmed = true }, Ct)).Failure);

        // Back to the group's: nothing booked is outside them.
        Assert.True((await Hours.Handle(lead, command with { Version = clinic.Version + 1, Own = null }, Ct)).Value!.Saved);
        Assert.Empty((await Read(clinic.Id)).Hours);
        await Remove(clinic.Id);
    }

    [Theory]
    [InlineData("9", "8:00", "Closes1")]
    [InlineData("late", "18:00", "Opens1")]
    [InlineData("09:00", "", "Closes1")]
    public async Task A_day_that_closes_before_it_opens_or_is_half_told_is_refused(string opens, string closes, string field)
    {
        var salford = (await database.Catalogue().Get(Ct)).Clinics[0].Id;
        var outcome = await Hours.Handle(await database.Actor(Lead), new(salford, 1, [new(1, opens, closes)], ClinicHours.Published, false), Ct);
        Assert.Equal([field], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys);
        Assert.IsType<Failure.Invalid>((await Hours.Handle(await database.Actor(Lead), new(salford, 1, [new(1, "", "")], ClinicHours.Published, false), Ct)).Failure);
    }

    [Fact]
    public async Task Rooms_are_added_narrowed_closed_and_opened_again()
    {
        var clinic = await Added();
        var lead = await database.Actor(Lead);
        Assert.True((await Rooms.Handle(lead, new(clinic.Id, null, 0, "Gym", ["treatment"]), Ct)).Value!.Saved);
        var room = (await Read(clinic.Id)).Rooms.Single();
        Assert.Equal(("Gym", 1), (room.Name, room.Version));
        Assert.Equal(["Name"], Assert.IsType<Failure.Invalid>((await Rooms.Handle(lead, new(clinic.Id, null, 0, "gym", ["treatment"]), Ct)).Failure).Errors.Keys);
        Assert.Equal(["Services"], Assert.IsType<Failure.Invalid>((await Rooms.Handle(lead, new(clinic.Id, null, 0, "Pool", ["discharge_report"]), Ct)).Failure).Errors.Keys);

        var (appointment, _) = await Book(clinic.Id, 11, "Gym");
        var asked = (await Rooms.Handle(lead, new(clinic.Id, room.Id, room.Version, "Gym", ["treatment"], Open: false), Ct)).Value!;
        Assert.Equal((false, appointment), (asked.Saved, Assert.Single(asked.Affected).Id));
        Assert.True((await Rooms.Handle(lead, new(clinic.Id, room.Id, room.Version, "Gym", ["treatment"], Open: false, Confirmed: true), Ct)).Value!.Saved);
        Assert.NotNull((await Read(clinic.Id)).Rooms.Single().ClosedAt);
        Assert.IsType<Failure.Conflict>((await Rooms.Handle(lead, new(clinic.Id, room.Id, room.Version, "Gym", ["treatment"]), Ct)).Failure);
        Assert.True((await Rooms.Handle(lead, new(clinic.Id, room.Id, room.Version + 1, "Gym", ["treatment"]), Ct)).Value!.Saved);
        Assert.Same(Outcome.Missing, (await Rooms.Handle(lead, new(Guid.NewGuid(), room.Id, 3, "Gym", ["treatment"]), Ct)).Failure);

        // What the clinic no longer offers is offered in none of its rooms.
        clinic = await Read(clinic.Id);
        await Saving.Handle(lead, Kendal(clinic.Id, clinic.Version) with { Services = ["initial_assessment"] }, Ct);
        Assert.Empty((await Read(clinic.Id)).Rooms.Single().Services);
        await Remove(clinic.Id);
    }

    [Fact]
    public async Task A_closure_warns_of_what_is_booked_and_can_be_taken_back()
    {
        var clinic = await Added();
        var lead = await database.Actor(Lead);
        var (appointment, day) = await Book(clinic.Id, 13);
        SaveClosure.Command command = new(clinic.Id, DateParts.Of(day), DateParts.Empty, "Boiler", false);
        Assert.Equal(appointment, Assert.Single((await Closures.Handle(lead, command, Ct)).Value!.Affected).Id);
        Assert.Empty((await Read(clinic.Id)).Closures);
        Assert.True((await Closures.Handle(lead, command with { Confirmed = true }, Ct)).Value!.Saved);
        Assert.True((await Closures.Handle(lead, command with { First = DateParts.Of(day.AddDays(1)), Last = DateParts.Of(day.AddDays(2)) }, Ct)).Value!.Saved);

        var closure = (await Read(clinic.Id)).Closures[0];
        Assert.Equal((day, day, "Boiler"), (closure.StartsOn, closure.EndsOn, closure.Reason));
        Assert.IsType<Failure.Conflict>((await Closures.Remove(lead, closure.Id, closure.Version + 1, Ct)).Failure);
        Assert.True((await Closures.Remove(lead, closure.Id, closure.Version, Ct)).IsDone);
        Assert.Same(Outcome.Missing, (await Closures.Remove(lead, closure.Id, closure.Version, Ct)).Failure);
        Assert.Single((await Read(clinic.Id)).Closures);

        // All clinics.
        Assert.True((await Closures.Handle(lead, command with { Clinic = null, First = DateParts.Of(day.AddDays(200)) }, Ct)).Value!.Saved);
        Assert.Single((await Reading.All(lead, Ct)).Value!.Closures);
        foreach (var (wrong, field) in new[]
        {
            (command with { First = DateParts.Empty }, "First"), (command with { First = DateParts.Of(day.AddDays(-30)) }, "First"), (command with { Last = DateParts.Of(day.AddDays(-1)) }, "Last"),
            (command with { Last = DateParts.Of(day.AddYears(4)) }, "Last"), (command with { Reason = " " }, "Reason"),
        }) Assert.Equal([field], Assert.IsType<Failure.Invalid>((await Closures.Handle(lead, wrong, Ct)).Failure).Errors.Keys);
        await Remove(clinic.Id);
    }

    [Fact]
    public async Task A_closed_clinic_is_offered_nowhere_until_it_is_opened_again()
    {
        var clinic = await Added();
        var lead = await database.Actor(Lead);
        var (appointment, _) = await Book(clinic.Id, 15);
        Assert.Equal(appointment, Assert.Single((await Closing.Handle(lead, new(clinic.Id, clinic.Version, false, false), Ct)).Value!.Affected).Id);
        Assert.True((await Closing.Handle(lead, new(clinic.Id, clinic.Version, false, true), Ct)).Value!.Saved);
        Assert.DoesNotContain((await database.Catalogue().Get(Ct)).Clinics, one => one.Id == clinic.Id);
        Assert.IsType<Failure.Conflict>((await Closing.Handle(lead, new(clinic.Id, clinic.Version, true, true), Ct)).Failure);
        Assert.True((await Closing.Handle(lead, new(clinic.Id, clinic.Version + 1, true, false), Ct)).Value!.Saved);
        Assert.Contains((await database.Catalogue().Get(Ct)).Clinics, one => one.Id == clinic.Id);
        await Remove(clinic.Id);
    }

    [Fact]
    public async Task It_is_for_the_clinic_manager_by_each_wall_alone()
    {
        var lead = await database.Actor(Lead);
        var clinic = (await database.Catalogue().Get(Ct)).Clinics[1].Id;
        // A role of that name at another organisation is worth nothing.
        await database.Run("update portal_user set roles = '{clinic_manager}' where user_name = @Stranger", new { Stranger });
        try
        {
            foreach (var name in (string[])[Stranger, Solicitor, Triage, Clinician, Auditor])
            {
                var person = await database.Actor(name);
                foreach (var failure in await All(database.WithoutRowLevelSecurity(), person)) Assert.True(failure is Failure.Refused or Failure.Missing, $"{name}: {failure}");
                foreach (var failure in await All(database.Database, person.DisguisedAs(lead))) Assert.NotNull(failure);
            }
            Assert.All(await All(database.Database, lead), Assert.Null);
        }
        finally
        {
            await database.Run("update portal_user set roles = '{referrer}' where user_name = @Stranger; delete from clinic_closure; delete from room where name = 'Attic'; delete from clinic where name like '%Kendal'", new { Stranger });
        }

        async Task<IEnumerable<Failure?>> All(PortalDatabase through, Actor actor)
        {
            var seen = (await new ReadClinics(through).One(actor, clinic, Ct));
            return
            [
                seen.Failure,
                await Caught(async () => (await new SaveClinic(through, database.Catalogue()).Handle(actor, Kendal(), Ct)).Failure),
                await Caught(async () => (await new SaveRoom(through, database.Catalogue()).Handle(actor, new(clinic, null, 0, "Attic", ["treatment"]), Ct)).Failure),
                await Caught(async () => (await new SaveClosure(through).Handle(actor, new(clinic, DateParts.Of(new DateOnly(2027, 6, 1)), DateParts.Empty, "Flood", true), Ct)).Failure),
                await Caught(async () => (await new SaveClinicHours(through).Handle(actor, new(clinic, await database.Ask<int>("select version from clinic where id = @clinic", new { clinic }), null, ClinicHours.Published, true), Ct)).Failure),
                await Caught(async () => (await new CloseClinic(through, database.Catalogue()).Handle(actor, new(clinic, await database.Ask<int>("select version from clinic where id = @clinic", new { clinic }), true, true), Ct)).Failure),
            ];
        }

        // The database's own wall answers an insert with an error.
        static async Task<Failure?> Caught(Func<Task<Failure?>> act)
        {
            try { return await act(); }
            catch (Npgsql.PostgresException fault) when (fault.SqlState == Npgsql.PostgresErrorCodes.InsufficientPrivilege) { return Outcome.Missing; }
        }
    }

    [Fact]
    public async Task The_pages_list_the_clinics_and_save_one()
    {
        var clinic = await Added();
        await using var browser = await database.SignedIn(Lead);
        var list = browser.Render<ClinicsPage>();
        list.WaitForAssertion(() => Assert.Contains("Example clinic, Kendal", list.Find("table").TextContent));
        Assert.Contains("Nobody", list.FindAll("tbody tr").Single(row => row.TextContent.Contains("Kendal")).TextContent);

        var page = browser.Render<ClinicPage>(with => with.Add(one => one.Id, clinic.Id));
        page.WaitForAssertion(() => Assert.Equal("Example clinic, Kendal", page.Find("h1").TextContent.Trim()));
        await page.InvokeAsync(() => page.Find("#name").Input("Example clinic, Kendal (north)"));
        await page.InvokeAsync(() => page.Find("#phone").Input("1"));
        await page.FindComponent<ClinicForm>().Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("There is a problem", page.Markup));
        await page.InvokeAsync(() => page.Find("#phone").Input("0330 088 7800"));
        await page.FindComponent<ClinicForm>().Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal("Example clinic, Kendal (north)", page.Find("h1").TextContent.Trim()));
        Assert.Equal(page.FindAll("[id]").Count, page.FindAll("[id]").Select(element => element.Id).Distinct().Count());

        var admin = browser.Render<AdminPage>();
        Assert.Contains(admin.FindAll("a"), link => link.GetAttribute("href") == "/admin/clinics");
        await Remove(clinic.Id);
    }

    Task Remove(Guid clinic) => database.Run("""
        delete from appointment where clinic_id = @clinic; delete from clinic_closure where clinic_id = @clinic or clinic_id is null; delete from clinic_hours where clinic_id = @clinic;
        delete from room where clinic_id = @clinic; delete from clinic where id = @clinic
        """, new { clinic });
}
