using System.Diagnostics;
using System.Text;
using Dapper;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Benchmarks;

/// <summary>The search for free times through its real use case: 40 clinics, 120 clinicians, twelve weeks of which seven tenths are booked.</summary>
static class SlotsBenchmark
{
    const int Clinics = 40, Clinicians = 120, Weeks = 12, Times = 60;
    const double Full = 0.7;

    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var database = new PortalTestDatabase();
        await database.InitializeAsync();
        await using (var owner = await database.Owner())
        {
            await GeneratedReferrals.Load(database.OwnerConnection, 1000, _ => { }, default);
            await owner.ExecuteAsync("select setseed(0.42)");
            var booked = await owner.ExecuteScalarAsync<int>(Fill, new { clinics = Clinics, clinicians = Clinicians, weeks = Weeks, full = Full }, commandTimeout: 120);
            Console.WriteLine($"slots: {booked:N0} appointments in {Weeks} weeks, {Clinics} clinics, {Clinicians} clinicians");
            await owner.ExecuteAsync("analyze appointment, working_pattern, room, clinic, portal_user");
        }
        var actor = await database.Actor("triage@clinic.example");
        var catalogue = new CatalogueStore(database.Sources, TimeProvider.System);
        var all = (await catalogue.Get(default)).Clinics.Select(clinic => clinic.Id).ToArray();
        var clinician = await Ask<Guid>("select clinician_id from working_pattern order by clinician_id desc limit 1");

        var report = new StringBuilder();
        report.AppendLine($"### Free times: milliseconds of database time (function alone) and of the use case, {Times} calls each");
        report.AppendLine();
        report.AppendLine("| search | database median | database p95 | use case p95 | found |");
        report.AppendLine("|---|---:|---:|---:|---:|");
        foreach (var (name, query) in new (string, FindFreeSlots.Query)[]
        {
            ("all clinics, from now", new(null, null, 45) { Days = FindFreeSlots.MostDays }),
            ("all clinics, an afternoon, with a skill", new(null, null, 45) { Days = FindFreeSlots.MostDays, PartOfDay = PartOfDay.Afternoon, Skill = "Hand therapy" }),
            ("all clinics, 90 minutes, a language", new(null, null, 90) { Days = FindFreeSlots.MostDays, Language = "Polish" }),
            ("all clinics, from the sixth week", new(null, null, 45) { Days = 42, Earliest = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(42)) }),
            ("one clinic, two weeks", new(all[^1], null, 45)),
            ("one clinician, twelve weeks", new(null, clinician, 45) { Days = FindFreeSlots.MostDays }),
        })
        {
            List<double> inDatabase = [], whole = [];
            var found = 0;
            var finding = new FindFreeSlots(database.Database, catalogue, TimeProvider.System);
            for (var time = -6; time < Times; time++)
            {
                var watch = Stopwatch.StartNew();
                found = (await finding.Handle(actor, query, default)).Value!.Count;
                var useCase = watch.Elapsed.TotalMilliseconds;
                var alone = await InDatabase(query);
                if (time < 0) continue;
                whole.Add(useCase);
                inDatabase.Add(alone);
            }
            var (median, p95, outside) = (Figures.Median(inDatabase), Figures.Percentile(inDatabase, 0.95), Figures.Percentile(whole, 0.95));
            report.AppendLine($"| {name} | {Figures.Text(median)} | {Figures.Text(p95)} | {Figures.Text(outside)} | {found} |");
            Console.WriteLine($"slots, {name}: median {Figures.Text(median)}, p95 {Figures.Text(p95)} ms in the database, use case p95 {Figures.Text(outside)} ms, {found} found");
        }
        return report.ToString();

        async Task<T> Ask<T>(string sql)
        {
            await using var owner = await database.Owner();
            return (await owner.ExecuteScalarAsync<T>(sql))!;
        }

        // Asked again by the server itself, which then says how long it took.
        Task<double> InDatabase(FindFreeSlots.Query query) => database.Database.Read(actor, async unit =>
            (await unit.Many<string>(Timed, new
            {
                clinics = query.Clinic is { } one ? [one] : all,
                query.Clinician, query.Service, query.Language, query.Skill,
                after = (query.Earliest is { } day ? day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : unit.Now.UtcDateTime),
                until = (query.Earliest is { } first ? first.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : unit.Now.UtcDateTime).AddDays(query.Days),
                length = TimeSpan.FromMinutes(query.Minutes),
                most = query.Clinic is null ? 12 : 200,
                from = query.PartOfDay == PartOfDay.Afternoon ? "12:00" : "00:00",
                untilTime = query.PartOfDay == PartOfDay.Afternoon ? "17:00" : "24:00",
            })).Select(Milliseconds).First(taken => taken is not null)!.Value, default);

        static double? Milliseconds(string line) => line.StartsWith("Execution Time: ", StringComparison.Ordinal)
            ? double.Parse(line["Execution Time: ".Length..].Replace(" ms", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    const string Timed = """
        explain (analyze, timing off) select * from portal.free_slots(@clinics, @clinician, @service, @after, @until, @length, @most, @language, @skill, @from::time, @untilTime::time)
        """;

    // Everybody has a room of the clinic; each slot of 45 minutes is booked by chance, the same in every run.
    const string Fill = """
        insert into clinic (id, name, address, postcode, latitude, longitude, phone, services)
        select gen_random_uuid(), 'Measured clinic ' || number, '1 Example Row', 'M1 1AA', 53 + random(), -3 + random(), '+443300887800', '{triage_report,initial_assessment,treatment}'
        from generate_series(1, @clinics - (select count(*)::int from clinic)) number;
        insert into room (id, clinic_id, name, services)
        select gen_random_uuid(), clinic.id, 'Room ' || number, clinic.services from clinic cross join generate_series(1, 4) number where clinic.name like 'Measured%';
        insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles, languages, skills)
        select gen_random_uuid(), home.id, home.directory_tenant_id, 'measured' || number || '@clinic.example', 'Measured clinician ' || number, '{clinician}',
               case when number % 5 = 0 then '{English,Polish}'::text[] else '{English}' end, case when number % 4 = 0 then '{"Hand therapy"}'::text[] else '{}' end
        from organisation home cross join generate_series(1, @clinicians - (select count(*)::int from portal_user where 'clinician' = any (roles))) number where home.kind = 'clinic_group';
        insert into working_pattern (id, clinician_id, clinic_id, weekday, starts, ends, valid_from)
        select gen_random_uuid(), person.id, place.id, weekday, '08:00', '17:00', '2026-01-01'
        from (select id, row_number() over (order by user_name) as number from portal_user where user_name like 'measured%') person
        join (select id, row_number() over (order by name) as number from clinic) place on place.number = 1 + person.number % @clinics
        cross join generate_series(1, 5) weekday;
        with file as materialized (
            select array_agg(id) as referrals from referral),
        booked as (
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, room_id, starts_at, ends_at)
            select gen_random_uuid(), file.referrals[1 + floor(random() * cardinality(file.referrals))], 'treatment', pattern.clinic_id, pattern.clinician_id, room.id, start, start + interval '45 minutes'
            from file
            cross join (select *, dense_rank() over (partition by clinic_id order by clinician_id) as place from working_pattern) pattern
            join (select id, clinic_id, row_number() over (partition by clinic_id order by name) as place from room) room on room.clinic_id = pattern.clinic_id and room.place = pattern.place
            cross join generate_series(current_date, current_date + 7 * @weeks, interval '1 day') day
            cross join lateral generate_series((day::date + pattern.starts) at time zone 'Europe/London', (day::date + pattern.ends) at time zone 'Europe/London' - interval '45 minutes', interval '45 minutes') start
            where extract(isodow from day) = pattern.weekday and random() < @full
            returning id)
        select count(*)::int from booked;
        """;
}
