using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Web.Components.Display;

namespace ReferralPortal.Web.Features.Clocks.Agreements;

/// <summary>One number of an agreement.</summary>
/// <param name="Key">As it is stored, and the field's name.</param>
/// <param name="Label">What is promised.</param>
/// <param name="InMinutes">Counted in minutes of clinic time; otherwise in working days.</param>
/// <param name="Of">Its value in an agreement.</param>
public sealed record AgreementTerm(string Key, string Label, bool InMinutes, Func<TargetAgreement, int> Of)
{
    /// <summary>The most that may be agreed: a week of clinic time, or a quarter of a year.</summary>
    public int Most => InMinutes ? 4500 : 60;

    /// <summary>"30 minutes of clinic time", "2 working days".</summary>
    public string Words(int value) => (InMinutes, value) switch
    {
        (true, 1) => "1 minute of clinic time",
        (true, _) when value % 60 == 0 => $"{Formats.Count(value / 60)} {(value == 60 ? "hour" : "hours")} of clinic time",
        (true, _) => $"{Formats.Count(value)} minutes of clinic time",
        (_, 1) => "1 working day",
        _ => $"{value} working days",
    };
}

/// <summary>The numbers of an agreement, in the order in which they are promised, and how they are typed and stored.</summary>
public static class AgreementTerms
{
    public static readonly IReadOnlyList<AgreementTerm> All =
    [
        new("acknowledgementMinutes", "Acknowledge a referral", true, agreed => agreed.AcknowledgementMinutes),
        new("redFlagReviewMinutes", "Review a safety answer", true, agreed => agreed.RedFlagReviewMinutes),
        new("triageDays", "Decide in triage", false, agreed => agreed.TriageDays),
        new("contactDays", "Contact the patient", false, agreed => agreed.ContactDays),
        new("firstAppointmentDays", "First appointment", false, agreed => agreed.FirstAppointmentDays),
        new("urgentFirstAppointmentDays", "First appointment when urgent", false, agreed => agreed.UrgentFirstAppointmentDays),
        new("initialReportDays", "Initial report after the assessment", false, agreed => agreed.InitialReportDays),
        new("dischargeReportDays", "Discharge report after the treatment", false, agreed => agreed.DischargeReportDays),
        new("reportQueryDays", "Answer a question about a report", false, agreed => agreed.ReportQueryDays),
        new("patientCheckDays", "The patient’s time to check a report, where the clinician asks for it", false, agreed => agreed.PatientCheckDays),
    ];

    /// <summary>What is wrong with what was typed, by field. An empty field is the clinic's own target.</summary>
    public static Dictionary<string, string> Check(IReadOnlyDictionary<string, string> typed)
    {
        var errors = new Dictionary<string, string>();
        foreach (var term in All)
            if (typed.GetValueOrDefault(term.Key) is { } text && !string.IsNullOrWhiteSpace(text) && (Number(text) is not { } number || number < 1 || number > term.Most))
                errors[term.Key] = $"Enter a whole number from 1 to {Formats.Count(term.Most)}, or leave it empty";
        return errors;
    }

    /// <summary>What is stored of what was typed: the numbers that were given.</summary>
    public static string Json(IReadOnlyDictionary<string, string> typed)
    {
        var given = new JsonObject();
        foreach (var term in All)
            if (Number(typed.GetValueOrDefault(term.Key)) is { } number) given[term.Key] = number;
        return given.ToJsonString();
    }

    /// <summary>What is typed for what is stored.</summary>
    public static Dictionary<string, string> Typed(string json)
    {
        var stored = JsonNode.Parse(json)?.AsObject() ?? [];
        return All.ToDictionary(term => term.Key, term => stored[term.Key]?.ToString() ?? "");
    }

    /// <summary>An agreement of the clinic's own targets with what differs put over them.</summary>
    public static TargetAgreement Over(string clinic, string differing)
    {
        var whole = JsonNode.Parse(clinic)?.AsObject() ?? [];
        foreach (var (key, value) in JsonNode.Parse(differing)?.AsObject() ?? []) whole[key] = value?.DeepClone();
        return whole.Deserialize<TargetAgreement>(JsonSerializerOptions.Web) ?? new TargetAgreement();
    }

    /// <summary>What differs from the clinic's own, in a line: "Decide in triage: 2 working days".</summary>
    public static IEnumerable<string> Differences(string differing)
    {
        var stored = JsonNode.Parse(differing)?.AsObject() ?? [];
        return from term in All let value = stored[term.Key] where value is not null select $"{term.Label}: {term.Words(value.GetValue<int>())}";
    }

    static int? Number(string? text) => int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
