using Dapper;
using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Appointments.Diary;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Appointments;

public sealed class AppointmentTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    BookAppointment Book => new(database.Database, database.Catalogue(), TimeProvider.System);
    MoveAppointment Move => new(database.Database, database.Catalogue(), TimeProvider.System);
    CancelAppointment Cancel => new(database.Database, database.Catalogue());
    RecordMissed Miss => new(database.Database, database.Catalogue());
    FindFreeSlots Slots => new(database.Database, database.Catalogue(), TimeProvider.System);

    Guid clinic, beth, marek;

    public async ValueTask InitializeAsync()
    {
        clinic = await database.Clinic();
        beth = (await database.Actor(Clinician)).UserId;
        marek = (await database.Actor(TriageWorld.SecondClinician)).UserId;
        // Each test finds an empty calendar.
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked'");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<TestReferral> Accepted(RedFlagTier? flag = null, ReferralState state = ReferralState.Accepted) =>
        database.AddReferral(state: state, redFlag: flag, dueAt: DateTimeOffset.UtcNow.AddDays(3));

    async Task<(TestReferral Referral, Guid Appointment)> Booked(int hour = 10)
    {
        var referral = await Accepted();
        var outcome = await Book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth, hour)), Ct);
        return (referral with { Version = referral.Version + 1 }, outcome.Value!.Id);
    }

    sealed record Row(string State, string? AttendanceCode, string Kind, Guid ClinicianId, DateTime StartsAt, DateTime EndsAt, string? Note);

    async Task<Row> Appointment(Guid id)
    {
        await using var owner = await database.Owner();
        return await owner.QuerySingleAsync<Row>("select state, attendance_code, kind, clinician_id, starts_at, ends_at, note from appointment where id = @id", new { id });
    }

    [Fact]
    public async Task Booking_the_first_appointment_ends_the_clock_and_gives_the_patient_to_the_clinician()
    {
        var referral = await Accepted();
        var outcome = await Book.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, TriageWorld.Form(clinic, marek, 14, 15, kind: AppointmentKind.Treatment)), Ct);

        Assert.Equal(ReferralState.AppointmentBooked, outcome.Value!.State);
        var appointment = await Appointment(outcome.Value.Id);
        Assert.Equal(("booked", "initial_assessment", marek), (appointment.State, appointment.Kind, appointment.ClinicianId));
        Assert.Equal("14:15", LondonTime.Of(appointment.StartsAt.ToUniversalTime()).ToString("HH:mm"));
        Assert.Equal(TimeSpan.FromMinutes(45), appointment.EndsAt - appointment.StartsAt);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("appointment_booked", clinic, marek, null), (stored.State, stored.ClinicId, stored.ClinicianId, stored.DueAt));
        Assert.Equal(("book_first_appointment", "appointment_booked", "book_appointment"), (stored.LastAction, stored.LastMessage, stored.LastAudit));
        Assert.Contains("startsAt", stored.LastDetail);
    }

    [Theory]
    [InlineData(RedFlagTier.Urgent)]
    [InlineData(RedFlagTier.Emergency)]
    public async Task Nothing_is_booked_until_a_clinician_has_cleared_the_red_flag(RedFlagTier tier)
    {
        var referral = await Accepted(tier);
        var clinician = await database.Actor(Clinician);
        var refused = await Book.Handle(clinician, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth)), Ct);
        Assert.Contains("red flag", Assert.IsType<Failure.Refused>(refused.Failure).Words);

        await new ClearRedFlag(database.Database, database.Catalogue()).Handle(clinician, new(referral.Id, referral.Version, "Seen at A&E."), Ct);
        Assert.True((await Book.Handle(clinician, new(referral.Id, referral.Version + 1, TriageWorld.Form(clinic, beth)), Ct)).IsDone);
    }

    [Fact]
    public async Task Of_eight_who_book_one_clinician_for_one_time_exactly_one_wins_and_seven_are_told_that_it_has_gone()
    {
        var people = new[] { await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage), await database.Actor(Clinician), await database.Actor(TriageWorld.SecondClinician) };
        var referrals = new List<TestReferral>();
        for (var place = 0; place < 8; place++) referrals.Add(await Accepted());

        // Not the same minute for all: they overlap, some by a few minutes only.
        var outcomes = await Task.WhenAll(referrals.Select((referral, place) => Task.Run(() =>
            Book.Handle(people[place % people.Length], new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth, 11, place * 5)), Ct), Ct)));

        var winner = Assert.Single(outcomes, outcome => outcome.IsDone);
        var name = await database.Ask<string>("select actor_name from referral_event where detail ->> 'appointmentId' = @id", new { id = winner.Value!.Id.ToString() });
        Assert.All(outcomes.Where(outcome => !outcome.IsDone), outcome =>
            Assert.Equal($"This time has just been taken by {name}. Choose another one; everything else is kept", Assert.IsType<Failure.Invalid>(outcome.Failure).Errors["Time"]));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from appointment where clinician_id = @beth and state = 'booked'", new { beth }));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from referral where id = any (@ids) and state = 'appointment_booked'", new { ids = referrals.Select(referral => referral.Id).ToArray() }));
    }

    [Fact]
    public async Task The_database_itself_refuses_two_patients_for_one_clinician_at_one_time()
    {
        var (_, appointment) = await Booked();
        var fault = await Assert.ThrowsAsync<PostgresException>(() => database.Run("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
            select gen_random_uuid(), referral_id, kind, clinic_id, clinician_id, starts_at + interval '44 minutes', ends_at + interval '44 minutes' from appointment where id = @appointment
            """, new { appointment }));
        Assert.Equal(PostgresErrorCodes.ExclusionViolation, fault.SqlState);
    }

    [Fact]
    public async Task Two_appointments_may_touch_and_two_clinicians_may_see_patients_at_once()
    {
        var triage = await database.Actor(Triage);
        var (first, second, third) = (await Accepted(), await Accepted(), await Accepted());
        Assert.True((await Book.Handle(triage, new(first.Id, first.Version, TriageWorld.Form(clinic, beth, 15)), Ct)).IsDone);
        Assert.True((await Book.Handle(triage, new(second.Id, second.Version, TriageWorld.Form(clinic, beth, 15, 45)), Ct)).IsDone);
        Assert.True((await Book.Handle(triage, new(third.Id, third.Version, TriageWorld.Form(clinic, marek, 15)), Ct)).IsDone);
    }

    [Fact]
    public async Task A_patient_is_not_booked_twice_at_one_time()
    {
        var (referral, _) = await Booked();
        var outcome = await Book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, TriageWorld.Form(clinic, marek, 10, 30, kind: AppointmentKind.Treatment)), Ct);
        Assert.Contains("another appointment", Assert.IsType<Failure.Invalid>(outcome.Failure).Errors["Time"]);
    }

    [Fact]
    public async Task Further_treatment_is_booked_without_touching_the_state()
    {
        var (referral, _) = await Booked();
        var triage = await database.Actor(Triage);
        Assert.True((await Book.Handle(triage, new(referral.Id, referral.Version, TriageWorld.Form(clinic, beth, 10, daysAhead: 9, kind: AppointmentKind.Treatment)), Ct)).IsDone);
        Assert.Equal("appointment_booked", (await database.StoredAs(referral.Id)).State);

        var again = await Book.Handle(triage, new(referral.Id, referral.Version + 1, TriageWorld.Form(clinic, beth, 12, daysAhead: 9)), Ct);
        Assert.Contains("Kind", Assert.IsType<Failure.Invalid>(again.Failure).Errors);

        var treated = await Accepted(state: ReferralState.InTreatment);
        Assert.True((await Book.Handle(triage, new(treated.Id, treated.Version, TriageWorld.Form(clinic, beth, 16, kind: AppointmentKind.Treatment)), Ct)).IsDone);
        Assert.Equal("in_treatment", (await database.StoredAs(treated.Id)).State);
        Assert.NotNull((await database.StoredAs(treated.Id)).DueAt);
    }

    [Theory]
    [InlineData("07:30", 0, "Time", "opening hours")]
    [InlineData("19:30", 0, "Time", "opening hours")]
    [InlineData("25:00", 0, "Time", "Enter a time")]
    [InlineData("10:00", -4, "Date", "not passed")]
    [InlineData("10:00", 500, "Date", "within the next year")]
    public async Task A_time_that_cannot_be_is_refused_beside_its_field(string time, int days, string field, string words)
    {
        var referral = await Accepted();
        var form = TriageWorld.Form(clinic, beth, daysAhead: 2 + days);
        form.Time = time;
        var outcome = await Book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, form), Ct);
        Assert.Contains(words, Assert.IsType<Failure.Invalid>(outcome.Failure).Errors[field]);
    }

    [Fact]
    public async Task A_form_with_nothing_in_it_says_everything_that_is_missing()
    {
        var referral = await Accepted();
        var outcome = await Book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, new AppointmentForm { Minutes = 7, Date = new DateParts("31", "2", "2027") }), Ct);
        Assert.Equal(["Clinic", "Clinician", "Date", "Minutes", "Time"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order());
    }

    [Fact]
    public async Task Moving_frees_the_old_time_and_keeps_who_asked_and_why()
    {
        var (referral, appointment) = await Booked(9);
        var triage = await database.Actor(Triage);
        var moved = await Move.Handle(triage, new(referral.Id, referral.Version, appointment, TriageWorld.Form(clinic, marek, 17), AskedBy.Patient, ChangeReason.SuitsBetter, "Works in the morning."), Ct);

        Assert.True(moved.IsDone);
        Assert.Equal((marek, "booked"), ((await Appointment(appointment)).ClinicianId, (await Appointment(appointment)).State));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("move_appointment", "2", "Works in the morning.", "appointment_moved"), (stored.LastAction, stored.LastReason, stored.LastWords, stored.LastMessage));
        Assert.Contains("\"beyondAuthority\": false", stored.LastDetail);

        var other = await Accepted();
        Assert.True((await Book.Handle(triage, new(other.Id, other.Version, TriageWorld.Form(clinic, beth, 9)), Ct)).IsDone);
        var back = await Move.Handle(triage, new(referral.Id, referral.Version + 1, appointment, TriageWorld.Form(clinic, beth, 9, 30), AskedBy.Clinic, ChangeReason.ClinicianAway, ""), Ct);
        Assert.Contains("just been taken", Assert.IsType<Failure.Invalid>(back.Failure).Errors["Time"]);
    }

    [Theory]
    [InlineData("extended", "The authority ends on")]
    [InlineData("withdrawn", "The payer has withdrawn its authority")]
    public async Task Moving_to_a_time_that_nobody_pays_for_takes_a_reason_as_booking_it_does(string line, string words)
    {
        var (referral, appointment) = await Booked(9);
        var (triage, before) = (await database.Actor(Triage), await Appointment(appointment));
        await database.Run("""
            insert into authority_entry (id, authority_id, referral_id, kind, expires_on, at, by_id, by_organisation_id)
            select gen_random_uuid(), a.id, a.referral_id, @line, case when @line = 'extended' then @last::date end, now(), u.id, u.organisation_id from funding_authority a, portal_user u where a.referral_id = @Id and u.id = @beth
            """, new { referral.Id, beth, line, last = TriageWorld.Form(clinic, beth).Date.ToDate() });

        Task<Outcome<AppointmentTime>> To(string whyBeyond)
        {
            var form = TriageWorld.Form(clinic, beth, 11, daysAhead: 9);
            form.WhyBeyond = whyBeyond;
            return Move.Handle(triage, new(referral.Id, referral.Version, appointment, form, AskedBy.Patient, ChangeReason.SuitsBetter, "Works in the morning."), Ct);
        }
        foreach (var wanting in (string[])["", " ", new('x', 1001)])
        {
            var asked = Assert.IsType<Failure.Invalid>((await To(wanting)).Failure).Errors;
            Assert.Equal(["WhyBeyond"], asked.Keys);
            if (wanting.Length < 2) Assert.StartsWith(words, asked["WhyBeyond"], StringComparison.Ordinal);
        }
        Assert.Equal(before, await Appointment(appointment));

        Assert.True((await To("The payer agreed by telephone.")).IsDone);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("move_appointment", "Works in the morning.\nThe payer agreed by telephone.", "move_appointment"), (stored.LastAction, stored.LastWords, stored.LastAudit));
        Assert.Contains("\"beyondAuthority\": true", stored.LastDetail);
    }

    [Theory]
    [InlineData(AskedBy.Patient, "2")]
    [InlineData(AskedBy.Clinic, "4")]
    public async Task Cancelling_codes_who_asked_and_makes_a_first_appointment_due_again(AskedBy askedBy, string code)
    {
        var (referral, appointment) = await Booked();
        var outcome = await Cancel.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, appointment, askedBy, ChangeReason.Other, "Unwell."), Ct);

        Assert.Equal(ReferralState.AppointmentBooked, outcome.Value);
        var row = await Appointment(appointment);
        Assert.Equal(("cancelled", code, "Unwell."), (row.State, row.AttendanceCode, row.Note));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("cancel_appointment", code, "first_appointment", "appointment_cancelled"), (stored.LastAction, stored.LastReason, stored.DueFor, stored.LastMessage));

        var rebook = (await new ListQueue(database.Database).Handle(await database.Actor(Triage), new QueueFilter { Tab = QueueTab.ToRebook }, Ct)).Value!;
        Assert.Contains(rebook.Rows, listed => listed.Reference == referral.Reference);
        Assert.True((await Book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version + 1, TriageWorld.Form(clinic, beth, 13)), Ct)).IsDone);
        Assert.Null((await database.StoredAs(referral.Id)).DueAt);
    }

    [Fact]
    public async Task Cancelling_asks_who_and_why()
    {
        var (referral, appointment) = await Booked();
        var outcome = await Cancel.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, appointment, null, null, ""), Ct);
        Assert.Equal(["AskedBy", "Why"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order());
    }

    [Theory]
    [InlineData(AttendanceCode.DidNotAttend, "3")]
    [InlineData(AttendanceCode.LateNotSeen, "7")]
    public async Task Not_attending_is_recorded_once_the_appointment_has_begun(AttendanceCode attendance, string code)
    {
        var (referral, appointment) = await Booked();
        var clinician = await database.Actor(Clinician);
        var early = await Miss.Handle(clinician, new(referral.Id, referral.Version, appointment, attendance, ""), Ct);
        Assert.Contains("not begun", Assert.IsType<Failure.Refused>(early.Failure).Words);

        await database.Run("update appointment set starts_at = now() - interval '20 minutes', ends_at = now() + interval '25 minutes' where id = @appointment", new { appointment });
        var moved = await Move.Handle(clinician, new(referral.Id, referral.Version, appointment, TriageWorld.Form(clinic, beth, 17), AskedBy.Patient, ChangeReason.PatientCannotCome, ""), Ct);
        Assert.Contains("begun", Assert.IsType<Failure.Refused>(moved.Failure).Words);

        Assert.True((await Miss.Handle(clinician, new(referral.Id, referral.Version, appointment, attendance, ""), Ct)).IsDone);
        Assert.Equal(("did_not_attend", code), ((await Appointment(appointment)).State, (await Appointment(appointment)).AttendanceCode));
        Assert.Equal(("did_not_attend", "first_appointment", "appointment_missed"), ((await database.StoredAs(referral.Id)).LastAction, (await database.StoredAs(referral.Id)).DueFor, (await database.StoredAs(referral.Id)).LastMessage));
        Assert.IsType<Failure.Refused>((await Cancel.Handle(clinician, new(referral.Id, referral.Version + 1, appointment, AskedBy.Patient, ChangeReason.PatientCannotCome, "Late."), Ct)).Failure);
    }

    [Fact]
    public async Task An_appointment_of_another_referral_is_not_reached_through_one_s_own()
    {
        var (_, appointment) = await Booked();
        var (other, _) = await Booked(12);
        var outcome = await Cancel.Handle(await database.Actor(Triage), new(other.Id, other.Version, appointment, AskedBy.Patient, ChangeReason.BookedInError, "Wrong."), Ct);
        Assert.IsType<Failure.Missing>(outcome.Failure);
        Assert.Equal("booked", (await Appointment(appointment)).State);
    }

    [Theory]
    [InlineData(Solicitor), InlineData(Partner), InlineData(Stranger), InlineData(Funder), InlineData(Auditor), InlineData(Lead)]
    public async Task Nobody_but_clinic_administrators_and_clinicians_books_or_changes(string person)
    {
        var (referral, appointment) = await Booked();
        var accepted = await Accepted();
        var actor = await database.Actor(person);
        Failure?[] failures =
        [
            (await Book.Handle(actor, new(accepted.Id, accepted.Version, TriageWorld.Form(clinic, marek, 18)), Ct)).Failure,
            (await Move.Handle(actor, new(referral.Id, referral.Version, appointment, TriageWorld.Form(clinic, marek, 18), AskedBy.Patient, ChangeReason.PatientCannotCome, ""), Ct)).Failure,
            (await Cancel.Handle(actor, new(referral.Id, referral.Version, appointment, AskedBy.Patient, ChangeReason.Other, "No."), Ct)).Failure,
            (await Miss.Handle(actor, new(referral.Id, referral.Version, appointment, AttendanceCode.DidNotAttend, ""), Ct)).Failure,
        ];
        Assert.All(failures, failure => Assert.IsType<Failure.Refused>(failure));
        Assert.Equal("booked", (await Appointment(appointment)).State);
        if (person != Lead)
        {
            Assert.IsType<Failure.Refused>((await Slots.Handle(actor, new(clinic, null, 45), Ct)).Failure);
            Assert.IsType<Failure.Refused>((await new ListAppointments(database.Database).Handle(actor, new DiaryFilter(LondonTime.DateOf(DateTimeOffset.UtcNow)), Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new OpenBooking(database.Database).Handle(actor, accepted.Reference, Ct)).Failure);
        }
    }

    [Fact]
    public async Task Free_slots_leave_out_what_is_booked_and_stay_within_opening_hours()
    {
        var triage = await database.Actor(Triage);
        var before = (await Slots.Handle(triage, new(clinic, beth, 45), Ct)).Value!;
        Assert.NotEmpty(before);
        Assert.All(before, slot => Assert.InRange(LondonTime.Of(slot.StartsAt).TimeOfDay, TimeSpan.FromHours(8), new TimeSpan(19, 15, 0)));
        Assert.All(before, slot => Assert.DoesNotContain(LondonTime.Of(slot.StartsAt).DayOfWeek, new[] { DayOfWeek.Saturday, DayOfWeek.Sunday }));
        // Two weeks, less bank holidays, and less today when it is late.
        Assert.InRange(before.Select(slot => LondonTime.DateOf(slot.StartsAt)).Distinct().Count(), 6, 10);

        var wanted = before[before.Count / 2];
        var form = new AppointmentForm { Clinic = clinic };
        form.Take(wanted.StartsAt, wanted.ClinicianId);
        var referral = await Accepted();
        Assert.True((await Book.Handle(triage, new(referral.Id, referral.Version, form), Ct)).IsDone);

        Assert.DoesNotContain((await Slots.Handle(triage, new(clinic, beth, 45), Ct)).Value!, slot => slot.StartsAt == wanted.StartsAt);
        Assert.Contains((await Slots.Handle(triage, new(clinic, null, 45), Ct)).Value!, slot => slot.StartsAt == wanted.StartsAt && slot.ClinicianId != beth);
    }

    [Fact]
    public async Task A_clinic_without_a_free_room_offers_no_time()
    {
        var triage = await database.Actor(Triage);
        await database.Run("update room set closed_at = now() where clinic_id = @clinic and name <> 'Room 1'", new { clinic });
        var slot = (await Slots.Handle(triage, new(clinic, marek, 45), Ct)).Value![10];
        var form = new AppointmentForm { Clinic = clinic, OutsideHours = true };
        form.Take(slot.StartsAt, beth);
        var referral = await Accepted();
        await Book.Handle(triage, new(referral.Id, referral.Version, form), Ct);

        Assert.DoesNotContain((await Slots.Handle(triage, new(clinic, marek, 45), Ct)).Value!, free => free.StartsAt == slot.StartsAt);
        await database.Run("update room set closed_at = null where clinic_id = @clinic", new { clinic });
    }

    [Fact]
    public async Task The_day_list_holds_the_day_in_order_and_narrows_by_clinic_and_clinician()
    {
        var (later, _) = await Booked(16);
        var (earlier, _) = await Booked(8);
        var day = TriageWorld.Form(clinic, beth).Date.ToDate()!.Value;
        var list = new ListAppointments(database.Database);
        var lead = await database.Actor(Lead);

        string[] Standing(ListAppointments.Page page) => [.. page.Rows.Where(row => row.State == "booked").Select(row => row.Reference)];
        Assert.Equal([earlier.Reference, later.Reference], Standing((await list.Handle(lead, new DiaryFilter(day, clinic, beth), Ct)).Value!));
        Assert.Empty(Standing((await list.Handle(lead, new DiaryFilter(day, clinic, marek), Ct)).Value!));
        Assert.Empty((await list.Handle(lead, new DiaryFilter(day.AddDays(300)), Ct)).Value!.Rows);
    }
}
