using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;

namespace ReferralPortal.Database.Seeds;

/// <summary>What is due after an example referral's history, on the clinic group's own hours and holidays.</summary>
sealed class DemoClock(TargetClock clock, TargetAgreement agreement)
{
    public sealed record Standing(string? DueFor = null, DateTimeOffset? DueAt = null, DateTimeOffset? PausedAt = null);

    public static async Task<DemoClock> Read(NpgsqlConnection connection)
    {
        var (hours, targets) = await connection.QuerySingleAsync<(string, string)>("select opening_hours::text, targets::text from clinic_group_settings");
        var week = JsonSerializer.Deserialize<Dictionary<DayOfWeek, Day>>(hours, JsonSerializerOptions.Web) ?? [];
        var holidays = await connection.QueryAsync<DateOnly>("select day from bank_holiday");
        return new DemoClock(
            new TargetClock(new ClinicHours(week.ToDictionary(day => day.Key, day => new OpeningTimes(Time(day.Value.Opens), Time(day.Value.Closes)))), new WorkingDays(holidays)),
            JsonSerializer.Deserialize<TargetAgreement>(targets, JsonSerializerOptions.Web) ?? new TargetAgreement());
    }

    /// <summary>The clock after an event, given how it stood before.</summary>
    public Standing After(Standing before, string action, DateTimeOffset at, DateTimeOffset submittedAt, bool urgent, bool redFlag, string? reportKind) => action switch
    {
        "submit" => Due(redFlag ? Target.RedFlagReview : Target.Triage, at, urgent),
        "clear_red_flag" => Due(Target.Triage, submittedAt, urgent),
        "ask_for_information" when before.DueFor != "red_flag_review" => before with { PausedAt = at },
        "answer" when before is { DueFor: { } target, DueAt: { } due, PausedAt: { } paused } => new(target, clock.Resume(EnumText.Parse<Target>(target), due, paused, at)),
        "accept" => Due(Target.FirstAppointment, at, urgent),
        "book_first_appointment" or "discharge" or "close" or "decline" or "withdraw" => new(),
        "record_attendance" => Due(Target.InitialReport, at, urgent),
        "sign_report" when reportKind == "initial_assessment" && before.DueFor == "initial_report" => new(),
        _ => before,
    };

    /// <summary>By when the author of a report answers what was asked about it at an instant.</summary>
    public DateTimeOffset AnswerDue(DateTimeOffset askedAt) => clock.AfterWorkingDays(askedAt, agreement.ReportQueryDays);

    Standing Due(Target target, DateTimeOffset from, bool urgent) => new(EnumText.Of(target), clock.DueAt(target, from, urgent, agreement));

    static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    sealed record Day(string Opens, string Closes);
}
