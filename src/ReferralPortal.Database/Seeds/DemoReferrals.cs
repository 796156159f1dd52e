using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapper;
using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Database.Seeds;

/// <summary>
/// Loads the example referrals: every state, every kind of organisation, dated from the moment of loading. What follows from what the file says (clocks,
/// readers, search words, the tier of a safety answer, a report's hash) is worked out here. A database that has them already is left as it is.
/// </summary>
public static class DemoReferrals
{
    /// <returns>How many were added: all of them, or none.</returns>
    public static async Task<int> Load(string ownerConnectionString, string folder, DateTimeOffset now, CancellationToken ct)
    {
        var referrals = DemoReferral.Read(await File.ReadAllTextAsync(Path.Combine(folder, "demo", "referrals.json"), ct));
        await using var connection = new NpgsqlConnection(ownerConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Two starts at once: the second waits, and finds them there.
        await connection.ExecuteAsync("select pg_advisory_xact_lock(3)");
        if (await connection.ExecuteScalarAsync<bool>("select exists (select from referral where id = any (@ids))", new { ids = referrals.Select(referral => referral.Id).ToArray() })) return 0;

        var world = await DemoWorld.Read(connection, now);
        List<(DateTime At, object Row)> events = [];
        foreach (var referral in referrals)
            if (referral.SavedAt is not null) await DemoDraft.Insert(connection, referral, world);
            else events.AddRange(await Insert(connection, referral, world));
        await connection.ExecuteAsync(InsertFees, new { json = await File.ReadAllTextAsync(Path.Combine(folder, "demo", "fees.json"), ct), now = now.UtcDateTime });
        // Numbered in the order in which they happened: pages that show what changed lately go by the number.
        foreach (var (_, row) in events.OrderBy(happened => happened.At)) await connection.ExecuteAsync(InsertEvent, row);
        await transaction.CommitAsync(ct);
        return referrals.Count;
    }

    static async Task<IEnumerable<(DateTime At, object Row)>> Insert(NpgsqlConnection connection, DemoReferral referral, DemoWorld world)
    {
        var referrer = world.People[referral.Referrer];
        List<(Guid Organisation, string Role)> parties = [(referrer.OrganisationId, "referrer"), (world.Clinic, "treating_clinic")];
        foreach (var (name, role) in new[] { (referral.Parties.CaseManager, "case_manager"), (referral.Parties.Funder, "funder"), (referral.Parties.InstructingParty, "instructing_party") })
            if (name is not null) parties.Add((world.Organisations[name], role));

        var answers = world.Questions.Select(question => new { key = question.Key, answer = referral.Safety!.AnswerTo(question.Key), wording = question.Wording }).ToList();
        var tier = RedFlags.Weigh(
            world.Questions.Select(question => (question.Key, EnumText.Parse<RedFlagTier>(question.Tier))),
            answers.ToDictionary(answer => answer.key, answer => EnumText.Parse<RedFlagAnswer>(answer.answer))).Tier;
        var urgent = tier is not null || referral.Services.GetProperty("priority").GetString() == "urgent";

        var submittedAt = world.Past(referral.History[0].At);
        var keys = referral.Appointments.Select(appointment => appointment.Key).Concat(referral.Reports.Select(report => report.Key)).ToDictionary(key => key, _ => Guid.CreateVersion7(submittedAt));
        var clock = new DemoClock.Standing();
        var stateSince = submittedAt;
        var (began, ended) = (submittedAt, new List<(string Target, DateTime Began, DateTime Due, DateTime At, string By)>());
        foreach (var happened in referral.History)
        {
            var at = world.Past(happened.At);
            if (happened != referral.History[0] && happened.To != referral.History[referral.History.ToList().IndexOf(happened) - 1].To) stateSince = at;
            var before = clock;
            clock = world.Clock.After(clock, happened.Action, at, submittedAt, urgent, tier is not null, referral.Reports.FirstOrDefault(report => report.Key == happened.Report)?.Kind);
            if (before is { DueFor: { } target, DueAt: { } due } && target != clock.DueFor) ended.Add((target, began, due.UtcDateTime, at, happened.Action));
            if (before.DueFor != clock.DueFor) began = happened.Action == "clear_red_flag" ? submittedAt : at;
        }
        DemoEvent? Last(string action) => referral.History.LastOrDefault(happened => happened.Action == action);
        Guid? By(DemoEvent? happened) => happened is null ? null : world.People[happened.By].Id;
        DateTime? At(DemoEvent? happened) => happened is null ? null : world.Past(happened.At);

        var today = world.Today;
        await connection.ExecuteAsync(InsertReferral, new
        {
            referral.Id,
            referral.Reference,
            referral.State,
            priority = urgent ? "urgent" : "routine",
            organisationId = referrer.OrganisationId,
            personId = referrer.Id,
            patient = DemoWorld.Json(referral.Patient),
            bornOn = referral.Patient.TryGetProperty("bornDay", out var born) ? today.AddDays(born.GetInt32()) : (DateOnly?)null,
            incident = DemoWorld.Json(referral.Incident),
            injury = DemoWorld.Json(referral.Injury),
            work = DemoWorld.Json(referral.Work),
            claim = DemoWorld.Json(referral.Claim),
            funding = DemoWorld.Json(referral.Funding),
            services = DemoWorld.Json(referral.Services),
            consent = DemoWorld.Json(referral.Consent),
            today,
            tier = tier is { } found ? EnumText.Of(found) : null,
            clearedAt = At(Last("clear_red_flag")),
            acknowledgedAt = At(Last("acknowledge_alert")),
            acknowledgedBy = By(Last("acknowledge_alert")),
            triageOwner = By(Last("start_triage")),
            clinicId = referral.Clinic is { } clinic ? world.Clinics[clinic] : (Guid?)null,
            clinicianId = referral.Clinician is { } clinician ? world.People[clinician].Id : (Guid?)null,
            clock.DueFor,
            dueAt = clock.DueAt?.UtcDateTime,
            pausedAt = clock.PausedAt?.UtcDateTime,
            submittedAt,
            stateSince,
            readers = parties.Select(party => party.Organisation).Distinct().ToArray(),
            version = referral.History.Count,
            answers = JsonSerializer.Serialize(answers),
            toldBy = referral.Safety!.ToldBy,
            toldAt = referral.Safety.ToldAt is { } told ? world.Past(told) : (DateTime?)null,
            toldHow = referral.Safety.ToldHow,
            payerId = referral.Parties.Funder is { } funder ? world.Organisations[funder] : (Guid?)null,
            payerKind = referral.Parties.Funder is not null ? "funder" : referral.Funding.GetProperty("payerName").GetString() is var payer && payer == referrer.OrganisationName ? "referrer"
                : payer!.StartsWith("NHS", StringComparison.Ordinal) ? "nhs" : "somebody_else",
            organisations = parties.Select(party => party.Organisation).ToArray(),
            roles = parties.Select(party => party.Role).ToArray(),
            authorityId = Guid.CreateVersion7(submittedAt),
            began,
            promiseIds = ended.Select(promise => Guid.CreateVersion7(promise.At)).ToArray(),
            targets = ended.Select(promise => promise.Target).ToArray(),
            begins = ended.Select(promise => promise.Began).ToArray(),
            dues = ended.Select(promise => promise.Due).ToArray(),
            ends = ended.Select(promise => promise.At).ToArray(),
            endedBy = ended.Select(promise => promise.By).ToArray(),
        });
        foreach (var authority in referral.FurtherAuthorities)
        {
            var givenAt = world.Past(authority.GetProperty("givenAt").Deserialize<DemoTime>(JsonSerializerOptions.Web)!);
            await connection.ExecuteAsync(InsertAuthority, new { authorityId = Guid.CreateVersion7(givenAt), referral.Id, payerId = referral.Parties.Funder is { } again ? world.Organisations[again] : (Guid?)null, funding = DemoWorld.Json(authority), today, at = givenAt });
        }
        await DemoCare.Insert(connection, referral, world, keys);
        await DemoReports.Insert(connection, referral, world, keys);
        return Events(referral, world, keys).ToList();
    }

    static IEnumerable<(DateTime At, object Row)> Events(DemoReferral referral, DemoWorld world, IReadOnlyDictionary<string, Guid> keys)
    {
        var from = "draft";
        for (var place = 0; place < referral.History.Count; place++)
        {
            var happened = referral.History[place];
            var (who, at) = (world.People[happened.By], world.Past(happened.At));
            var appointment = referral.Appointments.FirstOrDefault(one => one.Key == happened.Appointment);
            var report = referral.Reports.FirstOrDefault(one => one.Key == happened.Report);
            var extension = referral.Extensions.FirstOrDefault(one => one.Report == happened.Extension);
            object detail =
                appointment is not null ? new { appointmentId = keys[appointment.Key], kind = appointment.Kind, startsAt = (happened.StartsAt ?? appointment.StartsAt).After(world.Now), clinicId = world.Clinics[appointment.Clinic], clinicianId = world.People[appointment.Clinician].Id }
                : extension is { Answer: { } answer } ? new { state = EnumText.Of(extension.Outcome), payer = referral.Parties.Funder, how = "portal", sessions = answer.Granted.Sum(), asked = extension.Lines.Sum(line => line.Sessions), until = extension.Until(world) }
                : report is not null ? new { kind = report.Kind, reportId = keys[report.Key] }
                : happened.Clinic is { } clinic ? new { clinicId = world.Clinics[clinic], clinicianId = happened.Clinician is { } clinician ? world.People[clinician].Id : (Guid?)null }
                : new { };
            yield return (at, new
            {
                id = Guid.CreateVersion7(at), referralId = referral.Id, at, actor = who.Id, actorName = who.DisplayName, organisation = who.OrganisationId,
                happened.Action, from, happened.To, happened.ReasonCode, happened.Words, detail = JsonSerializer.Serialize(detail), audience = happened.ClinicOnly ? "clinic" : "everyone", version = place + 1,
            });
            from = happened.To;
        }
    }

    // They hold since a year before the loading, and nobody's own prices are touched.
    const string InsertFees = """
        insert into fee_schedule (id, payer_organisation_id, valid_from, fees, vat_note, note, agreed_by, agreed_at)
        select gen_random_uuid(), payer.id, @now::date - 365, row.fees, row."vatNote", row.note, manager.id, @now
        from jsonb_array_elements(@json::jsonb) file (entry)
        cross join jsonb_to_record(entry) row (payer text, fees jsonb, "vatNote" text, note text)
        left join organisation payer on payer.name = row.payer
        cross join lateral (select u.id from portal_user u where 'clinic_manager' = any (u.roles) order by u.id limit 1) manager
        on conflict do nothing
        """;

    const string InsertReferral = """
        insert into patient (id, given_name, family_name, date_of_birth, sex, nhs_number, gp_practice_name, gp_practice_code, address, postcode, phone, email, preferred_contact,
                             guardian_name, guardian_relationship, guardian_phone, guardian_email, guardian_has_responsibility, interpreter_language, communication_needs, access_needs, home_visit_needed, readers, created_at)
        select @Id, p ->> 'givenName', p ->> 'familyName', coalesce(@bornOn, (p ->> 'dateOfBirth')::date), p ->> 'sex', p ->> 'nhsNumber', p ->> 'gpPracticeName', p ->> 'gpPracticeCode',
               p ->> 'address', p ->> 'postcode', p ->> 'phone', p ->> 'email', p ->> 'preferredContact', p ->> 'guardianName', p ->> 'guardianRelationship', p ->> 'guardianPhone', p ->> 'guardianEmail',
               (p ->> 'guardianResponsibility')::boolean,
               p ->> 'interpreterLanguage', p ->> 'communicationNeeds', p ->> 'accessNeeds', coalesce((p ->> 'homeVisitNeeded')::boolean, false), @readers, @submittedAt
        from (select @patient::jsonb) file (p);

        insert into referral (id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, condition_slug, our_reference, claim_reference, incident_date,
                              red_flag_tier, red_flag_cleared_at, alert_acknowledged_at, alert_acknowledged_by, triage_owner_id, clinic_id, clinician_id, due_for, due_at,
                              clock_paused_at, submitted_at, state_since, readers, version, created_at)
        select @Id, @Reference, @State, @priority, @Id, @organisationId, @personId, @injury::jsonb ->> 'conditionSlug', c ->> 'ourReference', c ->> 'claimReference',
               @today + (@incident::jsonb ->> 'day')::int, @tier, @clearedAt, @acknowledgedAt, @acknowledgedBy, @triageOwner, @clinicId, @clinicianId, @DueFor, @dueAt,
               @pausedAt, @submittedAt, @stateSince, @readers, @version, @submittedAt
        from (select @claim::jsonb) file (c);

        insert into referral_detail (referral_id, work_related, incident_mechanism, incident_account, injury_regions, presenting_condition, symptoms, onset, pain_now, work_status, occupation,
                                     clinical_history, medication, imaging, job_demands, current_duties, adjusted_duties, absent_since, return_target, red_flag_answers, red_flag_told_by, red_flag_told_at, red_flag_told_how, instructing_party_name, claim_type, liability, lower_value_claim, other_insurer,
                                     other_insurer_reference, payer_kind, payer_name, purchase_order, consent_given_by, consent_form, consent_covers, consent_taken_by, consent_taken_on, consent_method, consent_to_share_with,
                                     services, priority_reason, availability)
        select @Id, (@incident::jsonb ->> 'workRelated')::boolean, @incident::jsonb ->> 'mechanism', @incident::jsonb ->> 'account',
               (select coalesce(jsonb_agg(jsonb_build_object('region', site -> 'key', 'side', site -> 'side')), '[]') from jsonb_array_elements(i -> 'regions') site),
               i ->> 'conditionInWords', i ->> 'symptoms', i ->> 'onset', (i ->> 'pain')::int, i ->> 'workStatus', i ->> 'occupation', i ->> 'clinicalHistory', i ->> 'medication', i ->> 'imaging', w ->> 'jobDemands', w ->> 'currentDuties', w ->> 'adjustedDuties',
               @today + (w ->> 'absentSinceDay')::int, @today + (w ->> 'returnTargetDay')::int,
               @answers::jsonb, @toldBy, @toldAt, @toldHow, c ->> 'instructingPartyName', c ->> 'type', c ->> 'liability', (c ->> 'lowerValue')::boolean, c ->> 'otherInsurer', c ->> 'otherInsurerReference',
               @payerKind, case when @payerId is null then f ->> 'payerName' end, f ->> 'reference', k ->> 'givenBy', k ->> 'signedForm',
               array(select jsonb_array_elements_text(k -> 'covers')), k ->> 'takenBy', @today + (k ->> 'takenDay')::int, k ->> 'method',
               array(select jsonb_array_elements_text(k -> 'shareWith')), array(select jsonb_array_elements_text(s -> 'askedFor')), s ->> 'priorityReason', @patient::jsonb ->> 'availability'
        from (select @injury::jsonb, @claim::jsonb, @funding::jsonb, @consent::jsonb, @services::jsonb, @work::jsonb) file (i, c, f, k, s, w);

        insert into referral_party (referral_id, organisation_id, role, state, submitted_at)
        select @Id, organisation_id, role, @State, @submittedAt from unnest(@organisations, @roles) party (organisation_id, role);

        insert into funding_authority (id, referral_id, payer_organisation_id, payer_name, sessions, pounds, expires_on, reference, given_at, created_at)
        select @authorityId, @Id, @payerId, f ->> 'payerName', (f ->> 'sessions')::int, (f ->> 'pounds')::numeric, @today + (f ->> 'expiresDay')::int, f ->> 'reference', @submittedAt, @submittedAt
        from (select @funding::jsonb) file (f) where f ? 'sessions' or f ? 'pounds';

        insert into referral_search (referral_id, readers, submitted_at, words)
        select r.id, r.readers, r.submitted_at, portal.search_words(concat_ws(' ', r.reference, replace(r.reference, '-', ''), p.given_name, p.family_name,
               to_char(p.date_of_birth, 'DD/MM/YYYY'), to_char(p.date_of_birth, 'YYYY-MM-DD'), p.nhs_number, r.claim_reference, r.our_reference))
        from referral r join patient p on p.id = r.patient_id where r.id = @Id;

        update referral set clock_started_at = @began where id = @Id and due_for is not null;
        insert into clock_history (id, referral_id, target, started_at, due_at, ended_at, ended_by)
        select id, @Id, target, began, due, ended, ended_by
        from unnest(@promiseIds, @targets, @begins::timestamptz[], @dues::timestamptz[], @ends::timestamptz[], @endedBy) promise (id, target, began, due, ended, ended_by);

        insert into outbox_message (kind, referral_id, payload)
        select 'clock_check', id, jsonb_build_object('referralId', id, 'dueAt', due_at) from referral where id = @Id and due_at is not null and clock_paused_at is null;
        """;

    const string InsertAuthority = """
        insert into funding_authority (id, referral_id, payer_organisation_id, payer_name, sessions, pounds, expires_on, reference, given_how, given_at, created_at)
        select @authorityId, @Id, @payerId, f ->> 'payerName', (f ->> 'sessions')::int, (f ->> 'pounds')::numeric, @today + (f ->> 'expiresDay')::int, f ->> 'reference', 'letter', @at, @at
        from (select @funding::jsonb) file (f)
        """;

    const string InsertEvent = """
        insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, reason_code, words, detail, audience, version)
        values (@id, @referralId, @at, @actor, @actorName, @organisation, @Action, @from, @To, @ReasonCode, @Words, @detail::jsonb, @audience, @version)
        """;
}
