using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Tests.Features.Referrals;

/// <summary>The demo accounts, by what they are in these tests.</summary>
public static class People
{
    public const string Solicitor = "solicitor@northgate-law.example", Partner = "partner@northgate-law.example", Stranger = "solicitor@harbour-legal.example",
        CaseManager = "manager@pennine-case.example", Intermediary = "agent@mersey-rehab.example", Health = "referrals@irwell-health.example",
        Employer = "oh@tame-logistics.example", Funder = "claims@ribble-insurance.example", Triage = "triage@clinic.example",
        Clinician = "clinician@clinic.example", Lead = "lead@clinic.example", Auditor = "auditor@clinic.example";

    /// <summary>Every one of them.</summary>
    public static readonly string[] Everybody = [Solicitor, Partner, Stranger, CaseManager, Intermediary, Health, Employer, Funder, Triage, Clinician, Lead, Auditor];
}

/// <summary>A referral of the tests, complete in all its parts, each of which holds words that can be searched for.</summary>
public sealed record TestReferral(Guid Id, string Reference, int Version);

/// <summary>Puts referrals into a test's database, past the portal and its rules.</summary>
public static class ReferralWorld
{
    /// <summary>Words that stand in the clinical parts of every test referral.</summary>
    public const string Symptoms = "stabbing-under-the-shoulder-blade", History = "had-sarcoidosis-in-2019", Told = "told-by-telephone-at-noon",
        GoalWords = "carries-the-shopping-again", Question = "which-side-hurts-more";

    static int last;

    /// <summary>The catalogue of a test database.</summary>
    public static CatalogueStore Catalogue(this PortalTestDatabase database) => new(database.Sources, TimeProvider.System);

    /// <summary>Adds a referral that <paramref name="referrer"/> sent, with other organisations' people on it by role.</summary>
    public static async Task<TestReferral> AddReferral(
        this PortalTestDatabase database,
        string referrer = People.Solicitor,
        ReferralState state = ReferralState.InTreatment,
        Priority priority = Priority.Routine,
        DateTimeOffset? submittedAt = null,
        string givenName = "Maud",
        string familyName = "Ollerenshaw",
        RedFlagTier? redFlag = RedFlagTier.Urgent,
        DateTimeOffset? dueAt = null,
        DateTimeOffset? pausedAt = null,
        params (string Person, PartyRole Role)[] others)
    {
        var reference = Reference.FromNumber(7_000_000_000 + Interlocked.Increment(ref last)).ToString();
        var id = Guid.CreateVersion7();
        var at = submittedAt ?? DateTimeOffset.UtcNow.AddDays(-10);
        await using var connection = await database.Owner();
        await connection.ExecuteAsync(Insert, new
        {
            id, reference, referrer, givenName, familyName,
            state = EnumText.Of(state), priority = EnumText.Of(priority), at = at.UtcDateTime,
            redFlag = redFlag is { } tier ? EnumText.Of(tier) : null,
            dueAt = dueAt?.UtcDateTime, pausedAt = pausedAt?.UtcDateTime,
            people = others.Select(other => other.Person).ToArray(),
            roles = others.Select(other => EnumText.Of(other.Role)).ToArray(),
            Symptoms, History, Told, GoalWords, Question,
            clinician = People.Clinician, triage = People.Triage,
        });
        return new TestReferral(id, reference, 3);
    }

    const string Insert = """
        create temp table parties on commit drop as
            select organisation_id, 'referrer' as role from portal_user where user_name = @referrer
            union all select id, 'treating_clinic' from organisation where kind = 'clinic_group'
            union all select u.organisation_id, other.role from unnest(@people, @roles) other (person, role) join portal_user u on u.user_name = other.person;

        insert into patient (id, given_name, family_name, date_of_birth, sex, nhs_number, address, postcode, phone, preferred_contact, readers)
        select @id, @givenName, @familyName, '1985-03-12', 'female', '9434765919', '4 Mill Lane', 'M1 1AA', '+441612345678', 'phone', array(select distinct organisation_id from parties);

        insert into referral (id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, condition_slug, our_reference, claim_reference,
                              incident_date, red_flag_tier, triage_owner_id, clinician_id, due_for, due_at, clock_paused_at, submitted_at, state_since, readers, version)
        select @id, @reference, @state, @priority, @id, u.organisation_id, u.id, (select slug from condition order by position limit 1), 'OUR-77', 'CLAIM-4711',
               '2026-01-05', @redFlag, (select id from portal_user where user_name = @triage), (select id from portal_user where user_name = @clinician),
               case when @dueAt::timestamptz is not null then 'triage' end, @dueAt, @pausedAt, @at, @at, array(select distinct organisation_id from parties), 3
        from portal_user u where u.user_name = @referrer;

        insert into referral_detail (referral_id, incident_mechanism, incident_account, injury_regions, symptoms, onset, pain_now, work_status, clinical_history, red_flag_answers,
                                     red_flag_told_by, red_flag_told_at, red_flag_told_how, claim_type, liability, payer_name, consent_taken_by, consent_taken_on, consent_method, services, notes)
        values (@id, 'road_traffic', 'Hit from behind', '[{"region": "shoulder", "side": "left"}]', @Symptoms, 'At once', 6, 'off_sick', @History,
                '[{"key": "bladder", "answer": "yes", "wording": "2026-11"}]', 'A solicitor', @at, @Told, 'road_traffic', 'admitted', 'Ribble Insurance', 'A solicitor', '2026-01-20', 'in_writing',
                array['initial_assessment', 'treatment'], 'Notes that mention ' || @Symptoms);

        insert into referral_party (referral_id, organisation_id, role, state, submitted_at) select @id, organisation_id, role, @state, @at from parties;

        insert into referral_search (referral_id, readers, submitted_at, words)
        select @id, array(select distinct organisation_id from parties), @at,
               portal.search_words(@reference || ' ' || replace(@reference, '-', '') || ' ' || @givenName || ' ' || @familyName || ' 12/03/1985 1985-03-12 9434765919 CLAIM-4711 OUR-77');

        insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, words, audience, version)
        select gen_random_uuid(), @id, @at, u.id, u.display_name, u.organisation_id, 'submit', 'draft', 'submitted', null, 'everyone', 1 from portal_user u where u.user_name = @referrer
        union all
        select gen_random_uuid(), @id, @at + interval '1 hour', u.id, u.display_name, u.organisation_id, 'ask_for_information', 'submitted', 'information_requested', @Question, 'everyone', 2 from portal_user u where u.user_name = @triage
        union all
        select gen_random_uuid(), @id, @at + interval '2 hours', u.id, u.display_name, u.organisation_id, 'acknowledge_alert', @state, @state, null, 'everyone', 3 from portal_user u where u.user_name = @triage
        union all
        select gen_random_uuid(), @id, @at + interval '3 hours', u.id, u.display_name, u.organisation_id, 'start_triage', @state, @state, 'between the clinic’s own people', 'clinic', 3 from portal_user u where u.user_name = @triage;

        insert into funding_authority (id, referral_id, payer_name, sessions, pounds, given_at) values (gen_random_uuid(), @id, 'Ribble Insurance', 8, 640, @at);

        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state, attendance_code)
        select gen_random_uuid(), @id, 'initial_assessment', (select id from clinic order by name limit 1), u.id, @at + interval '3 days', @at + interval '3 days 1 hour', 'attended', '5' from portal_user u where u.user_name = @clinician;

        select portal.use_session(gen_random_uuid(), a.id, null, a.clinician_id, a.ends_at) from appointment a where a.referral_id = @id;

        insert into goal (id, referral_id, words) values (gen_random_uuid(), @id, @GoalWords);

        insert into outcome_score (id, referral_id, measure_key, taken_at, recorded_by, score, rule_version)
        select gen_random_uuid(), @id, 'nprs', @at + interval '3 days', u.id, 8, 'nprs-1' from portal_user u where u.user_name = @clinician
        union all
        select gen_random_uuid(), @id, 'nprs', @at + interval '20 days', u.id, 5, 'nprs-1' from portal_user u where u.user_name = @clinician;

        insert into report (id, referral_id, kind, state, content, author_id, author_name, author_hcpc, signed_at, content_hash)
        select gen_random_uuid(), @id, 'initial_assessment', 'signed', '[]'::jsonb, u.id, u.display_name, 'PH104512', @at + interval '4 days', 'f00d' from portal_user u where u.user_name = @clinician
        union all
        select gen_random_uuid(), @id, 'progress', 'draft', '[]'::jsonb, u.id, null, null, null, null from portal_user u where u.user_name = @clinician;
        """;
}
