using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The clinical record of one referral, as far as a report is filled from it. Clinic eyes only.</summary>
public sealed record RecordedCare(
    RecordedCare.Assessment? First, IReadOnlyList<RecordedCare.Goal> Goals, IReadOnlyList<RecordedCare.Score> Scores, RecordedCare.Sessions Attendance)
{
    public sealed record Assessment(string Subjective, string Objective, string Analysis, string Plan, int? SessionsPlanned, Coded<WorkStatus>? WorkStatus, int? PrognosisWeeks, DateTimeOffset AssessedAt, string Clinician);
    public sealed record Goal(string Words, DateOnly? TargetDate, string Outcome);
    public sealed record Score(string MeasureKey, DateTimeOffset TakenAt, decimal? Value);
    public sealed record Sessions(int? Authorised, int Attended, int DidNotAttend, int Cancelled);

    public static async Task<RecordedCare> Read(PortalUnit unit, Guid referralId)
    {
        await using var sets = await unit.Results(Everything, new { referralId });
        return new RecordedCare(
            (await sets.ReadAsync<Assessment>()).FirstOrDefault(),
            [.. await sets.ReadAsync<Goal>()],
            [.. await sets.ReadAsync<Score>()],
            await sets.ReadSingleAsync<Sessions>());
    }

    /// <summary>A report's parts with what the record knows already written in.</summary>
    public IReadOnlyList<ReportSection> Sections(ReportKind kind, IReadOnlyList<Measure> measures) =>
        [.. ReportForms.Of(kind).Select(part => new ReportSection(part.Key, part.Heading, Known(part.Key, measures)))];

    string Known(string part, IReadOnlyList<Measure> measures) => part switch
    {
        "subjective" => First?.Subjective ?? "",
        "objective" => First?.Objective ?? "",
        "analysis" => First?.Analysis ?? "",
        "plan" => First is null ? "" : First.SessionsPlanned is { } planned ? $"{First.Plan}\n\nSessions planned: {planned}." : First.Plan,
        "work" => First?.WorkStatus is { } work ? $"{WorkWords(work)} at the assessment on {Day(First.AssessedAt)}." : "",
        "prognosis" => First?.PrognosisWeeks is { } weeks ? $"About {weeks} weeks from the assessment on {Day(First.AssessedAt)}." : "",
        "attendance" => AttendanceWords,
        "goals" => string.Join('\n', Goals.Select(goal => $"“{goal.Words}”{(goal.TargetDate is { } day ? $", by {day.ToString("d MMM yyyy", British)}" : "")}: {GoalWords(goal.Outcome)}.")),
        "scores" => string.Join('\n', Scores.Where(score => score.Value is not null).GroupBy(score => score.MeasureKey).Select(scores => ScoreWords(measures.FirstOrDefault(measure => measure.Key == scores.Key), [.. scores]))),
        _ => "",
    };

    string AttendanceWords
    {
        get
        {
            var words = Attendance.Authorised is { } authorised ? $"{Attendance.Attended} of {authorised} authorised sessions used." : $"{Attendance.Attended} sessions attended; no number was authorised.";
            return $"{words} Did not attend: {Attendance.DidNotAttend}. Cancelled: {Attendance.Cancelled}.";
        }
    }

    static string ScoreWords(Measure? measure, IReadOnlyList<Score> scores)
    {
        var (first, last) = (scores[0], scores[^1]);
        var name = measure?.ShortName ?? first.MeasureKey;
        if (scores.Count == 1) return $"{name}: {Number(first.Value)} on {Day(first.TakenAt)}.";
        var change = last.Value!.Value - first.Value!.Value;
        var better = measure?.Direction switch { "lower" => -change, "higher" => change, _ => 0 };
        var verdict = measure?.MeaningfulChange is not { } meaningful ? ""
            : better >= meaningful ? $", a meaningful improvement (at least {Number(meaningful)})"
            : -better >= meaningful ? $", meaningfully worse (at least {Number(meaningful)})"
            : $", less than a meaningful change ({Number(meaningful)})";
        return $"{name}: {Number(first.Value)} on {Day(first.TakenAt)}, {Number(last.Value)} on {Day(last.TakenAt)}{verdict}.";
    }

    /// <summary>Work status in words.</summary>
    public static string WorkWords(WorkStatus status) => status switch
    {
        WorkStatus.Working => "Working as usual",
        WorkStatus.WorkingAdjusted => "Working with adjusted hours or duties",
        WorkStatus.OffSick => "Off work because of the injury",
        WorkStatus.NotWorking => "Not in work",
        WorkStatus.Student => "Student",
        WorkStatus.Retired => "Retired",
        _ => status.ToString(),
    };

    static string GoalWords(string outcome) => outcome switch { "achieved" => "achieved", "partly" => "partly achieved", "not_achieved" => "not achieved", _ => "still open" };
    static string Number(decimal? value) => value?.ToString("0.##", CultureInfo.InvariantCulture) ?? "";
    static string Day(DateTimeOffset at) => LondonTime.DateOf(at).ToString("d MMM yyyy", British);
    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    const string Everything = """
        select a.subjective, a.objective, a.analysis, a.plan, a.sessions_planned, a.work_status, a.prognosis_weeks, a.assessed_at, u.display_name as clinician
        from assessment a join portal_user u on u.id = a.clinician_id
        where a.referral_id = @referralId order by a.assessed_at limit 1;
        select words, target_date, outcome from goal where referral_id = @referralId order by created_at, id;
        select measure_key, taken_at, score as value from outcome_score where referral_id = @referralId order by measure_key, taken_at, id;
        select (select sum(sessions)::int from funding_authority where referral_id = @referralId and withdrawn_at is null) as authorised,
               count(*) filter (where state = 'attended')::int as attended,
               count(*) filter (where state = 'did_not_attend')::int as did_not_attend,
               count(*) filter (where state = 'cancelled')::int as cancelled
        from appointment where referral_id = @referralId;
        """;
}
