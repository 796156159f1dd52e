using Dapper;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Appointments;

/// <summary>
/// Beth Entwistle works at Manchester from Monday to Friday, 08:00 to 16:00; the weeks are far enough ahead that nothing else is booked.
/// </summary>
public sealed class FreeSlotsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    const string Monday = "2027-02-01", Tuesday = "2027-02-02";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Guid manchester, beth, referral;

    public async ValueTask InitializeAsync()
    {
        await database.Run("update portal_user set disabled_at = null where 'clinician' = any (roles)");
        manchester = await database.Clinic();
        beth = (await database.Actor(Clinician)).UserId;
        referral = (await database.AddReferral()).Id;
        await database.Run($"{TriageWorld.NothingUsed} delete from appointment; delete from leave; delete from clinic_closure; update room set closed_at = null");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static FakeTimeProvider Early(string day) => TestClock.At($"{day} 06:00");

    async Task<IReadOnlyList<FreeSlot>> Find(TimeProvider clock, FindFreeSlots.Query query) =>
        (await new FindFreeSlots(database.Database, database.Catalogue(), clock).Handle(await database.Actor(Triage), query, Ct)).Value!;

    /// <summary>Beth's times of one day, as London's clocks show them.</summary>
    async Task<string[]> Times(string day, int minutes = 60, Func<FindFreeSlots.Query, FindFreeSlots.Query>? asked = null, TimeProvider? clock = null)
    {
        var query = new FindFreeSlots.Query(manchester, beth, minutes) { Days = 1 };
        return [.. (await Find(clock ?? Early(day), asked?.Invoke(query) ?? query)).Select(slot => LondonTime.Of(slot.StartsAt).ToString("HH:mm", null))];
    }

    Task Add(string from, string until, Guid? clinician = null, Guid? clinic = null, string state = "booked", DateTimeOffset? heldUntil = null, string? room = null) => database.Run("""
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state, held_until, held_by, room_id)
        values (gen_random_uuid(), @referral, 'treatment', @clinic, @clinician, @from, @until, @state, @heldUntil, case when @state = 'held' then @clinician end,
                (select id from room where clinic_id = @clinic and name = @room))
        """, new { referral, clinic = clinic ?? manchester, clinician = clinician ?? beth, from = TestClock.Moment(from).UtcDateTime, until = TestClock.Moment(until).UtcDateTime, state, heldUntil = heldUntil?.UtcDateTime, room });

    static readonly string[] WholeDay = ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"];

    [Fact]
    public async Task A_free_day_is_offered_from_the_first_hour_to_the_last_whole_one()
    {
        Assert.Equal(WholeDay, await Times(Monday));
        Assert.Equal(["08:00", "09:30", "11:00", "12:30", "14:00"], await Times(Monday, 90));
    }

    [Fact]
    public async Task Today_begins_at_the_next_quarter_of_an_hour_and_a_weekend_is_offered_where_somebody_works()
    {
        Assert.Equal(["13:15", "14:15"], await Times(Monday, clock: TestClock.At($"{Monday} 13:02")));
        Assert.Equal(["13:15", "14:15"], await Times(Monday, clock: TestClock.At($"{Monday} 13:00")));
        Assert.Empty(await Times(Monday, clock: TestClock.At($"{Monday} 15:01")));
        var saturday = await Find(Early("2027-02-06"), new(manchester, null, 60) { Days = 1 });
        Assert.Equal(("09:00", "Marek Nowak"), (LondonTime.Of(saturday[0].StartsAt).ToString("HH:mm", null), saturday[0].Clinician));
    }

    [Theory]
    [InlineData("2027-03-25")]
    [InlineData("2027-03-26", false)] // Good Friday
    [InlineData("2027-03-29", false)] // Easter Monday
    [InlineData("2027-03-30")]
    [InlineData("2027-10-29")]
    [InlineData("2027-11-01")]
    public async Task On_both_sides_of_the_change_of_the_clocks_the_day_begins_at_the_same_time_on_the_wall(string day, bool open = true) =>
        Assert.Equal(open ? WholeDay : [], await Times(day));

    [Theory]
    [InlineData("2027-03-28")]
    [InlineData("2027-10-31")]
    public async Task On_the_day_of_the_change_itself_the_clinic_opens_and_closes_by_the_new_time(string sunday)
    {
        var stockport = (await database.Catalogue().Get(Ct)).Clinics.Single(clinic => clinic.Name.EndsWith("Stockport", StringComparison.Ordinal)).Id;
        var times = await Find(Early(sunday), new(stockport, null, 60) { Days = 1 });
        Assert.Equal(["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"], times.Select(slot => LondonTime.Of(slot.StartsAt).ToString("HH:mm", null)));
    }

    [Fact]
    public async Task A_clinic_s_own_hours_narrow_a_pattern()
    {
        await database.Run("insert into clinic_hours (clinic_id, weekday, opens, closes) values (@manchester, 1, '10:30', '13:00')", new { manchester });
        try
        {
            Assert.Equal(["10:30", "11:30"], await Times(Monday));
            Assert.Empty(await Times(Tuesday));
        }
        finally
        {
            await database.Run("delete from clinic_hours where clinic_id = @manchester", new { manchester });
        }
    }

    [Fact]
    public async Task A_closure_of_the_clinic_or_of_all_and_a_bank_holiday_offer_nothing()
    {
        await database.Run("""
            insert into clinic_closure (id, clinic_id, starts_on, ends_on, reason) values
                (gen_random_uuid(), @manchester, '2027-02-01', '2027-02-01', 'Training'), (gen_random_uuid(), null, '2027-02-03', '2027-02-04', 'Move')
            """, new { manchester });
        var week = await Find(Early(Monday), new(null, null, 60) { Days = 5, Clinics = [manchester, (await database.Catalogue().Get(Ct)).Clinics[0].Id] });
        Assert.DoesNotContain(week, slot => slot.ClinicId == manchester && LondonTime.DateOf(slot.StartsAt) == new DateOnly(2027, 2, 1));
        Assert.Contains(week, slot => slot.ClinicId != manchester && LondonTime.DateOf(slot.StartsAt) == new DateOnly(2027, 2, 1));
        Assert.DoesNotContain(week, slot => LondonTime.DateOf(slot.StartsAt).Day is 3 or 4);
        Assert.NotEmpty(await Times(Tuesday));
        Assert.Empty(await Times("2027-05-31"));
    }

    [Fact]
    public async Task Leave_that_goes_over_midnight_takes_both_ends()
    {
        await database.Run("insert into leave (id, clinician_id, starts_at, ends_at) values (gen_random_uuid(), @beth, @from, @until)",
            new { beth, from = TestClock.Moment($"{Monday} 13:30").UtcDateTime, until = TestClock.Moment($"{Tuesday} 10:10").UtcDateTime });
        Assert.Equal(["08:00", "09:00", "10:00", "11:00", "12:00"], await Times(Monday));
        Assert.Equal(["10:15", "11:15", "12:15", "13:15", "14:15"], await Times(Tuesday));
    }

    [Fact]
    public async Task What_is_booked_is_not_offered_wherever_it_is_booked_and_what_is_cancelled_is()
    {
        await Add($"{Monday} 09:15", $"{Monday} 10:00");
        await Add($"{Monday} 12:00", $"{Monday} 13:00", clinic: (await database.Catalogue().Get(Ct)).Clinics[0].Id);
        await Add($"{Monday} 14:00", $"{Monday} 15:00", state: "cancelled");
        Assert.Equal(["08:00", "10:00", "11:00", "13:00", "14:00", "15:00"], await Times(Monday));
    }

    [Fact]
    public async Task A_hold_takes_the_time_while_it_lasts_and_no_longer()
    {
        await Add($"{Monday} 09:00", $"{Monday} 10:00", state: "held", heldUntil: DateTimeOffset.UtcNow.AddMinutes(10));
        Assert.DoesNotContain("09:00", await Times(Monday));
        await database.Run("update appointment set held_until = now() - interval '1 second'");
        Assert.Equal(WholeDay, await Times(Monday));
    }

    [Fact]
    public async Task No_time_is_offered_while_every_room_is_taken()
    {
        await database.Run("update room set closed_at = now() where clinic_id = @manchester and name not in ('Room 1', 'Room 2')", new { manchester });
        var marek = (await database.Actor(TriageWorld.SecondClinician)).UserId;
        var priya = (await database.Actor("clinician3@clinic.example")).UserId;
        await Add($"{Monday} 09:30", $"{Monday} 10:15", marek, room: "Room 1");
        Assert.Equal(WholeDay, await Times(Monday));
        Assert.Equal("Room 2", await Room($"{Monday} 09:00"));
        // Booked by a node of the release before, without a room: it takes one all the same.
        await Add($"{Monday} 09:45", $"{Monday} 10:30", priya);
        Assert.Equal(["08:00", "11:00", "12:00", "13:00", "14:00", "15:00"], await Times(Monday));
        await database.Run("update room set services = '{initial_assessment}' where clinic_id = @manchester and name = 'Room 1'", new { manchester });
        Assert.Equal("Room 2", await Room($"{Monday} 11:00", "treatment"));
        Assert.Equal("Room 1", await Room($"{Monday} 11:00", "initial_assessment"));
        await database.Run("update room set services = (select services from clinic where id = room.clinic_id)");

        async Task<string?> Room(string at, string? service = null)
        {
            var slot = (await Find(Early(Monday), new(manchester, beth, 60) { Days = 1, Service = service })).Single(slot => slot.StartsAt == TestClock.Moment(at));
            return await database.Ask<string>("select name from room where id = @RoomId", slot);
        }
    }

    [Fact]
    public async Task A_free_room_is_named_for_a_time_and_an_appointment_does_not_stand_in_its_own_way()
    {
        await database.Run("update room set closed_at = now() where clinic_id = @manchester and name <> 'Room 1'", new { manchester });
        await Add($"{Monday} 09:00", $"{Monday} 10:00", room: "Room 1");
        var own = await database.Ask<Guid>("select id from appointment");
        Assert.Null(await Room("09:30", "10:30"));
        Assert.NotNull(await Room("10:00", "11:00"));
        Assert.NotNull(await Room("09:30", "10:30", own));
        Assert.Null(await Room("10:00", "11:00", as_: Solicitor));

        async Task<Guid?> Room(string from, string until, Guid? except = null, string as_ = Triage) => (await database.Database.Read(await database.Actor(as_), unit => unit.Many<Guid?>(
            "select portal.free_room(@manchester, 'treatment', @from, @until, @except)",
            new { manchester, from = TestClock.Moment($"{Monday} {from}").UtcDateTime, until = TestClock.Moment($"{Monday} {until}").UtcDateTime, except }), Ct))[0];
    }

    [Fact]
    public async Task A_pattern_holds_from_its_first_to_its_last_day()
    {
        await database.Run("update working_pattern set valid_from = '2027-02-02', valid_until = '2027-02-03' where clinician_id = @beth", new { beth });
        try
        {
            Assert.Empty(await Times(Monday));
            Assert.Equal(WholeDay, await Times(Tuesday));
            Assert.Equal(WholeDay, await Times("2027-02-03"));
            Assert.Empty(await Times("2027-02-04"));
        }
        finally
        {
            await database.Run("update working_pattern set valid_from = '2026-01-01', valid_until = null where clinician_id = @beth", new { beth });
        }
    }

    [Fact]
    public async Task Where_nobody_works_nothing_is_offered_and_a_disabled_clinician_is_nobody()
    {
        Assert.Empty(await Find(Early(Monday), new((await database.Catalogue().Get(Ct)).Clinics[0].Id, beth, 45)));
        await database.Run("update portal_user set disabled_at = now() where id = @beth", new { beth });
        Assert.Empty(await Times(Monday));
        Assert.Empty(await Find(Early(Monday), new(Guid.NewGuid(), null, 45)));
    }

    [Fact]
    public async Task It_narrows_by_language_skill_part_of_day_and_the_earliest_day()
    {
        var polish = await Find(Early(Monday), new(null, null, 45) { Language = "Polish", Days = 7 });
        Assert.Equal(["Marek Nowak"], polish.Select(slot => slot.Clinician).Distinct());
        var hands = await Find(Early(Monday), new(null, null, 45) { Skill = "Hand therapy" });
        Assert.Equal(["Carys Evans", "Priya Raman"], hands.Select(slot => slot.Clinician).Distinct().Order());
        Assert.Empty(await Find(Early(Monday), new(null, null, 45) { Skill = "Hand therapy", Language = "Polish" }));

        Assert.Equal(["08:00", "09:00", "10:00", "11:00"], await Times(Monday, asked: query => query with { PartOfDay = PartOfDay.Morning }));
        Assert.Equal(["12:00", "13:00", "14:00", "15:00"], await Times(Monday, asked: query => query with { PartOfDay = PartOfDay.Afternoon }));
        Assert.Empty(await Times(Monday, asked: query => query with { PartOfDay = PartOfDay.Evening }));
        var evening = await Find(Early(Tuesday), new(null, null, 45) { PartOfDay = PartOfDay.Evening, Days = 1 });
        Assert.All(evening, slot => Assert.True(LondonTime.Of(slot.StartsAt).Hour >= 17));
        Assert.NotEmpty(evening);

        var later = await Find(Early(Monday), new(manchester, beth, 60) { Earliest = new DateOnly(2027, 2, 3), Days = 1 });
        Assert.Equal(TestClock.Moment("2027-02-03 08:00"), later[0].StartsAt);
        Assert.All(later, slot => Assert.Equal(new DateOnly(2027, 2, 3), LondonTime.DateOf(slot.StartsAt)));
        Assert.Equal(WholeDay, await Times(Monday, asked: query => query with { Earliest = new DateOnly(2027, 1, 1) }));
        Assert.Empty(await Find(Early(Monday), new(null, null, 45) { Service = "hydrotherapy" }));
        Assert.Equal(3, (await Find(Early(Monday), new(null, null, 45) { Service = "immediate_needs_assessment" })).Select(slot => slot.ClinicId).Distinct().Count());
    }

    [Fact]
    public async Task All_clinics_are_offered_the_soonest_or_the_nearest_first_with_the_distance()
    {
        var soonest = await Find(Early(Monday), new(null, null, 45) { Postcode = "m50 3az" });
        Assert.Equal(10, soonest.Select(slot => slot.ClinicId).Distinct().Count());
        Assert.Equal("Example clinic, Salford", soonest[0].Clinic);
        Assert.Equal(soonest.Select(slot => slot.StartsAt).Order(), soonest.Select(slot => slot.StartsAt));

        var nearest = await Find(Early(Monday), new(null, null, 45) { Postcode = "L1 8DB", Order = SlotOrder.Nearest });
        Assert.Equal("Example clinic, Liverpool", nearest[0].Clinic);
        Assert.True(nearest[0].Miles < 2);
        Assert.Equal(nearest.Select(slot => slot.Miles!.Value).Order(), nearest.Select(slot => slot.Miles!.Value));
        Assert.All(await Find(Early(Monday), new(null, null, 45)), slot => Assert.Null(slot.Miles));

        var audited = await database.Ask<int>("select count(*)::int from audit_entry where action = 'suggest_clinics' and referral_id = @referral", new { referral });
        Assert.NotNull((await Find(Early(Monday), new(null, null, 45) { Referral = referral }))[0].Miles);
        Assert.Equal(audited + 1, await database.Ask<int>("select count(*)::int from audit_entry where action = 'suggest_clinics' and referral_id = @referral", new { referral }));
    }

    [Fact]
    public async Task Only_the_treating_clinic_s_people_find_times_by_each_wall_alone()
    {
        var triage = await database.Actor(Triage);
        foreach (var person in (string[])[Solicitor, Funder, Auditor])
        {
            var stranger = await database.Actor(person);
            Assert.IsType<Failure.Refused>((await Ask(database.WithoutRowLevelSecurity(), stranger)).Failure);
            Assert.Empty((await Ask(database.Database, stranger.DisguisedAs(triage))).Value!);
            foreach (var table in (string[])["room", "working_pattern", "leave", "clinic_closure"])
                Assert.Equal(0, (await database.Database.Read(stranger, unit => unit.Many<int>($"select count(*)::int from {table}"), Ct))[0]);
        }
        Assert.NotEmpty((await Ask(database.Database, triage)).Value!);

        // A role of that name at another organisation is worth nothing.
        await database.Run("update portal_user set roles = '{clinic_administrator}' where user_name = @Stranger", new { Stranger });
        try
        {
            Assert.Empty((await Ask(database.Database, (await database.Actor(Stranger)).DisguisedAs(triage))).Value!);
        }
        finally
        {
            await database.Run("update portal_user set roles = '{referrer}' where user_name = @Stranger", new { Stranger });
        }

        Task<Outcome<IReadOnlyList<FreeSlot>>> Ask(PortalDatabase through, Actor actor) =>
            new FindFreeSlots(through, database.Catalogue(), Early(Monday)).Handle(actor, new(manchester, null, 45), Ct);
    }

    [Fact]
    public async Task A_hold_is_seen_by_the_clinic_alone_and_only_a_hold_can_be_taken_away()
    {
        await Add($"{Monday} 09:00", $"{Monday} 10:00", state: "held", heldUntil: DateTimeOffset.UtcNow.AddMinutes(10));
        await Add($"{Monday} 11:00", $"{Monday} 12:00");
        Assert.Equal(["booked"], await States(Solicitor));
        Assert.Equal(["booked", "held"], await States(Triage));
        Assert.Equal(0, await Delete(Solicitor));
        Assert.Equal(1, await Delete(Triage));
        Assert.Equal(["booked"], await States(Triage));

        async Task<List<string>> States(string person) => await database.Database.Read(await database.Actor(person), unit => unit.Many<string>("select state from appointment where referral_id = @referral order by state", new { referral }), Ct);
        async Task<int> Delete(string person) => (await database.Database.Write<int>(await database.Actor(person), async unit =>
            (await unit.Many<Guid>("delete from appointment where referral_id = @referral returning id", new { referral })).Count, Ct)).Value;
    }

    sealed record Shift(Guid ClinicianId, Guid ClinicId, int Weekday, TimeOnly Starts, TimeOnly Ends);

    sealed record Taken(Guid ClinicianId, Guid ClinicId, Guid? RoomId, DateTime StartsAt, DateTime EndsAt);

    [Fact]
    public async Task Whatever_is_booked_no_offer_overlaps_it_and_no_time_that_would_do_is_left_out()
    {
        // An independent look with nothing but comparisons, over weeks that are filled by chance.
        var random = new Random(20270201);
        await using var owner = await database.Owner();
        var shifts = (await owner.QueryAsync<Shift>("select clinician_id, clinic_id, weekday, starts, ends from working_pattern")).ToList();
        var rooms = (await owner.QueryAsync<(Guid Id, Guid Clinic)>("select id, clinic_id from room")).ToList();
        var clinicians = shifts.Select(shift => shift.ClinicianId).Distinct().ToArray();
        for (var round = 0; round < 6; round++)
        {
            var first = new DateOnly(2027, 6, 7).AddDays(7 * round);
            await database.Run($"{TriageWorld.NothingUsed} delete from appointment; delete from leave");
            foreach (var clinician in clinicians)
            {
                for (var at = LondonTime.Instant(first, new TimeOnly(8, 0)); at < LondonTime.Instant(first.AddDays(4), new TimeOnly(20, 0)); at = at.AddMinutes(5 * random.Next(6, 40)))
                {
                    if (random.Next(3) == 0) continue;
                    var clinic = shifts.First(shift => shift.ClinicianId == clinician).ClinicId;
                    var end = at.AddMinutes(5 * random.Next(4, 19));
                    // Some without a room, as long as no two stand in one.
                    await owner.ExecuteAsync("""
                        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, room_id)
                        select gen_random_uuid(), @referral, 'treatment', @clinic, @clinician, @at, @end, (
                            select id from room where clinic_id = @clinic and @roomed and not exists (
                                select from appointment a where a.room_id = room.id and tstzrange(a.starts_at, a.ends_at) && tstzrange(@at, @end)) order by md5(id::text || @seed) limit 1)
                        on conflict do nothing
                        """, new { referral, clinic, clinician, at = at.UtcDateTime, end = end.UtcDateTime, roomed = random.Next(5) > 0, seed = $"{random.Next()}" });
                    at = end;
                }
                if (random.Next(2) == 0)
                    await owner.ExecuteAsync("insert into leave (id, clinician_id, starts_at, ends_at) values (gen_random_uuid(), @clinician, @from, @until)",
                        new { clinician, from = LondonTime.Instant(first.AddDays(random.Next(4)), new TimeOnly(random.Next(24), 20)).UtcDateTime, until = LondonTime.Instant(first.AddDays(4), new TimeOnly(11, 10)).UtcDateTime });
            }
            var taken = (await owner.QueryAsync<Taken>("select clinician_id, clinic_id, room_id, starts_at, ends_at from appointment")).ToList();
            var leave = (await owner.QueryAsync<(Guid Clinician, DateTime From, DateTime Until)>("select clinician_id, starts_at, ends_at from leave")).ToList();
            var minutes = FindMinutes[round % FindMinutes.Length];
            var clock = TestClock.At($"{first:yyyy-MM-dd} 09:20");

            foreach (var shift in shifts.GroupBy(shift => (shift.ClinicianId, shift.ClinicId)))
            {
                var offered = (await Find(clock, new(shift.Key.ClinicId, shift.Key.ClinicianId, minutes) { Days = 5 })).ToList();
                Assert.All(offered, slot => Assert.True(Works(slot.StartsAt) && Free(slot.StartsAt), $"offered although it will not do: {slot}"));
                Assert.All(offered, slot => Assert.DoesNotContain(taken, busy => busy.RoomId == slot.RoomId && Overlaps(busy, slot.StartsAt)));
                for (var at = clock.GetUtcNow().AddMinutes(10); at < clock.GetUtcNow().AddDays(4); at = at.AddMinutes(15))
                    if (Works(at) && Free(at) && !offered.Any(slot => Math.Abs((slot.StartsAt - at).TotalMinutes) < minutes))
                        Assert.Fail($"{at:u} would do and is not offered, nor anything beside it");

                bool Works(DateTimeOffset at) => shift.Any(one => (int)LondonTime.DateOf(at).DayOfWeek == one.Weekday % 7
                    && LondonTime.Instant(LondonTime.DateOf(at), one.Starts) <= at && at.AddMinutes(minutes) <= LondonTime.Instant(LondonTime.DateOf(at), one.Ends))
                    && at > clock.GetUtcNow();

                bool Free(DateTimeOffset at)
                {
                    var here = taken.Where(busy => busy.ClinicId == shift.Key.ClinicId && Overlaps(busy, at)).ToList();
                    var left = rooms.Count(room => room.Clinic == shift.Key.ClinicId && here.All(busy => busy.RoomId != room.Id)) - here.Count(busy => busy.RoomId is null);
                    return left > 0 && !taken.Any(busy => busy.ClinicianId == shift.Key.ClinicianId && Overlaps(busy, at))
                        && !leave.Any(away => away.Clinician == shift.Key.ClinicianId && away.From < at.UtcDateTime.AddMinutes(minutes) && away.Until > at.UtcDateTime);
                }

                bool Overlaps(Taken busy, DateTimeOffset at) => busy.StartsAt < at.UtcDateTime.AddMinutes(minutes) && busy.EndsAt > at.UtcDateTime;
            }
        }
    }

    static readonly int[] FindMinutes = [45, 30, 90, 60];
}
