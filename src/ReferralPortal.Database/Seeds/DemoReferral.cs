using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;

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
    public IReadOnlyList<DemoQuestionnaire> Questionnaires { get; init; } = [];
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

sealed record DemoEvent(string Action, string To, DemoTime At, string By, string? Words, string? ReasonCode, bool ClinicOnly, string? Clinic, string? Clinician, string? Appointment, string? Report, string? Extension, DemoTime? StartsAt);

sealed record DemoAppointment(string Key, string Kind, string Clinic, string Clinician, DemoTime StartsAt, int Minutes, string State, string? AttendanceCode);

sealed record DemoReport(string Key, string Kind, int Number, string State, DemoTime? SignedAt, DemoTime? SavedAt, string Author, string? Supersedes, string? AmendmentReason, IReadOnlyList<DemoReport.Section> Sections, IReadOnlyList<DemoReport.Query>? Queries)
{
    /// <summary>What a reader asked about it; answered by its author, or open.</summary>
    public sealed record Query(string Part, string Question, string By, DemoTime AskedAt, string? Answer, DemoTime? AnsweredAt);

    /// <summary>Written and hashed as the portal writes and hashes a report's content.</summary>
    public sealed record Section(string Key, string Heading, string Text);
}

/// <summary>A request for more sessions, which was sent with its report: answered by the funder, or waiting.</summary>
sealed record DemoExtension(string Report, int UntilDay, string OutcomeIfDeclined, IReadOnlyList<DemoExtension.Line> Lines, DemoExtension.Verdict? Answer)
{
    public sealed record Line(string? Modality, int Sessions, decimal? UnitPrice);

    /// <param name="Granted">Sessions of each line.</param>
    public sealed record Verdict(string By, DemoTime At, IReadOnlyList<int> Granted, string? Words);

    public DateOnly Until(DemoWorld world) => world.Today.AddDays(UntilDay);

    public ExtensionState Outcome => ExtensionRules.Answered([.. Lines.Select(line => line.Sessions)], Answer!.Granted);
}

/// <summary>Measures that the patient was asked to answer at home, with what came back.</summary>
sealed record DemoQuestionnaire(IReadOnlyList<string> Measures, string Channel, string By, DemoTime SentAt, DemoTime? OpenedAt, DemoTime? AnsweredAt)
{
    /// <summary>How long its link works.</summary>
    public const int Days = 7;

    public IReadOnlyList<JsonElement> Scores { get; init; } = [];
}

/// <summary>A time relative to the moment of loading: a day and a time in London, or how long ago.</summary>
sealed record DemoTime(int? Day, string? Time, string? Ago)
{
    public DateTimeOffset After(DateTimeOffset now) => Ago is not null
        ? now - XmlConvert.ToTimeSpan(Ago)
        : LondonTime.Instant(LondonTime.DateOf(now).AddDays(Day ?? 0), TimeOnly.ParseExact(Time ?? "09:00", "HH:mm", CultureInfo.InvariantCulture));
}
