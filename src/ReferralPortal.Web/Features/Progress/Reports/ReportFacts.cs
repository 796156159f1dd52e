using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>What the referral itself told that a report begins with, beside the clinical record: so that nobody types again what the referrer has typed.</summary>
sealed record ReportFacts
{
    public required DateOnly DateOfBirth { get; init; }
    public required string Postcode { get; init; }
    public DateOnly? IncidentDate { get; init; }
    public required string InjuryRegions { get; init; }
    public string? Condition { get; init; }
    public string? Symptoms { get; init; }
    public string? Onset { get; init; }
    public int? PainNow { get; init; }
    public Coded<WorkStatus>? WorkStatus { get; init; }
    public string? Occupation { get; init; }
    public string? JobDemands { get; init; }
    public string? CurrentDuties { get; init; }
    public string? AdjustedDuties { get; init; }
    public DateOnly? AbsentSince { get; init; }
    public string? ClinicalHistory { get; init; }
    public string? Medication { get; init; }
    public string? Imaging { get; init; }
    public string? AccessNeeds { get; init; }
    public bool HomeVisitNeeded { get; init; }
    public DateTimeOffset? FirstSeen { get; init; }
    public DateTimeOffset? LastSeen { get; init; }
    public DateTimeOffset Now { get; init; }

    internal static async Task<ReportFacts> Read(PortalUnit unit, Guid referralId) => (await unit.One<ReportFacts>(Facts, new { referralId }))! with { Now = unit.Now };

    /// <summary>What is known for a part; empty where nothing is.</summary>
    internal string Known(string part, CatalogueContent catalogue) => part switch
    {
        "regions" or "injuries" => Lines(Condition, Regions(catalogue)),
        "symptoms" => Lines(Symptoms, Labelled("How it began", Onset), PainNow is { } pain ? $"Pain when referred: {pain} of 10." : null),
        "work" or "employment" or "marker_work" => Lines(
            WorkStatus is { } work ? $"{RecordedCare.WorkWords(work)}, as the referrer told." : null, Labelled("Occupation", Occupation), Labelled("The job", JobDemands),
            Labelled("Duties now", CurrentDuties), Labelled("Adjusted duties offered", AdjustedDuties), AbsentSince is { } since ? $"Absent since {Formats.Date(since)}." : null),
        "attendance" => FirstSeen is { } first ? LastSeen > first ? $"First seen on {Formats.Date(first)}, last seen on {Formats.Date(LastSeen.Value)}." : $"Seen on {Formats.Date(first)}." : "",
        "mobility" => Lines(Labelled("Access needs", AccessNeeds), HomeVisitNeeded ? "A home visit was asked for." : null),
        "marker_age" => $"{Years(DateOfBirth, LondonTime.DateOf(Now))} years old.",
        "marker_before" => Lines(ClinicalHistory, Labelled("Medicines", Medication), Labelled("Imaging", Imaging)),
        "marker_geography" => $"Lives in the area of postcode {Postcode.Split(' ')[0]}.",
        "marker_time" => IncidentDate is { } day ? $"{Since(day, LondonTime.DateOf(Now))} since the accident on {Formats.Date(day)}." : "",
        _ => "",
    };

    string Regions(CatalogueContent catalogue) => string.Join(", ", PortalJson.Read<StoredRegion[]>(InjuryRegions)
        .Select(one => BodySite.Words(catalogue.BodyRegions.FirstOrDefault(region => region.Key == one.Region)?.Name ?? PlainText.Of(one.Region), one.Side)));

    sealed record StoredRegion(string Region, BodySide Side);

    static string Lines(params string?[] lines) => string.Join('\n', lines.Where(line => !string.IsNullOrWhiteSpace(line)));
    static string? Labelled(string label, string? words) => string.IsNullOrWhiteSpace(words) ? null : $"{label}: {words}";

    internal static int Years(DateOnly born, DateOnly today) => today.Year - born.Year - (today < born.AddYears(today.Year - born.Year) ? 1 : 0);

    internal static string Since(DateOnly day, DateOnly today) => ((today.Year - day.Year) * 12 + today.Month - day.Month - (today.Day < day.Day ? 1 : 0)) switch
    {
        0 => PlainText.Count(today.DayNumber - day.DayNumber, "day", "days"),
        var months => PlainText.Count(months, "month", "months"),
    };

    const string Facts = """
        select p.date_of_birth, p.postcode, p.access_needs, p.home_visit_needed, r.incident_date, d.injury_regions::text as injury_regions, coalesce(c.name, d.presenting_condition) as condition,
               d.symptoms, d.onset, d.pain_now, d.work_status, d.occupation, d.job_demands, d.current_duties, d.adjusted_duties, d.absent_since, d.clinical_history, d.medication, d.imaging,
               seen.first_seen, seen.last_seen
        from referral r
        join patient p on p.id = r.patient_id
        join referral_detail d on d.referral_id = r.id
        left join condition c on c.slug = r.condition_slug
        cross join lateral (select min(starts_at) as first_seen, max(starts_at) as last_seen from appointment where referral_id = r.id and state = 'attended') seen
        where r.id = @referralId
        """;
}
