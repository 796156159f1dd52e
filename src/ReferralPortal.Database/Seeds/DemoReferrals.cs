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

        var people = (await connection.QueryAsync<Person>("select u.user_name as UserName, u.id, u.display_name as DisplayName, u.hcpc_number as HcpcNumber, o.id as OrganisationId, o.name as OrganisationName from portal_user u join organisation o on o.id = u.organisation_id"))
            .ToDictionary(person => person.UserName);
        var world = new World(
            people,
            await connection.ExecuteScalarAsync<Guid>("select id from organisation where kind = 'clinic_group'"),
            (await connection.QueryAsync<(string Name, Guid Id)>("select name, id from organisation")).ToDictionary(row => row.Name, row => row.Id),
            (await connection.QueryAsync<(string Name, Guid Id)>("select name, id from clinic")).ToDictionary(row => row.Name, row => row.Id),
            [.. (await connection.QueryAsync<(string Key, string Tier, string Wording)>("select key, tier, wording_version from red_flag_question where current order by position"))],
            await DemoClock.Read(connection), now);
        List<(DateTime At, object Row)> events = [];
        foreach (var referral in referrals)
            if (referral.SavedAt is not null) await connection.ExecuteAsync(InsertDraft, Draft(referral, world));
            else events.AddRange(await Insert(connection, referral, world));
        await connection.ExecuteAsync(InsertFees, new { json = await File.ReadAllTextAsync(Path.Combine(folder, "demo", "fees.json"), ct), now = now.UtcDateTime });
        // Numbered in the order in which they happened: pages that show what changed lately go by the number.
        foreach (var (_, row) in events.OrderBy(happened => happened.At)) await connection.ExecuteAsync(InsertEvent, row);
        await transaction.CommitAsync(ct);
        return referrals.Count;
    }

    sealed record Person(string UserName, Guid Id, string DisplayName, string? HcpcNumber, Guid OrganisationId, string OrganisationName);

    sealed record World(
        IReadOnlyDictionary<string, Person> People, Guid Clinic, IReadOnlyDictionary<string, Guid> Organisations, IReadOnlyDictionary<string, Guid> Clinics,
        IReadOnlyList<(string Key, string Tier, string Wording)> Questions, DemoClock Clock, DateTimeOffset Now)
    {
        /// <summary>A time of the past; one that would lie ahead when the portal is first started early in the morning was just now.</summary>
        public DateTime Past(DemoTime time) => (time.After(Now) is var at && at < Now ? at : Now).UtcDateTime;
    }

    static async Task<IEnumerable<(DateTime At, object Row)>> Insert(NpgsqlConnection connection, DemoReferral referral, World world)
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

        var today = LondonTime.DateOf(world.Now);
        await connection.ExecuteAsync(InsertReferral, new
        {
            referral.Id,
            referral.Reference,
            referral.State,
            priority = urgent ? "urgent" : "routine",
            organisationId = referrer.OrganisationId,
            personId = referrer.Id,
            patient = Json(referral.Patient),
            bornOn = referral.Patient.TryGetProperty("bornDay", out var born) ? today.AddDays(born.GetInt32()) : (DateOnly?)null,
            incident = Json(referral.Incident),
            injury = Json(referral.Injury),
            work = Json(referral.Work),
            claim = Json(referral.Claim),
            funding = Json(referral.Funding),
            services = Json(referral.Services),
            consent = Json(referral.Consent),
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
            await connection.ExecuteAsync(InsertAuthority, new { authorityId = Guid.CreateVersion7(givenAt), referral.Id, payerId = referral.Parties.Funder is { } again ? world.Organisations[again] : (Guid?)null, funding = Json(authority), today, at = givenAt });
        }
        await InsertCare(connection, referral, world, keys);
        return Events(referral, world, keys).ToList();
    }

    static async Task InsertCare(NpgsqlConnection connection, DemoReferral referral, World world, IReadOnlyDictionary<string, Guid> keys)
    {
        foreach (var one in referral.Appointments)
        {
            var startsAt = one.StartsAt.After(world.Now).UtcDateTime;
            await connection.ExecuteAsync(InsertAppointment, new { id = keys[one.Key], referralId = referral.Id, one.Kind, clinic = world.Clinics[one.Clinic], clinician = world.People[one.Clinician].Id, startsAt, endsAt = startsAt.AddMinutes(one.Minutes), one.State, one.AttendanceCode });
            if (one.State == "attended") await connection.ExecuteAsync(UseSession, new { entry = Guid.CreateVersion7(startsAt), appointment = keys[one.Key], clinician = world.People[one.Clinician].Id, at = startsAt.AddMinutes(one.Minutes) });
        }
        foreach (var one in referral.Assessments)
        {
            var at = world.Past(Time(one, "assessedAt"));
            await connection.ExecuteAsync(InsertAssessment, new { id = Guid.CreateVersion7(at), referralId = referral.Id, appointment = keys[one.GetProperty("appointment").GetString()!], clinician = Who(one), at, record = Json(one), workId = Guid.CreateVersion7(at) });
        }
        foreach (var one in referral.Sessions)
        {
            // Signed at the end of the visit by whoever had the appointment.
            var appointment = keys[one.GetProperty("appointment").GetString()!];
            await connection.ExecuteAsync(InsertSession, new { id = Guid.CreateVersion7(), workId = Guid.CreateVersion7(), referralId = referral.Id, appointment, record = Json(one) });
        }
        // Goals are set at the first assessment.
        var begun = referral.Assessments is [var first, ..] ? world.Past(Time(first, "assessedAt")) : world.Now.UtcDateTime;
        foreach (var one in referral.Goals)
            await connection.ExecuteAsync(InsertGoal, new { id = Guid.CreateVersion7(begun), referralId = referral.Id, record = Json(one), today = LondonTime.DateOf(world.Now), at = begun });
        foreach (var one in referral.Scores)
        {
            var at = world.Past(Time(one, "takenAt"));
            await connection.ExecuteAsync(InsertScore, new { id = Guid.CreateVersion7(at), referralId = referral.Id, at, by = Who(one), record = Json(one) });
        }
        foreach (var one in referral.Reports)
        {
            var (author, at, signed) = (world.People[one.Author], world.Past((one.SignedAt ?? one.SavedAt)!), one.State != "draft");
            await connection.ExecuteAsync(InsertReport, new
            {
                id = keys[one.Key],
                referralId = referral.Id,
                one.Kind,
                one.Number,
                one.State,
                content = JsonSerializer.Serialize(one.Sections, JsonSerializerOptions.Web),
                authorId = author.Id,
                authorName = signed ? author.DisplayName : null,
                hcpc = signed ? author.HcpcNumber : null,
                signedAt = signed ? at : (DateTime?)null,
                hash = signed ? Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(one.Sections, JsonSerializerOptions.Web))) : null,
                at,
            });
        }

        foreach (var one in referral.Extensions)
        {
            var report = referral.Reports.First(signed => signed.Key == one.Report);
            var (id, at, asked) = (Guid.CreateVersion7(world.Past(report.SignedAt!)), world.Past(report.SignedAt!), LondonTime.DateOf(world.Past(report.SignedAt!)));
            await connection.ExecuteAsync(InsertExtension, new
            {
                id, referralId = referral.Id, report = keys[one.Report], payer = world.Organisations[referral.Parties.Funder!], payerName = referral.Parties.Funder, by = world.People[report.Author].Id, at,
                until = LondonTime.DateOf(world.Now).AddDays(one.UntilDay), one.OutcomeIfDeclined, due = asked.AddDays(Domain.Calendars.RehabilitationCode.RequestDays),
                ids = one.Lines.Select(_ => Guid.CreateVersion7(at)).ToArray(), modalities = one.Lines.Select(line => line.Modality).ToArray(),
                sessions = one.Lines.Select(line => line.Sessions).ToArray(), prices = one.Lines.Select(line => line.UnitPrice).ToArray(),
            });
        }

        Guid Who(JsonElement one) => world.People[one.GetProperty("by").GetString()!].Id;
        static DemoTime Time(JsonElement one, string name) => one.GetProperty(name).Deserialize<DemoTime>(JsonSerializerOptions.Web)!;
    }

    static IEnumerable<(DateTime At, object Row)> Events(DemoReferral referral, World world, IReadOnlyDictionary<string, Guid> keys)
    {
        var from = "draft";
        for (var place = 0; place < referral.History.Count; place++)
        {
            var happened = referral.History[place];
            var (who, at) = (world.People[happened.By], world.Past(happened.At));
            var appointment = referral.Appointments.FirstOrDefault(one => one.Key == happened.Appointment);
            var report = referral.Reports.FirstOrDefault(one => one.Key == happened.Report);
            object detail =
                appointment is not null ? new { appointmentId = keys[appointment.Key], kind = appointment.Kind, startsAt = (happened.StartsAt ?? appointment.StartsAt).After(world.Now), clinicId = world.Clinics[appointment.Clinic], clinicianId = world.People[appointment.Clinician].Id }
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

    /// <summary>The form as a half-filled page would have saved it.</summary>
    static object Draft(DemoReferral referral, World world)
    {
        var author = world.People[referral.Referrer];
        var form = new Dictionary<string, object>();
        var started = new List<string>();
        foreach (var (name, part) in new[] { ("patient", referral.Patient), ("incident", referral.Incident), ("injury", referral.Injury) })
        {
            if (part.ValueKind != JsonValueKind.Object) continue;
            var fields = part.EnumerateObject().ToDictionary(field => field.Name, field => (object)field.Value);
            if (fields.Remove("dateOfBirth", out var born)) fields["dateOfBirth"] = Parts(DateOnly.Parse(((JsonElement)born).GetString()!, System.Globalization.CultureInfo.InvariantCulture));
            if (fields.Remove("day", out var day)) fields["date"] = Parts(LondonTime.DateOf(world.Now).AddDays(((JsonElement)day).GetInt32()));
            if (fields.TryGetValue("phone", out var phone) && PhoneNumber.TryParse(((JsonElement)phone).GetString(), out var number)) fields["phone"] = number.ToString();
            if (fields.TryGetValue("regions", out var regions)) fields["regions"] = ((JsonElement)regions).EnumerateArray().Select(site => new { region = site.GetProperty("key"), side = site.GetProperty("side") }).ToList();
            form[name] = fields;
            started.Add(name);
        }
        form["started"] = started;
        return new { referral.Id, organisationId = author.OrganisationId, authorId = author.Id, form = JsonSerializer.Serialize(form, Readable), at = world.Past(referral.SavedAt!) };

        static object Parts(DateOnly date) => new { day = $"{date.Day}", month = $"{date.Month}", year = $"{date.Year}" };
    }

    static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string Json(JsonElement part) => part.ValueKind == JsonValueKind.Object ? part.GetRawText() : "{}";

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

    const string InsertDraft = """
        insert into referral_draft (id, organisation_id, author_id, form, version, created_at, updated_at)
        values (@Id, @organisationId, @authorId, @form::jsonb, 2, @at, @at) on conflict do nothing
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
            insert into outcome_entry (id, referral_id, measure_key, taken_at, recorded_by, answered, score, rule_version, created_at)
            select @id, @referralId, s ->> 'measure', @at, @by, (s ->> 'answered')::int, (s ->> 'score')::numeric, s ->> 'ruleVersion', @at from (select @record::jsonb) file (s)
            returning id, referral_id)
        insert into outcome_answer (entry_id, referral_id, answers, created_at)
        select entry.id, entry.referral_id, s -> 'answers', @at from entry, (select @record::jsonb) file (s) where jsonb_typeof(s -> 'answers') = 'array'
        """;

    const string InsertReport = """
        insert into report (id, referral_id, kind, number, state, content, author_id, author_name, author_hcpc, signed_at, content_hash, created_at, updated_at)
        values (@id, @referralId, @Kind, @Number, @State, @content::jsonb, @authorId, @authorName, @hcpc, @signedAt, @hash, @at, @at)
        """;

    const string InsertExtension = """
        insert into extension_request (id, referral_id, report_id, payer_organisation_id, payer_name, until, outcome_if_declined, state, requested_by, asked_at, due_on, version, created_at)
        values (@id, @referralId, @report, @payer, @payerName, @until, @outcomeIfDeclined, 'waiting', @by, @at, @due, 2, @at);
        insert into extension_line (id, request_id, place, modality, sessions, unit_price, created_at)
        select line.id, @id, line.place - 1, line.modality, line.sessions, line.unit_price, @at
        from unnest(@ids, @modalities, @sessions, @prices::numeric[]) with ordinality line (id, modality, sessions, unit_price, place);
        """;

    const string InsertEvent = """
        insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, reason_code, words, detail, audience, version)
        values (@id, @referralId, @at, @actor, @actorName, @organisation, @Action, @from, @To, @ReasonCode, @Words, @detail::jsonb, @audience, @version)
        """;
}
