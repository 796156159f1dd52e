using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using ReferralPortal.Domain;

namespace ReferralPortal.Database.Seeds;

/// <summary>One entry of <c>seeds/demo/referrals.json</c>, as <c>seeds/README.md</c> describes it.</summary>
sealed record DemoReferral
{
    public Guid Id { get; init; }
    public string? Reference { get; init; }
    public required string State { get; init; }
    public required string Referrer { get; init; }
    public JsonElement Patient { get; init; }
    public JsonElement Incident { get; init; }
    public JsonElement Injury { get; init; }
    public JsonElement Work { get; init; }
    public DemoSafety? Safety { get; init; }
    public JsonElement Claim { get; init; }
    public JsonElement Funding { get; init; }
    public JsonElement Services { get; init; }
    public JsonElement Consent { get; init; }
    public DemoParties Parties { get; init; } = new();
    public IReadOnlyList<JsonElement> FurtherAuthorities { get; init; } = [];
    public string? Clinic { get; init; }
    public string? Clinician { get; init; }
    public IReadOnlyList<DemoEvent> History { get; init; } = [];
    public IReadOnlyList<DemoAppointment> Appointments { get; init; } = [];
    public IReadOnlyList<JsonElement> Assessments { get; init; } = [];
    public IReadOnlyList<JsonElement> Sessions { get; init; } = [];
    public IReadOnlyList<JsonElement> Goals { get; init; } = [];
    public IReadOnlyList<JsonElement> Scores { get; init; } = [];
    public IReadOnlyList<DemoReport> Reports { get; init; } = [];
    public IReadOnlyList<DemoExtension> Extensions { get; init; } = [];
    public DemoTime? SavedAt { get; init; }

    public static IReadOnlyList<DemoReferral> Read(string json) => JsonSerializer.Deserialize<List<DemoReferral>>(json, JsonSerializerOptions.Web) ?? [];
}

sealed record DemoSafety(string? Unlisted, Dictionary<string, string>? Answers, string? ToldBy, DemoTime? ToldAt, string? ToldHow)
{
    public string AnswerTo(string question) => Answers?.GetValueOrDefault(question) ?? Unlisted ?? "not_asked";
}

sealed record DemoParties(string? CaseManager = null, string? Funder = null, string? InstructingParty = null);

sealed record DemoEvent(string Action, string To, DemoTime At, string By, string? Words, string? ReasonCode, bool ClinicOnly, string? Clinic, string? Clinician, string? Appointment, string? Report, DemoTime? StartsAt);

sealed record DemoAppointment(string Key, string Kind, string Clinic, string Clinician, DemoTime StartsAt, int Minutes, string State, string? AttendanceCode);

sealed record DemoReport(string Key, string Kind, int Number, string State, DemoTime? SignedAt, DemoTime? SavedAt, string Author, IReadOnlyList<DemoReport.Section> Sections)
{
    /// <summary>Written and hashed as the portal writes and hashes a report's content.</summary>
    public sealed record Section(string Key, string Heading, string Text);
}

/// <summary>A request for more sessions that waits for the funder's answer; it was sent with its report.</summary>
sealed record DemoExtension(string Report, int UntilDay, string OutcomeIfDeclined, IReadOnlyList<DemoExtension.Line> Lines)
{
    public sealed record Line(string? Modality, int Sessions, decimal? UnitPrice);
}

/// <summary>A time relative to the moment of loading: a day and a time in London, or how long ago.</summary>
sealed record DemoTime(int? Day, string? Time, string? Ago)
{
    public DateTimeOffset After(DateTimeOffset now) => Ago is not null
        ? now - XmlConvert.ToTimeSpan(Ago)
        : LondonTime.Instant(LondonTime.DateOf(now).AddDays(Day ?? 0), TimeOnly.ParseExact(Time ?? "09:00", "HH:mm", CultureInfo.InvariantCulture));
}
