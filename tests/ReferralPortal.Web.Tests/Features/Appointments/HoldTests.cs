using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Appointments;

/// <summary>Times that are held, rooms that are full, bookings that were sent twice or broken off.</summary>
public sealed class HoldTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    // A little ahead of the real clock: the database's own functions know no other.
    readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(DateTimeOffset.UtcNow.AddSeconds(5));

    Guid clinic, beth, marek;

    HoldSlot Hold => new(database.On(clock), database.Catalogue(), clock);
    ReleaseSlot Release => new(database.On(clock));
    BookAppointment Book => new(database.On(clock), database.Catalogue(), clock);
    MoveAppointment Move => new(database.On(clock), database.Catalogue(), clock);

    public async ValueTask InitializeAsync()
    {
        clinic = await database.Clinic();
        beth = (await database.Actor(Clinician)).UserId;
        marek = (await database.Actor(TriageWorld.SecondClinician)).UserId;
        await database.Run("delete from appointment where state = 'held'; update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked'; update room set closed_at = null");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<TestReferral> Accepted() => database.AddReferral(state: ReferralState.Accepted, redFlag: null, dueAt: DateTimeOffset.UtcNow.AddDays(3));

    Task<int> Count(string state) => database.Ask<int>("select count(*)::int from appointment where state = @state", new { state });

    [Fact]
    public async Task A_held_time_is_nobody_else_s_for_ten_minutes_and_then_everybody_s()
    {
        var (dana, yusuf) = (await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage));
        var (first, second) = (await Accepted(), await Accepted());
        var held = await Hold.Handle(dana, new(first.Id, first.Version, TriageWorld.Form(clinic, beth)), Ct);
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(10), held.Value);

        var refused = await Book.Handle(yusuf, new(second.Id, second.Version, TriageWorld.Form(clinic, beth, 10, 30)), Ct);
        Assert.Contains("being held by Dana Whitfield", Assert.IsType<Failure.Invalid>(refused.Failure).Errors["Time"]);
        var alsoHeld = await Hold.Handle(yusuf, new(second.Id, second.Version, TriageWorld.Form(clinic, beth, 10, 30)), Ct);
        Assert.Contains("being held by Dana Whitfield", Assert.IsType<Failure.Invalid>(alsoHeld.Failure).Errors["Time"]);

        clock.Advance(HoldSlot.Length);
        Assert.True((await Book.Handle(yusuf, new(second.Id, second.Version, TriageWorld.Form(clinic, beth, 10, 30)), Ct)).IsDone);
        Assert.Equal(0, await Count("held"));
    }

    [Fact]
    public async Task Booking_what_one_holds_ends_the_hold()
    {
        var dana = await database.Actor(Triage);
        var referral = await Accepted();
        await Hold.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        Assert.Equal("accepted", (await database.StoredAs(referral.Id)).State);
        Assert.Equal("hold_slot", (await database.StoredAs(referral.Id)).LastAudit);

        var opened = (await new OpenBooking(database.On(clock)).Handle(dana, referral.Reference, Ct)).Value!;
        Assert.Equal((beth, 1), (opened.Held!.ClinicianId, opened.Appointments.Count)); // what was attended once, and not what is held
        Assert.Null((await new OpenBooking(database.On(clock)).Handle(await database.Actor(TriageWorld.SecondTriage), referral.Reference, Ct)).Value!.Held);

        Assert.True((await Book.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct)).IsDone);
        Assert.Equal((0, 1), (await Count("held"), await Count("booked")));
    }

    [Fact]
    public async Task Whoever_holds_one_time_and_then_another_has_let_the_first_go()
    {
        var dana = await database.Actor(Triage);
        var (referral, other) = (await Accepted(), await Accepted());
        await Hold.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        await Hold.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, marek)), Ct);
        Assert.Equal(marek, await database.Ask<Guid>("select clinician_id from appointment where state = 'held'"));
        Assert.True((await Book.Handle(dana, new(other.Id, other.Version, TriageWorld.Form(clinic, beth)), Ct)).IsDone);

        Assert.True((await Release.Handle(dana, referral.Id, Ct)).Value);
        Assert.False((await Release.Handle(dana, referral.Id, Ct)).Value);
        Assert.Equal(0, await Count("held"));
    }

    [Fact]
    public async Task Open_diaries_are_told_of_a_hold_and_of_its_end()
    {
        var dana = await database.Actor(Triage);
        var referral = await Accepted();
        var heard = new List<string>();
        await using var listening = await database.Owner();
        listening.Notification += (_, notice) => heard.Add(notice.Payload);
        await using (var listen = new NpgsqlCommand("listen referral_event", listening)) await listen.ExecuteNonQueryAsync(Ct);

        await Hold.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        Assert.True(await listening.WaitAsync(TimeSpan.FromSeconds(20), Ct));
        await Release.Handle(dana, referral.Id, Ct);
        Assert.True(await listening.WaitAsync(TimeSpan.FromSeconds(20), Ct));
        Assert.Equal([referral.Id.ToString(), referral.Id.ToString()], heard);
    }

    [Fact]
    public async Task Only_one_s_own_hold_is_let_go_and_only_a_hold_can_be_taken_away()
    {
        var (dana, yusuf) = (await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage));
        var referral = await Accepted();
        await Hold.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        Assert.False((await Release.Handle(yusuf, referral.Id, Ct)).Value);
        Assert.Equal(1, await Count("held"));

        await Book.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        Assert.Equal(0, (await database.Database.Write<int>(dana, async unit => await unit.Run("delete from appointment where referral_id = @Id", new { referral.Id }), Ct)).Value);
        Assert.Equal(1, await Count("booked"));
    }

    [Fact]
    public async Task The_referrer_and_everybody_outside_the_clinic_sees_nothing_of_a_hold()
    {
        var referral = await Accepted();
        await Hold.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        const string seen = "select count(*)::int from appointment where referral_id = @Id and state = 'held'";
        Assert.Equal(1, await database.Database.Read(await database.Actor(Clinician), unit => unit.One<int>(seen, new { referral.Id }), Ct));
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Auditor])
        {
            Assert.Equal(0, await database.Database.Read(await database.Actor(person), unit => unit.One<int>(seen, new { referral.Id }), Ct));
            Assert.IsType<Failure.Refused>((await Release.Handle(await database.Actor(person), referral.Id, Ct)).Failure);
        }
        var viewed = (await new ReferralPortal.Web.Features.Referrals.View.ViewReferral(database.Database).Handle(await database.Actor(Triage), referral.Reference, Ct)).Value!;
        Assert.DoesNotContain(viewed.Appointments, appointment => appointment.State == "held");
    }

    [Fact]
    public async Task Of_eight_who_want_the_last_room_exactly_one_gets_it_and_seven_are_told_who_was_quicker()
    {
        await database.Run("update room set closed_at = now() where clinic_id = @clinic and name <> 'Room 1'", new { clinic });
        var people = new[] { await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage), await database.Actor(Clinician), await database.Actor(TriageWorld.SecondClinician) };
        var clinicians = (await database.Database.Read(people[0], unit => unit.Many<Guid>("select id from portal_user where 'clinician' = any (roles) and disabled_at is null order by id limit 8"), Ct));
        Assert.Equal(8, clinicians.Count);
        var referrals = new List<TestReferral>();
        for (var place = 0; place < 8; place++) referrals.Add(await Accepted());

        var outcomes = await Task.WhenAll(referrals.Select((referral, place) => Task.Run(() =>
            Book.Handle(people[place % people.Length], new(referral.Id, referral.Version, TriageWorld.Form(clinic, clinicians[place], 13, place * 3)), Ct), Ct)));

        var winner = Assert.Single(outcomes, outcome => outcome.IsDone);
        var name = await database.Ask<string>("select actor_name from referral_event where detail ->> 'appointmentId' = @id", new { id = winner.Value!.Id.ToString() });
        Assert.All(outcomes.Where(outcome => !outcome.IsDone), outcome =>
            Assert.Equal($"The last free room at this time has just been taken by {name}. Choose another one; everything else is kept", Assert.IsType<Failure.Invalid>(outcome.Failure).Errors["Time"]));
        Assert.Equal(1, await Count("booked"));
    }

    [Fact]
    public async Task Bookings_at_one_time_get_a_room_each_and_the_database_itself_refuses_two_in_one()
    {
        var dana = await database.Actor(Triage);
        var (first, second) = (await Accepted(), await Accepted());
        var booked = (await Book.Handle(dana, new(first.Id, first.Version, TriageWorld.Form(clinic, beth)), Ct)).Value!;
        Assert.True((await Book.Handle(dana, new(second.Id, second.Version, TriageWorld.Form(clinic, marek)), Ct)).IsDone);
        Assert.Equal(2, await database.Ask<int>("select count(distinct room_id)::int from appointment where state = 'booked'"));

        var fault = await Assert.ThrowsAsync<PostgresException>(() => database.Run("""
            update appointment set room_id = (select room_id from appointment where id = @id) where state = 'booked' and id <> @id
            """, new { id = booked.Id }));
        Assert.Equal("appointment_room_not_double_booked", fault.ConstraintName);
    }

    [Fact]
    public async Task A_moved_appointment_keeps_its_room_and_its_hold_gives_way()
    {
        var dana = await database.Actor(Triage);
        var referral = await Accepted();
        var booked = (await Book.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct)).Value!;
        var room = await database.Ask<Guid>("select room_id from appointment where id = @Id", new { booked.Id });
        await Hold.Handle(dana, new(referral.Id, referral.Version + 1, TriageWorld.Form(clinic, beth, 14)), Ct);
        Assert.True((await Move.Handle(dana, new(referral.Id, referral.Version + 1, booked.Id, TriageWorld.Form(clinic, beth, 14, 15), AskedBy.Carer, ChangeReason.Transport, ""), Ct)).IsDone);

        Assert.Equal((room, 0), (await database.Ask<Guid>("select room_id from appointment where id = @Id", new { booked.Id }), await Count("held")));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("2", null), (stored.LastReason, stored.LastWords));
        Assert.Contains("\"why\": \"transport\"", stored.LastDetail);
        Assert.Contains("\"askedBy\": \"carer\"", stored.LastDetail);
    }

    [Fact]
    public async Task The_same_booking_sent_again_is_booked_once_and_says_so()
    {
        var dana = await database.Actor(Triage);
        var referral = await Accepted();
        var command = new BookAppointment.Command(referral.Id, referral.Version, TriageWorld.Form(clinic, beth), Guid.CreateVersion7());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Book.Handle(dana, command, Ct), Ct)));
        Assert.All(outcomes, outcome => Assert.Equal((command.Key, ReferralState.AppointmentBooked), (outcome.Value?.Id, outcome.Value!.State)));
        Assert.Equal((1, 1), (await Count("booked"), await database.Ask<int>("select count(*)::int from outbox_message where referral_id = @Id and kind = 'appointment_booked'", new { referral.Id })));

        // Another one's key is nobody's way in.
        var other = await Accepted();
        var foreign = await Book.Handle(dana, new(other.Id, 0, TriageWorld.Form(clinic, beth), command.Key), Ct);
        Assert.IsType<Failure.Conflict>(foreign.Failure);
    }

    [Fact]
    public async Task A_connection_that_dies_before_the_end_stores_nothing_and_the_next_try_books()
    {
        var dana = await database.Actor(Triage);
        var referral = await Accepted();
        var command = new BookAppointment.Command(referral.Id, referral.Version, TriageWorld.Form(clinic, beth), Guid.CreateVersion7());
        // The last thing that a booking writes is its message: the server ends the connection there.
        await database.Run("""
            create function cut_the_line() returns trigger language plpgsql security definer as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
            create trigger cut_the_line before insert on outbox_message for each row when (new.kind = 'appointment_booked') execute function cut_the_line();
            """);
        try
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => Book.Handle(dana, command, Ct));
        }
        finally
        {
            await database.Run("drop trigger cut_the_line on outbox_message; drop function cut_the_line()");
        }
        Assert.Equal((0, "accepted"), (await Count("booked"), (await database.StoredAs(referral.Id)).State));

        Assert.Equal(command.Key, (await Book.Handle(dana, command, Ct)).Value!.Id);
        Assert.Equal((1, "appointment_booked"), (await Count("booked"), (await database.StoredAs(referral.Id)).State));
    }

    [Fact]
    public async Task A_time_outside_the_clinician_s_hours_is_asked_about_before_it_is_booked()
    {
        var dana = await database.Actor(Triage);
        var referral = await Accepted();
        var form = TriageWorld.Form(clinic, beth, 18); // she works until four
        form.OutsideHours = false;
        var asked = await Book.Handle(dana, new(referral.Id, referral.Version, form), Ct);
        Assert.Contains("Beth Entwistle does not work at this clinic then", Assert.IsType<Failure.Invalid>(asked.Failure).Errors["OutsideHours"]);

        form.OutsideHours = true;
        Assert.True((await Book.Handle(dana, new(referral.Id, referral.Version, form), Ct)).IsDone);
    }

    [Theory]
    [InlineData("insert into leave (id, clinician_id, starts_at, ends_at) select gen_random_uuid(), @beth, @at::timestamptz - interval '1 hour', @at::timestamptz + interval '10 minutes'", "is on leave")]
    [InlineData("insert into clinic_closure (id, clinic_id, starts_on, ends_on, reason) select gen_random_uuid(), @clinic, @day, @day, 'Floor is relaid'", "clinic is closed")]
    [InlineData("insert into bank_holiday (day, title) values (@day, 'Proclaimed')", "bank holiday")]
    [InlineData("insert into clinic_hours (clinic_id, weekday, opens, closes) select @clinic, extract(isodow from @day), '12:00', '16:00'", "not open then")]
    public async Task What_stands_in_the_way_is_named(string statement, string words)
    {
        var form = TriageWorld.Form(clinic, beth);
        form.OutsideHours = false;
        var (day, at) = (form.Date.ToDate()!.Value, form.StartsAt!.Value.UtcDateTime);
        await database.Run(statement, new { beth, clinic, day, at });
        try
        {
            var referral = await Accepted();
            var outcome = await Hold.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, form), Ct);
            Assert.Contains(words, Assert.IsType<Failure.Invalid>(outcome.Failure).Errors["OutsideHours"]);
        }
        finally
        {
            await database.Run("delete from leave; delete from clinic_closure; delete from clinic_hours; delete from bank_holiday where title = 'Proclaimed'");
        }
    }

    [Fact]
    public async Task A_treatment_that_took_place_is_recorded_with_its_code_and_uses_a_session()
    {
        var dana = await database.Actor(Triage);
        var referral = await database.AddReferral(state: ReferralState.InTreatment, redFlag: null);
        var booked = (await Book.Handle(dana, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth, kind: AppointmentKind.Treatment)), Ct)).Value!;
        var seen = new RecordSeen(database.On(clock));
        Assert.Contains("not begun", Assert.IsType<Failure.Refused>((await seen.Handle(dana, new(referral.Id, referral.Version + 1, booked.Id, AttendanceCode.OnTime), Ct)).Failure).Words);
        await database.Run("update appointment set starts_at = now() - interval '20 minutes', ends_at = now() + interval '25 minutes' where id = @Id", new { booked.Id });

        Assert.IsType<Failure.Invalid>((await seen.Handle(dana, new(referral.Id, referral.Version + 1, booked.Id, AttendanceCode.DidNotAttend), Ct)).Failure);
        Assert.True((await seen.Handle(dana, new(referral.Id, referral.Version + 1, booked.Id, AttendanceCode.LateButSeen), Ct)).IsDone);
        Assert.Equal("6", await database.Ask<string>("select attendance_code from appointment where id = @Id and state = 'attended'", new { booked.Id }));
        Assert.Equal(("attend_appointment", "in_treatment"), ((await database.StoredAs(referral.Id)).LastAction, (await database.StoredAs(referral.Id)).State));
        Assert.IsType<Failure.Refused>((await seen.Handle(dana, new(referral.Id, referral.Version + 2, booked.Id, AttendanceCode.OnTime), Ct)).Failure);
    }
}
