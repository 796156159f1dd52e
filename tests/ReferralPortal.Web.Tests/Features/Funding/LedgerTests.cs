using CsCheck;
using Dapper;
using Npgsql;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Funding;

public sealed class LedgerTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RecordSeen See => new(database.Database);
    RecordMissed Miss => new(database.Database, database.Catalogue());
    CorrectAttendance Correct => new(database.Database);

    // Eight sessions and 640 pounds are authorised; the assessment has used one session.
    Task<TestReferral> InTreatment() => database.AddReferral(state: ReferralState.InTreatment, redFlag: null, others: (Funder, PartyRole.Funder));

    Task<FundingBalance> Balance(TestReferral referral, string reader = Triage) => database.Balance(referral.Id, reader);

    [Fact]
    public async Task Every_authority_begins_with_its_first_line_and_the_balance_is_read_from_the_ledger()
    {
        var balance = await Balance(await InTreatment());
        Assert.Equal((8, 1, 7, 640m, 0m), (balance.SessionsAuthorised, balance.SessionsUsed, balance.SessionsLeft, balance.PoundsAuthorised, balance.PoundsUsed));
        Assert.Equal([AuthorityEntryKind.Authorised, AuthorityEntryKind.Used], balance.Lines.Select(line => line.Kind.Value));
        Assert.Equal("Northgate Law", balance.Lines[0].By.Split(", ")[^1]);
    }

    [Fact]
    public async Task An_appointment_that_took_place_uses_one_session_however_often_it_is_recorded()
    {
        var referral = await InTreatment();
        var appointment = await database.AddAppointment(referral.Id);
        var command = new RecordSeen.Command(referral.Id, referral.Version, appointment, AttendanceCode.OnTime);
        Assert.True((await See.Handle(await database.Actor(Clinician), command, Ct)).IsDone);
        Assert.False((await See.Handle(await database.Actor(Clinician), command, Ct)).IsDone);
        await database.Run("select portal.use_session(gen_random_uuid(), @appointment, null, (select id from portal_user where user_name = @Clinician), now())", new { appointment, Clinician });

        Assert.Equal((2, 6), ((await Balance(referral)).SessionsUsed, (await Balance(referral)).SessionsLeft));
    }

    [Fact]
    public async Task A_mistake_in_the_attendance_is_put_right_by_another_line_and_none_is_changed()
    {
        var referral = await InTreatment();
        var appointment = await database.AddAppointment(referral.Id);
        await See.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, appointment, AttendanceCode.OnTime), Ct);
        var outcome = await Correct.Handle(await database.Actor(Triage), new(referral.Id, referral.Version + 1, appointment, AttendanceCode.DidNotAttend, "It was another patient."), Ct);

        Assert.True(outcome.IsDone);
        var balance = await Balance(referral);
        Assert.Equal((1, 7), (balance.SessionsUsed, balance.SessionsLeft));
        Assert.Equal([1, -1], balance.Lines.Where(line => line.Kind == AuthorityEntryKind.Used).Skip(1).Select(line => line.Sessions!.Value));
        Assert.Equal(("did_not_attend", "3"), await One<(string, string)>("select state, attendance_code from appointment where id = @appointment", new { appointment }));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("correct_attendance", "It was another patient.", "correct_attendance"), (stored.LastAction, stored.LastWords, stored.LastAudit));
    }

    [Fact]
    public async Task Only_the_clinic_puts_attendance_right_with_a_reason_and_never_the_assessments()
    {
        var referral = await InTreatment();
        var appointment = await database.AddAppointment(referral.Id);
        var command = new CorrectAttendance.Command(referral.Id, referral.Version, appointment, AttendanceCode.DidNotAttend, "Why");
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Lead, Auditor]) Assert.IsType<Failure.Refused>((await Correct.Handle(await database.Actor(person), command, Ct)).Failure);
        Assert.Equal(["Code", "Why"], Assert.IsType<Failure.Invalid>((await Correct.Handle(await database.Actor(Triage), command with { Code = null, Why = " " }, Ct)).Failure).Errors.Keys.Order());
        Assert.IsType<Failure.Refused>((await Correct.Handle(await database.Actor(Triage), command, Ct)).Failure);
        var assessment = await One<Guid>("select id from appointment where referral_id = @Id and kind = 'initial_assessment'", new { referral.Id });
        Assert.IsType<Failure.Refused>((await Correct.Handle(await database.Actor(Triage), command with { Appointment = assessment }, Ct)).Failure);
        Assert.IsType<Failure.Conflict>((await Correct.Handle(await database.Actor(Triage), command with { Version = 1 }, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Correct.Handle(await database.Actor(Triage), command with { Referral = Guid.NewGuid() }, Ct)).Failure);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task A_missed_appointment_uses_a_session_only_where_the_payer_agreed_to_that(bool agreed, int used)
    {
        await database.Terms(chargesMissed: agreed);
        var referral = await InTreatment();
        await database.Run("insert into funding_authority (id, referral_id, payer_organisation_id, payer_name, sessions, given_at) select gen_random_uuid(), @Id, organisation_id, 'Ribble Insurance', 2, now() from portal_user where user_name = @Funder", new { referral.Id, Funder });
        var appointment = await database.AddAppointment(referral.Id);
        Assert.True((await Miss.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, appointment, AttendanceCode.DidNotAttend, ""), Ct)).IsDone);
        Assert.Equal(used, (await Balance(referral)).SessionsUsed);
        await database.Terms(chargesMissed: false);
    }

    [Fact]
    public async Task The_ledger_equals_the_attendance_whatever_is_recorded_and_put_right()
    {
        var referral = await InTreatment();
        var appointments = new Guid[6];
        for (var place = 0; place < appointments.Length; place++) appointments[place] = await database.AddAppointment(referral.Id, daysAgo: place + 1);
        var person = await database.Actor(Clinician);

        await Gen.Select(Gen.Int[0, appointments.Length - 1], Gen.Int[0, 3]).Array[8].SampleAsync(async steps =>
        {
            foreach (var (place, what) in steps)
            {
                var version = await One<int>("select version from referral where id = @Id", new { referral.Id });
                // Refusals are a part of it: what is not recorded is not corrected, and the other way round.
                _ = what switch
                {
                    0 => (await See.Handle(person, new(referral.Id, version, appointments[place], AttendanceCode.OnTime), Ct)).Failure,
                    1 => (await Miss.Handle(person, new(referral.Id, version, appointments[place], AttendanceCode.DidNotAttend, ""), Ct)).Failure,
                    2 => (await Correct.Handle(person, new(referral.Id, version, appointments[place], AttendanceCode.LateButSeen, "Why"), Ct)).Failure,
                    _ => (await Correct.Handle(person, new(referral.Id, version, appointments[place], AttendanceCode.LateNotSeen, "Why"), Ct)).Failure,
                };
            }
            Assert.Equal(0, await Differences(referral));
            await database.Run("update appointment set state = 'booked', attendance_code = null where id = any (@appointments) and state = 'did_not_attend'", new { appointments });
        }, iter: 12, threads: 1);
        Assert.True((await Balance(referral)).Lines.Count(line => line.Kind == AuthorityEntryKind.Used) > 1, "nothing was recorded at all");
    }

    // Every appointment that took place has one session in the ledger, and no other has any.
    Task<int> Differences(TestReferral referral) => One<int>("""
        select count(*)::int from appointment a
        where a.referral_id = @Id
            and coalesce((select sum(line.sessions) from authority_entry line where line.appointment_id = a.id), 0) <> case when a.state = 'attended' then 1 else 0 end
        """, new { referral.Id });

    [Fact]
    public async Task The_database_adds_up_a_ledger_as_the_domain_does()
    {
        var referral = await InTreatment();
        var authority = await One<Guid>("select id from funding_authority where referral_id = @Id", new { referral.Id });
        var appointment = await database.AddAppointment(referral.Id);
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 6], Gen.Int[0, 400]).Array[1, 6].SampleAsync(async lines =>
        {
            foreach (var (kind, sessions, pounds) in lines)
                await database.Run("""
                    insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, expires_on, appointment_id, at, by_id, by_organisation_id)
                    select gen_random_uuid(), @authority, @Id, @kind, @sessions, @pounds, case when @kind = 'extended' and @pounds % 2 = 0 then date '2027-01-01' + @pounds end,
                           case when @kind = 'used' then @appointment::uuid end, now(), id, organisation_id from portal_user where user_name = 'clinician@clinic.example'
                    """, new { authority, referral.Id, kind = kind == 0 ? "extended" : "used", sessions, pounds, appointment });
            var domain = Assert.Single((await Balance(referral)).Authorities).Sum;
            var stored = await One<(int Sessions, decimal Pounds, int Used, decimal PoundsUsed, DateOnly? ExpiresOn)>("select sessions, pounds, sessions_used, pounds_used, expires_on from authority_balance where id = @authority", new { authority });
            Assert.Equal((domain.SessionsAuthorised!.Value, domain.PoundsAuthorised!.Value, domain.SessionsUsed, domain.PoundsUsed, domain.ExpiresOn), stored);
        }, iter: 10, threads: 1);
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where id = @appointment", new { appointment });
    }

    [Fact]
    public async Task A_session_counts_under_the_authority_that_covered_its_day_and_otherwise_under_none()
    {
        var referral = await InTreatment();
        await database.Run("""
            insert into authority_entry (id, authority_id, referral_id, kind, expires_on, at, by_id, by_organisation_id)
            select gen_random_uuid(), a.id, a.referral_id, 'extended', current_date - 5, now(), u.id, u.organisation_id from funding_authority a, portal_user u where a.referral_id = @Id and u.user_name = @Triage
            """, new { referral.Id, Triage });
        var appointment = await database.AddAppointment(referral.Id, daysAgo: 2);
        await See.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, appointment, AttendanceCode.OnTime), Ct);
        var balance = await Balance(referral);
        Assert.Equal((2, 1, 7), (balance.SessionsUsed, balance.SessionsUncovered, balance.SessionsLeft));

        await database.Run("insert into funding_authority (id, referral_id, payer_name, sessions, given_at) values (gen_random_uuid(), @Id, 'Another payer', 2, now())", new { referral.Id });
        var later = await database.AddAppointment(referral.Id, daysAgo: 1);
        await See.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version + 1, later, AttendanceCode.OnTime), Ct);
        Assert.Equal([1, 1], (await Balance(referral)).Authorities.Select(one => one.Sum.SessionsUsed));
    }

    [Fact]
    public async Task A_line_of_the_ledger_is_changed_and_removed_by_nobody()
    {
        var referral = await InTreatment();
        foreach (var statement in (string[])["update authority_entry set sessions = 99 where referral_id = @Id", "delete from authority_entry where referral_id = @Id"])
        {
            Assert.Equal("RP002", (await Assert.ThrowsAsync<PostgresException>(() => database.Run(statement, new { referral.Id }))).SqlState);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () =>
                await database.Database.Write<int>(await database.Actor(Triage), unit => As(unit, statement, referral), Ct))).SqlState);
        }
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () =>
            await database.Database.Write<int>(await database.Actor(Triage), unit => As(unit, "update funding_authority set sessions = 99 where referral_id = @Id", referral), Ct))).SqlState);
    }

    [Fact]
    public async Task The_ledger_is_read_by_the_parties_and_by_nobody_else_and_written_by_clinic_and_payer()
    {
        var referral = await database.AddReferral(state: ReferralState.InTreatment, redFlag: null, others: [(Funder, PartyRole.Funder), (CaseManager, PartyRole.CaseManager)]);
        foreach (var person in (string[])[Solicitor, CaseManager, Funder, Triage, Clinician]) Assert.Equal(2, (await Balance(referral, person)).Lines.Count);
        foreach (var person in (string[])[Stranger, Intermediary, Employer, Health, Auditor]) Assert.Empty((await Balance(referral, person)).Lines);

        const string line = """
            insert into authority_entry (id, authority_id, referral_id, kind, sessions, at, by_id, by_organisation_id)
            select gen_random_uuid(), a.id, a.referral_id, 'extended', 50, now(), portal.current_person(), portal.current_organisation() from funding_authority a where a.referral_id = @Id
            """;
        // The authority is of a payer without an account: not even an insurer on the referral adds to it.
        foreach (var person in (string[])[Solicitor, CaseManager, Funder])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () =>
                await database.Database.Write<int>(await database.Actor(person), unit => As(unit, line, referral), Ct))).SqlState);
        Assert.Equal(8, (await Balance(referral)).SessionsAuthorised);
        Assert.True((await database.Database.Write<int>(await database.Actor(Clinician), unit => As(unit, line, referral), Ct)).IsDone);
        Assert.Equal(58, (await Balance(referral)).SessionsAuthorised);
    }

    static async Task<Outcome<int>> As(PortalUnit unit, string statement, TestReferral referral) => await unit.Run(statement, new { referral.Id });

    async Task<T> One<T>(string sql, object? arguments = null)
    {
        await using var owner = await database.Owner();
        return await owner.QuerySingleAsync<T>(sql, arguments);
    }
}
