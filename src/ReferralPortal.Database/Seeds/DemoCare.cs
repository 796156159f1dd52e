using System.Text.Json;
using Dapper;
using Npgsql;

namespace ReferralPortal.Database.Seeds;

/// <summary>The clinical record of an example referral: appointments and what was recorded at them, goals, scores, and what the patient was asked at home.</summary>
static class DemoCare
{
    internal static async Task Insert(NpgsqlConnection connection, DemoReferral referral, DemoWorld world, IReadOnlyDictionary<string, Guid> keys)
    {
        foreach (var one in referral.Appointments)
        {
            var startsAt = one.StartsAt.After(world.Now).UtcDateTime;
            await connection.ExecuteAsync(InsertAppointment, new { id = keys[one.Key], referralId = referral.Id, one.Kind, clinic = world.Clinics[one.Clinic], clinician = world.People[one.Clinician].Id, startsAt, endsAt = startsAt.AddMinutes(one.Minutes), one.State, one.AttendanceCode });
            if (one.State == "attended") await connection.ExecuteAsync(UseSession, new { entry = Guid.CreateVersion7(startsAt), appointment = keys[one.Key], clinician = world.People[one.Clinician].Id, at = startsAt.AddMinutes(one.Minutes) });
        }
        foreach (var one in referral.Assessments)
        {
            var at = world.Past(one, "assessedAt");
            await connection.ExecuteAsync(InsertAssessment, new { id = Guid.CreateVersion7(at), referralId = referral.Id, appointment = keys[one.GetProperty("appointment").GetString()!], clinician = world.Who(one), at, record = DemoWorld.Json(one), workId = Guid.CreateVersion7(at) });
        }
        foreach (var one in referral.Sessions)
        {
            // Signed at the end of the visit by whoever had the appointment.
            var appointment = keys[one.GetProperty("appointment").GetString()!];
            await connection.ExecuteAsync(InsertSession, new { id = Guid.CreateVersion7(), workId = Guid.CreateVersion7(), referralId = referral.Id, appointment, record = DemoWorld.Json(one) });
        }
        // Goals are set at the first assessment.
        var begun = referral.Assessments is [var first, ..] ? world.Past(first, "assessedAt") : world.Now.UtcDateTime;
        foreach (var one in referral.Goals)
            await connection.ExecuteAsync(InsertGoal, new { id = Guid.CreateVersion7(begun), referralId = referral.Id, record = DemoWorld.Json(one), today = world.Today, at = begun });
        foreach (var one in referral.Scores)
        {
            var at = world.Past(one, "takenAt");
            await connection.ExecuteAsync(InsertScore, new { id = Guid.CreateVersion7(at), referralId = referral.Id, at, by = world.Who(one), questionnaire = (Guid?)null, record = DemoWorld.Json(one) });
        }
        foreach (var one in referral.Questionnaires) await InsertQuestionnaire(connection, referral, one, world);
    }

    // Its mail is not sent: the secret in it is made when it leaves.
    static async Task InsertQuestionnaire(NpgsqlConnection connection, DemoReferral referral, DemoQuestionnaire one, DemoWorld world)
    {
        var sentAt = world.Past(one.SentAt);
        var id = Guid.CreateVersion7(sentAt);
        DateTime? At(DemoTime? time) => time is null ? null : world.Past(time);
        await connection.ExecuteAsync(InsertSent, new { id, referralId = referral.Id, measures = one.Measures.ToArray(), one.Channel, by = world.People[one.By].Id, expires = sentAt.AddDays(DemoQuestionnaire.Days), openedAt = At(one.OpenedAt), answeredAt = At(one.AnsweredAt), at = sentAt });
        foreach (var score in one.Scores)
            await connection.ExecuteAsync(InsertScore, new { id = Guid.CreateVersion7(At(one.AnsweredAt)!.Value), referralId = referral.Id, at = At(one.AnsweredAt), by = world.System, questionnaire = id, record = DemoWorld.Json(score) });
    }

    const string UseSession = "select portal.use_session(@entry, @appointment, null, @clinician, @at)";

    const string InsertAppointment = """
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state, attendance_code, room_id)
        select @id, @referralId, @Kind, @clinic, @clinician, @startsAt, @endsAt, @State, @AttendanceCode, (
            select room.id from room
            where room.clinic_id = @clinic and not exists (
                select from appointment other
                where other.room_id = room.id and other.state = 'booked' and tstzrange(other.starts_at, other.ends_at) && tstzrange(@startsAt, @endsAt))
            order by room.name limit 1)
        """;

    const string InsertAssessment = """
        insert into assessment (id, referral_id, appointment_id, clinician_id, assessed_at, subjective, objective, analysis, plan, regions, sessions_planned, work_status, prognosis_weeks, created_at,
                                state, signed_at, author_name, author_hcpc)
        select @id, @referralId, @appointment, @clinician, @at, a ->> 'subjective', a ->> 'objective', a ->> 'analysis', a ->> 'plan',
               (select coalesce(jsonb_agg(jsonb_build_object('region', r ->> 'key', 'side', r ->> 'side') order by place), '[]') from jsonb_array_elements(a -> 'regions') with ordinality region (r, place)),
               (a ->> 'sessionsPlanned')::int, a ->> 'workStatus', (a ->> 'prognosisWeeks')::int, @at, 'signed', @at, u.display_name, u.hcpc_number
        from (select @record::jsonb) file (a) join portal_user u on u.id = @clinician;
        insert into work_status_entry (id, referral_id, status, from_date, recorded_by, recorded_at, created_at)
        select @workId, @referralId, a ->> 'workStatus', (@at::timestamptz at time zone 'Europe/London')::date, @clinician, @at, @at
        from (select @record::jsonb) file (a) where a ? 'workStatus'
        """;

    const string InsertSession = """
        insert into treatment_session (id, referral_id, appointment_id, clinician_id, held_at, treatments, response, work_status, state, signed_at, author_name, author_hcpc, created_at, updated_at)
        select @id, @referralId, a.id, u.id, a.starts_at, array(select jsonb_array_elements_text(s -> 'treatments')), s ->> 'response', s ->> 'workStatus',
               'signed', a.ends_at, u.display_name, u.hcpc_number, a.starts_at, a.ends_at
        from (select @record::jsonb) file (s), appointment a join portal_user u on u.id = a.clinician_id where a.id = @appointment;
        insert into work_status_entry (id, referral_id, status, from_date, recorded_by, recorded_at, created_at)
        select @workId, @referralId, s ->> 'workStatus', (a.starts_at at time zone 'Europe/London')::date, a.clinician_id, a.ends_at, a.ends_at
        from (select @record::jsonb) file (s), appointment a
        where a.id = @appointment and s ->> 'workStatus' is distinct from (select status from work_status_entry where referral_id = @referralId order by from_date desc, recorded_at desc limit 1)
        """;

    const string InsertGoal = """
        insert into goal (id, referral_id, words, target_date, outcome, created_at)
        select @id, @referralId, g ->> 'words', @today + (g ->> 'targetDay')::int, g ->> 'outcome', @at from (select @record::jsonb) file (g)
        """;

    const string InsertScore = """
        with entry as (
            insert into outcome_entry (id, referral_id, measure_key, taken_at, recorded_by, answered, score, rule_version, questionnaire_id, source, created_at)
            select @id, @referralId, s ->> 'measure', @at, @by, (s ->> 'answered')::int, (s ->> 'score')::numeric, s ->> 'ruleVersion', @questionnaire, case when @questionnaire is null then 'clinic' else 'patient' end, @at
            from (select @record::jsonb) file (s)
            returning id, referral_id)
        insert into outcome_answer (entry_id, referral_id, answers, names, created_at)
        select entry.id, entry.referral_id, s -> 'answers', array(select jsonb_array_elements_text(s -> 'names')), @at
        from entry, (select @record::jsonb) file (s) where jsonb_typeof(s -> 'answers') = 'array'
        """;

    const string InsertSent = """
        insert into questionnaire (id, referral_id, measures, channel, sent_by, expires_at, opened_at, answered_at, version, created_at)
        values (@id, @referralId, @measures, @Channel, @by, @expires, @openedAt, @answeredAt, case when @openedAt::timestamptz is null then 1 else 2 end, @at)
        """;
}
