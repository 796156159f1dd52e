using System.Diagnostics;
using System.Text;
using Dapper;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Reports;

namespace ReferralPortal.Benchmarks;

/// <summary>
/// What a long treatment costs its readers: forty sessions with their notes and twelve measures taken six times each, against a patient who was assessed and no more.
/// The report, its PDF, and the page that shows the recovery.
/// </summary>
static class ReportBenchmark
{
    const int Times = 40, Sessions = 40, Scores = 6;
    const string Solicitor = "solicitor@northgate-law.example", Clinician = "clinician@clinic.example";

    public static async Task<string> Run(BenchmarkOptions options)
    {
        await using var world = new PortalTestDatabase();
        await world.InitializeAsync();
        var (empty, full) = (await Treated(world, 0, 0), await Treated(world, Sessions, Scores));
        await using var portal = await PortalProcess.Start(world, new Dictionary<string, string> { ["Limits__CircuitsPerUser"] = "1000" });
        using var reader = await CircuitClient.SignIn(portal.Address, Solicitor);

        var text = new StringBuilder()
            .AppendLine($"### A report and its page with {Sessions} sessions and 12 measures, against an empty one; milliseconds of {Times} requests each, in turns")
            .AppendLine()
            .AppendLine("| what | empty, median | full, median | ratio (limit 3) | full, p95 | bytes, empty | bytes, full |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|");
        await using var owner = await world.Owner();
        foreach (var (name, address, printed) in new (string, Func<(string Reference, Guid Report), string>, bool)[]
        {
            ("report", one => $"/reports/{one.Report}", false),
            ("report as PDF, as it was issued", one => $"/reports/{one.Report}/pdf", false),
            ("report as PDF, printed anew", one => $"/reports/{one.Report}/pdf", true),
            ("progress on the referral's page", one => $"/referrals/{one.Reference}?tab=progress", false),
            ("recovery, to print", one => $"/referrals/{one.Reference}/recovery", false),
        })
        {
            List<double>[] taken = [[], []];
            var bytes = new int[2];
            for (var time = -5; time < Times; time++)
                for (var which = 0; which < 2; which++)
                {
                    var one = which == 0 ? empty : full;
                    if (printed) await owner.ExecuteAsync("delete from report_file where report_id = @Report", new { one.Report });
                    var watch = Stopwatch.StartNew();
                    bytes[which] = (await reader.Get(address(one))).Length;
                    if (time >= 0) taken[which].Add(watch.Elapsed.TotalMilliseconds);
                }
            var (least, most) = (Figures.Median(taken[0]), Figures.Median(taken[1]));
            var ratio = most / least;
            text.AppendLine($"| {name} | {Figures.Text(least)} | {Figures.Text(most)} | {(ratio > 3 ? $"**{Figures.Text(ratio)}**" : Figures.Text(ratio))} | {Figures.Text(Figures.Percentile(taken[1], 0.95))} | {bytes[0]} | {bytes[1]} |");
            Console.WriteLine($"reports, {name}: {Figures.Text(least)} -> {Figures.Text(most)} ms ({Figures.Text(ratio)})");
        }
        return text.ToString();
    }

    /// <summary>A patient in treatment, with a signed progress report that was filled from the record.</summary>
    static async Task<(string Reference, Guid Report)> Treated(PortalTestDatabase world, int sessions, int scores)
    {
        var (id, reference) = await ExampleForms.Submitted(world, await world.Actor(Solicitor), form => form.Claim.OurReference = $"S{sessions}");
        var clinician = await world.Actor(Clinician);
        await using (var owner = await world.Owner()) await owner.ExecuteAsync(Treatment, new { id, clinician = clinician.UserId, sessions, scores });

        var write = new WriteReport(world.Database, new CatalogueStore(world.Sources, TimeProvider.System));
        var report = (await write.Start(clinician, Guid.CreateVersion7(), id, ReportKind.Progress, default)).Value;
        var draft = (await write.Open(clinician, report, default)).Value!;
        List<ReportSection> sections = [.. draft.Sections.Select(section => section with { Text = section.Text.Length > 0 ? section.Text : "As agreed with the patient." })];
        var saved = await write.Save(clinician, report, draft.Version, sections, default);
        var signed = await write.Sign(clinician, report, saved.Value, clinician.DisplayName, default);
        return signed.IsDone ? (reference, report) : throw new InvalidOperationException($"Not signed: {signed.Failure}");
    }

    const string Treatment = """
        update referral set state = 'in_treatment', state_since = now() - interval '300 days', clinician_id = @clinician, clinic_id = (select id from clinic order by name limit 1), due_for = null, due_at = null where id = @id;
        update referral_party set state = 'in_treatment' where referral_id = @id;
        insert into assessment (id, referral_id, clinician_id, assessed_at, subjective, objective, analysis, plan, sessions_planned, work_status, prognosis_weeks, state, signed_at, author_name, author_hcpc)
        values (gen_random_uuid(), @id, @clinician, now() - interval '300 days', 'Stiff neck since the collision.', 'Rotation to the left 40 degrees.', 'Strain of the neck.', 'Exercise and manual therapy.', 40, 'working_adjusted', 12, 'signed', now() - interval '300 days', 'Clinician', 'PH1');
        with visit as (
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state, attendance_code)
            select gen_random_uuid(), @id, 'treatment', (select id from clinic order by name limit 1), @clinician, at, at + interval '30 minutes', 'attended', '5'
            from (select now() - interval '295 days' + n * interval '7 days' as at from generate_series(1, @sessions) n) days
            returning id, starts_at)
        insert into treatment_session (id, referral_id, appointment_id, clinician_id, held_at, treatments, response, state, signed_at, author_name, author_hcpc)
        select gen_random_uuid(), @id, id, @clinician, starts_at, array['exercise', 'manual_therapy', 'education'], repeat('Less pain at the end of the day, sleeps through again. ', 6), 'signed', starts_at, 'Clinician', 'PH1' from visit;
        insert into goal (id, referral_id, words, target_date) select gen_random_uuid(), @id, 'Drive for an hour without pain, number ' || n, current_date + 30 from generate_series(1, case when @sessions > 0 then 8 else 1 end) n;
        insert into outcome_entry (id, referral_id, measure_key, taken_at, recorded_by, score, rule_version)
        select gen_random_uuid(), @id, key, now() - interval '300 days' + n * interval '40 days', @clinician, case when key = 'eq5d5l' then null else 10 - n end, rule_version
        from outcome_measure, generate_series(1, @scores) n;
        """;
}
