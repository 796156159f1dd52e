using Dapper;
using Npgsql;

namespace ReferralPortal.Database.Seeds;

/// <summary>
/// Loads the files of <c>seeds/</c>. Loading twice changes nothing; loading an edited file brings the edit. Each file goes to the server as it is, and
/// one statement turns it into rows: <c>seeds/README.md</c> describes the shapes.
/// </summary>
public static class SeedLoader
{
    /// <summary>The seeds that came with this build.</summary>
    public static string DefaultFolder { get; } = Path.Combine(AppContext.BaseDirectory, "seeds");

    /// <summary>Loads the reference data: what the clinic group edits and no tenant owns.</summary>
    public static Task LoadReference(string ownerConnectionString, string folder, CancellationToken ct) => Load(ownerConnectionString, Path.Combine(folder, "reference"), Reference, ct);

    /// <summary>Loads the example clinics, organisations and accounts.</summary>
    public static Task LoadDemoAccounts(string ownerConnectionString, string folder, CancellationToken ct) => Load(ownerConnectionString, Path.Combine(folder, "demo"), DemoAccounts, ct);

    static async Task Load(string connectionString, string folder, (string File, string Sql)[] files, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var (file, sql) in files)
        {
            var json = await File.ReadAllTextAsync(Path.Combine(folder, file), ct);
            try
            {
                await connection.ExecuteAsync(new CommandDefinition(sql, new { json }, cancellationToken: ct));
            }
            catch (PostgresException fault)
            {
                throw new SeedException($"seeds/{Path.GetFileName(folder)}/{file} does not fit: {fault.MessageText}", fault);
            }
        }
        await transaction.CommitAsync(ct);
    }

    // The account of background work, as soon as there is a clinic group for it to belong to.
    const string ThePortalItself = """
        insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles)
        select '01900000-0000-7000-8000-000000000001', o.id, o.directory_tenant_id, 'portal@system.invalid', 'The portal', '{system}'
        from organisation o where o.kind = 'clinic_group' and @json is not null
        on conflict do nothing
        """;

    static readonly (string, string)[] Reference =
    [
        ("group.json", ThePortalItself),
        ("group.json", """
            insert into clinic_group_settings (name, phone, email, opening_hours, open_on_bank_holidays, targets)
            select g ->> 'name', g ->> 'phone', g ->> 'email', g -> 'openingHours', coalesce((g ->> 'openOnBankHolidays')::boolean, false), g -> 'targets' from (select @json::jsonb) file (g)
            on conflict (id) do update set name = excluded.name, phone = excluded.phone, email = excluded.email,
                opening_hours = excluded.opening_hours, open_on_bank_holidays = excluded.open_on_bank_holidays, targets = excluded.targets
            """),
        ("conditions.json", """
            insert into condition (slug, name, position, what_it_is, causes, symptoms, what_to_do, what_not_to_do, physiotherapy, treatment_options,
                                   long_term_effects, urgent_advice, body_regions, snomed_code, keywords)
            select row.slug, row.name, place, row."whatItIs", row.causes, row.symptoms, row."whatToDo", row."whatNotToDo", row.physiotherapy, row."treatmentOptions",
                   row."longTermEffects", row."urgentAdvice", row."bodyRegions", row."snomedCode", row.keywords
            from jsonb_array_elements(@json::jsonb) with ordinality file (entry, place),
                 jsonb_to_record(entry) row (slug text, name text, "whatItIs" text, causes text[], symptoms text[], "whatToDo" text[], "whatNotToDo" text[], physiotherapy text,
                     "treatmentOptions" text[], "longTermEffects" text, "urgentAdvice" text, "bodyRegions" text[], "snomedCode" text, keywords text[])
            on conflict (slug) do update set name = excluded.name, position = excluded.position, what_it_is = excluded.what_it_is, causes = excluded.causes,
                symptoms = excluded.symptoms, what_to_do = excluded.what_to_do, what_not_to_do = excluded.what_not_to_do, physiotherapy = excluded.physiotherapy,
                treatment_options = excluded.treatment_options, long_term_effects = excluded.long_term_effects, urgent_advice = excluded.urgent_advice,
                body_regions = excluded.body_regions, snomed_code = excluded.snomed_code, keywords = excluded.keywords
            """),
        ("body-regions.json", """
            insert into body_region (key, name, position, snomed_code, sided, views, region_group)
            select row.key, row.name, place, row."snomedCode", row.sided, row.views, row."group"
            from jsonb_array_elements(@json::jsonb) with ordinality file (entry, place),
                 jsonb_to_record(entry) row (key text, name text, "snomedCode" text, sided boolean, views text[], "group" text)
            on conflict (key) do update set name = excluded.name, position = excluded.position, snomed_code = excluded.snomed_code, sided = excluded.sided,
                views = excluded.views, region_group = excluded.region_group
            """),
        // Wording is never changed in place: an answer keeps pointing at the words that were read out.
        ("red-flags.json", """
            with file (f) as (select @json::jsonb),
            retired as (
                update red_flag_question set current = false where wording_version <> (select f ->> 'wordingVersion' from file)),
            advice as (
                insert into red_flag_advice (tier, wording_version, heading, advice, current)
                select row.tier, f ->> 'wordingVersion', row.heading, row.advice, true
                from file, jsonb_to_recordset(f -> 'advice') row (tier text, heading text, advice text[])
                on conflict (tier, wording_version) do nothing),
            advice_retired as (
                update red_flag_advice set current = false where wording_version <> (select f ->> 'wordingVersion' from file))
            insert into red_flag_question (key, wording_version, position, tier, topic, question, why, advice, current)
            select row.key, f ->> 'wordingVersion', place, row.tier, row.topic, row.question, row.why, row.advice, true
            from file, jsonb_array_elements(f -> 'questions') with ordinality list (entry, place),
                 jsonb_to_record(entry) row (key text, tier text, topic text, question text, why text, advice text)
            on conflict (key, wording_version) do nothing
            """),
        ("lists.json", """
            insert into coded_text (list, code, position, label, words, detail)
            select list.key, row.code, place, row.label, row.words, coalesce(row.detail, '{}')
            from jsonb_each(@json::jsonb) list, jsonb_array_elements(list.value) with ordinality entries (entry, place),
                 jsonb_to_record(entry) row (code text, label text, words text, detail jsonb)
            on conflict (list, code) do update set detail = excluded.detail,
                -- What the clinic has worded or ordered for itself stays.
                position = case when coded_text.ordered_at is null then excluded.position else coded_text.position end,
                label = case when coded_text.edited_at is null then excluded.label else coded_text.label end,
                words = case when coded_text.edited_at is null then excluded.words else coded_text.words end
            """),
        ("bank-holidays.json", """
            insert into bank_holiday (day, title)
            select row.date, row.title from jsonb_to_recordset(@json::jsonb -> 'england-and-wales' -> 'events') row (date date, title text)
            on conflict (day) do update set title = excluded.title
            """),
        ("outcome-measures.json", """
            insert into outcome_measure (key, name, short_name, position, direction, meaningful_change, rule_version, wording_shipped, citation, items)
            select row.key, row.name, row."shortName", place, row.direction, row."meaningfulChange", row."ruleVersion", row."wordingShipped", row.citation, coalesce(row.items, '[]')
            from jsonb_array_elements(@json::jsonb) with ordinality file (entry, place),
                 jsonb_to_record(entry) row (key text, name text, "shortName" text, direction text, "meaningfulChange" numeric, "ruleVersion" text, "wordingShipped" boolean, citation text, items jsonb)
            on conflict (key) do update set name = excluded.name, short_name = excluded.short_name, position = excluded.position, direction = excluded.direction,
                meaningful_change = excluded.meaningful_change, rule_version = excluded.rule_version, citation = excluded.citation,
                -- A clinic that loaded the wording under its own licence keeps it.
                wording_shipped = outcome_measure.wording_shipped or excluded.wording_shipped,
                items = case when excluded.items = '[]' then outcome_measure.items else excluded.items end
            """),
        ("postcode-areas.json", """
            insert into postcode_area (outward, place, latitude, longitude)
            select row.outward, row.place, row.latitude, row.longitude
            from jsonb_to_recordset(@json::jsonb -> 'areas') row (outward text, place text, latitude float8, longitude float8)
            on conflict (outward) do update set place = excluded.place, latitude = excluded.latitude, longitude = excluded.longitude
            """),
    ];

    static readonly (string, string)[] DemoAccounts =
    [
        ("clinics.json", """
            with example as materialized (
                select * from jsonb_to_recordset(@json::jsonb) row (id uuid, name text, address text, postcode text, latitude float8, longitude float8, phone text, services text[], rooms int, hours jsonb)),
            added as (
                insert into clinic (id, name, address, postcode, latitude, longitude, phone, services, is_example)
                select id, name, address, postcode, latitude, longitude, phone, services, true from example
                on conflict (id) do nothing
                returning id),
            roomed as (
                insert into room (id, clinic_id, name, services)
                select gen_random_uuid(), example.id, 'Room ' || number, example.services
                from added join example on example.id = added.id cross join lateral generate_series(1, example.rooms) number)
            insert into clinic_hours (clinic_id, weekday, opens, closes)
            select example.id, weekday, times.opens, times.closes
            from added join example on example.id = added.id
            cross join lateral jsonb_to_recordset(example.hours) times (weekdays int[], opens time, closes time)
            cross join lateral unnest(times.weekdays) weekday
            """),
        ("organisations.json", """
            insert into organisation (id, kind, name, directory_tenant_id, address, postcode, phone, email)
            select row.id, row.kind, row.name, row."tenantId", row.address, row.postcode, row.phone, row.email
            from jsonb_to_recordset(@json::jsonb) row (id uuid, kind text, name text, "tenantId" uuid, address text, postcode text, phone text, email text)
            on conflict (id) do nothing
            """),
        ("organisations.json", """
            insert into organisation_settings (organisation_id, branch, contact_name, contact_phone, case_manager_id, payer_id, consent_words, services, own_reference_hint, purchase_order_hint)
            select row.id, d.branch, d."contactName", d."contactPhone", d."caseManagerId", d."payerId", d."consentWords", coalesce(d.services, '{}'), d."claimReferenceHint", d."purchaseOrderHint"
            from jsonb_to_recordset(@json::jsonb) row (id uuid, defaults jsonb),
                 jsonb_to_record(row.defaults) d (branch text, "contactName" text, "contactPhone" text, "caseManagerId" uuid, "payerId" uuid, "consentWords" text, services text[],
                     "claimReferenceHint" text, "purchaseOrderHint" text)
            where row.defaults <> '{}'
            on conflict (organisation_id) do nothing
            """),
        // The object id stays empty: as with a real directory, the first sign-in links the account.
        ("accounts.json", """
            insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles, hcpc_number, job_title)
            select row.id, o.id, o.directory_tenant_id, row."userName", row."displayName", row.roles, row."hcpcNumber", row."jobTitle"
            from jsonb_to_recordset(@json::jsonb) row (id uuid, "organisationId" uuid, "userName" text, "displayName" text, roles text[], "hcpcNumber" text, "jobTitle" text)
            join organisation o on o.id = row."organisationId"
            on conflict do nothing
            """),
        ("accounts.json", ThePortalItself),
        // Where they work is the clinic's to change: whoever has a pattern, or had one changed on the pages, is left alone.
        ("clinicians.json", """
            with example as materialized (
                select * from jsonb_to_recordset(@json::jsonb) row (id uuid, "userName" text, "displayName" text, "jobTitle" text, "hcpcNumber" text, skills text[], languages text[], patterns jsonb)),
            clinic_group as (
                select id, directory_tenant_id from organisation where kind = 'clinic_group'),
            added as (
                insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles, hcpc_number, job_title, skills, languages)
                select example.id, clinic_group.id, clinic_group.directory_tenant_id, example."userName", example."displayName", '{clinician}', example."hcpcNumber", example."jobTitle", example.skills, example.languages
                from example, clinic_group where example.id is not null
                on conflict do nothing
                returning id, user_name),
            clinician as materialized (
                select id, user_name from added
                union all
                select person.id, person.user_name from portal_user person join clinic_group on clinic_group.id = person.organisation_id
                where not exists (select from working_pattern pattern where pattern.clinician_id = person.id)
                    and not exists (select from audit_entry edit where edit.subject_id = person.id and edit.action in ('save_pattern', 'save_account'))),
            described as (
                update portal_user person set skills = example.skills, languages = example.languages
                from example join clinician on clinician.user_name = example."userName"
                where person.id = clinician.id and person.skills = '{}' and person.languages = '{}')
            insert into working_pattern (id, clinician_id, clinic_id, weekday, starts, ends, valid_from)
            select gen_random_uuid(), clinician.id, clinic.id, weekday, pattern.starts, pattern.ends, date '2026-01-01'
            from example
            join clinician on clinician.user_name = example."userName"
            cross join lateral jsonb_to_recordset(example.patterns) pattern (clinic text, weekdays int[], starts time, ends time)
            join clinic on clinic.name = pattern.clinic
            cross join lateral unnest(pattern.weekdays) weekday
            """),
    ];
}

/// <summary>A seed file cannot be loaded; the message names it.</summary>
public sealed class SeedException(string message, Exception inner) : Exception(message, inner);
