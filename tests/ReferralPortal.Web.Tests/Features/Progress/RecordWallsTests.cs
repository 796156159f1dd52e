using Dapper;
using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

/// <summary>What row-level security alone keeps of the clinical record, whatever a use case forgets.</summary>
public sealed class RecordWallsTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("assessment")]
    [InlineData("treatment_session")]
    [InlineData("goal_review")]
    public async Task Only_the_clinic_reads_the_record(string table)
    {
        var id = await Recorded();
        Assert.Equal(1, await Rows(People.Clinician, table, id));
        Assert.Equal(1, await Rows(People.Triage, table, id));
        foreach (var person in People.Everybody.Except([People.Clinician, People.Triage, People.Lead])) Assert.Equal(0, await Rows(person, table, id));
    }

    [Fact]
    public async Task Parties_read_goals_and_work_and_an_employer_work_alone()
    {
        var id = await Recorded(People.Employer);
        foreach (var (person, goals, work) in new[] { (People.Funder, 1, 1), (People.CaseManager, 1, 1), (People.Clinician, 1, 1), (People.Employer, 0, 1), (People.Stranger, 0, 0), (People.Auditor, 0, 0) })
            Assert.Equal((person, goals, work), (person, await Rows(person, "goal", id), await Rows(person, "work_status_entry", id)));
    }

    [Theory]
    [InlineData("insert into treatment_session (id, referral_id, clinician_id, held_at, form) values (gen_random_uuid(), @id, @me, now(), '{}')")]
    [InlineData("insert into assessment (id, referral_id, clinician_id, assessed_at, form) values (gen_random_uuid(), @id, @me, now(), '{}')")]
    [InlineData("insert into work_status_entry (id, referral_id, status, from_date, recorded_by, recorded_at) values (gen_random_uuid(), @id, 'retired', current_date, @me, now())")]
    [InlineData("insert into goal (id, referral_id, words) values (gen_random_uuid(), @id, 'mine')")]
    public async Task Nobody_outside_the_clinic_writes_the_record(string statement)
    {
        var id = await Recorded();
        Assert.Equal(1, await Try(People.Clinician, statement, id));
        foreach (var person in new[] { People.Solicitor, People.Funder, People.Stranger })
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => Try(person, statement, id))).SqlState);
        Assert.Equal(0, await Try(People.Solicitor, "update goal set words = 'mine' where referral_id = @id", id));
    }

    [Fact]
    public async Task A_draft_is_changed_and_thrown_away_by_its_author_alone()
    {
        var id = await Recorded();
        await using (var owner = await world.Owner())
            await owner.ExecuteAsync("insert into treatment_session (id, referral_id, clinician_id, held_at, form) select gen_random_uuid(), @id, id, now(), '{}' from portal_user where user_name = @clinician", new { id, clinician = People.Clinician });

        const string Change = "update treatment_session set form = '[]' where referral_id = @id and state = 'draft'", ThrowAway = "delete from treatment_session where referral_id = @id";
        Assert.Equal(0, await Try("clinician2@clinic.example", Change, id));
        Assert.Equal(1, await Try(People.Clinician, Change, id));
        Assert.Equal(0, await Try("clinician2@clinic.example", ThrowAway, id));
        // The signed one stays.
        Assert.Equal(1, await Try(People.Clinician, ThrowAway, id));
    }

    [Theory]
    [InlineData("update assessment set plan = 'another' where referral_id = @id")]
    [InlineData("update assessment set regions = '[]', author_name = 'Somebody' where referral_id = @id")]
    [InlineData("update treatment_session set response = 'better' where referral_id = @id")]
    [InlineData("update treatment_session set concern = 'none', concern_words = null where referral_id = @id")]
    [InlineData("update treatment_session set state = 'draft', form = '{}' where referral_id = @id")]
    public async Task A_signed_note_cannot_be_changed_even_by_the_databases_owner(string statement)
    {
        var id = await Recorded();
        await using var owner = await world.Owner();
        Assert.Equal("RP002", (await Assert.ThrowsAsync<PostgresException>(() => owner.ExecuteAsync(statement, new { id }))).SqlState);
        Assert.Equal(2, await owner.ExecuteAsync("update assessment set state = 'superseded' where referral_id = @id; update treatment_session set state = 'superseded' where referral_id = @id", new { id }));
    }

    [Fact]
    public async Task What_is_written_to_the_referrer_is_for_the_referrer_and_the_clinic()
    {
        var id = await Recorded();
        await using (var owner = await world.Owner())
            await owner.ExecuteAsync("""
                insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, words, audience, version)
                select gen_random_uuid(), @id, now(), id, display_name, organisation_id, 'raise_concern', 'in_treatment', 'in_treatment', 'for-you-alone', 'referrer', 4 from portal_user where user_name = @clinician
                """, new { id, clinician = People.Clinician });
        foreach (var (person, sees) in new[] { (People.Solicitor, 1), (People.Clinician, 1), (People.Funder, 0), (People.CaseManager, 0), (People.Stranger, 0) })
            Assert.Equal((person, sees), (person, await Ask(person, "select count(*)::int from referral_event where referral_id = @id and audience = 'referrer'", id)));
    }

    [Fact]
    public async Task A_role_of_the_clinic_is_worth_nothing_at_another_organisation()
    {
        var id = await Recorded();
        string[] questions =
        [
            .. ((string[])["assessment", "treatment_session", "goal_review"]).Select(table => $"select count(*)::int from {table} where referral_id = @id"),
            "select count(*)::int from referral_event where referral_id = @id and audience = 'clinic'",
            "select count(*)::int from report where referral_id = @id and state = 'draft'",
            "select count(*)::int from outbox_message", "select count(*)::int from audit_entry", "select count(*)::int from mail_message",
        ];
        await using var owner = await world.Owner();
        await owner.ExecuteAsync("""
            insert into outbox_message (kind, referral_id, payload) values ('nothing', @id, '{}');
            update portal_user set roles = array['referrer', 'clinic_administrator', 'clinician', 'clinic_manager', 'auditor', 'system'] where user_name = @Solicitor
            """, new { id, People.Solicitor });
        try
        {
            // The firm's own referral, which it sees as before; and of the clinic's it sees nothing.
            Assert.Equal(1, await Ask(People.Solicitor, "select count(*)::int from referral where id = @id", id));
            foreach (var question in questions) Assert.Equal((question, 0), (question, await Ask(People.Solicitor, question, id)));
            Assert.Equal(0, await Try(People.Solicitor, "update organisation set name = name", id));

            var (clinician, disguised) = (await world.Actor(People.Clinician), (await world.Actor(People.Solicitor)).DisguisedAs(await world.Actor(People.Clinician)));
            async Task<TreatmentRecord.Assessment?> Read(PortalDatabase through, Actor actor) => await through.Read(actor, async unit => (await TreatmentRecord.Read(unit, id)).Assessed, Ct);
            Assert.Null(await Read(world.Database, disguised));
            Assert.NotNull(await Read(world.WithoutRowLevelSecurity(), disguised));
            Assert.NotNull(await Read(world.Database, clinician));
            // The portal's own account is of the clinic group.
            Assert.Equal(1, await world.Database.Read(clinician with { UserId = Actor.SystemUserId }, unit => unit.One<int>(questions[0], new { id }), Ct));
        }
        finally
        {
            await owner.ExecuteAsync("update portal_user set roles = array['referrer'] where user_name = @Solicitor; delete from outbox_message where kind = 'nothing'", new { People.Solicitor });
        }
    }

    /// <summary>A referral with one row in each table of the record.</summary>
    async Task<Guid> Recorded(string referrer = People.Solicitor)
    {
        var referral = await world.AddReferral(referrer, ReferralState.InTreatment, others: [(People.Funder, PartyRole.Funder), (People.CaseManager, PartyRole.CaseManager)]);
        await using var owner = await world.Owner();
        await owner.ExecuteAsync("""
            insert into assessment (id, referral_id, clinician_id, assessed_at, subjective, objective, analysis, plan, state, signed_at, author_name, author_hcpc)
            select gen_random_uuid(), @Id, id, now(), 's', 'o', 'a', 'p', 'signed', now(), display_name, 'PH104512' from portal_user where user_name = @clinician;
            insert into treatment_session (id, referral_id, clinician_id, held_at, treatments, response, concern, concern_words, state, signed_at, author_name, author_hcpc)
            select gen_random_uuid(), @Id, id, now(), array['taping'], 'well', 'clinic_only', 'afraid at home', 'signed', now(), display_name, 'PH104512' from portal_user where user_name = @clinician;
            insert into goal_review (id, goal_id, referral_id, outcome, reviewed_at, reviewed_by)
            select gen_random_uuid(), g.id, @Id, 'partly', now(), u.id from goal g, portal_user u where g.referral_id = @Id and u.user_name = @clinician;
            insert into work_status_entry (id, referral_id, status, from_date, recorded_by, recorded_at)
            select gen_random_uuid(), @Id, 'off_sick', current_date, id, now() from portal_user where user_name = @clinician;
            """, new { referral.Id, clinician = People.Clinician });
        return referral.Id;
    }

    Task<int> Rows(string person, string table, Guid id) => Ask(person, $"select count(*)::int from {table} where referral_id = @id", id);

    async Task<int> Ask(string person, string question, Guid id) => await world.Database.Read(await world.Actor(person), unit => unit.One<int>(question, new { id }), Ct);

    async Task<int> Try(string person, string statement, Guid id)
    {
        var actor = await world.Actor(person);
        return await world.Database.View(actor, async unit =>
        {
            await unit.One<int>("select 1");
            return await unit.Run(statement, new { id, me = actor.UserId });
        }, Ct);
    }
}
