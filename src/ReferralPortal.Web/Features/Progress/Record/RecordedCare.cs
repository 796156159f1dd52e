using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The clinical record of one referral, as far as a report is filled from it. Clinic eyes only.</summary>
/// <param name="First">The initial assessment as it is signed, amendments taken in.</param>
/// <param name="Goals">With how each was judged last.</param>
/// <param name="Scores">By measure, the first one first.</param>
/// <param name="Attendance">Appointments by what became of them.</param>
/// <param name="SessionNotes">Signed notes of treatment sessions, the first one first. What a clinician flagged as a concern is not in them: no report is filled from that.</param>
/// <param name="WorkHistory">The patient's work over time; the last is how it is now.</param>
public sealed record RecordedCare(
    RecordedCare.Assessment? First, IReadOnlyList<RecordedCare.Goal> Goals, IReadOnlyList<RecordedCare.Score> Scores, RecordedCare.Sessions Attendance,
    IReadOnlyList<RecordedCare.SessionNote> SessionNotes, IReadOnlyList<RecordedCare.WorkEntry> WorkHistory)
{
    public sealed record Assessment(string Subjective, string Objective, string Analysis, string Plan, int? SessionsPlanned, Coded<WorkStatus>? WorkStatus, int? PrognosisWeeks, DateTimeOffset AssessedAt, string Clinician);
    public sealed record Goal(string Words, DateOnly? TargetDate, string Outcome, DateTimeOffset? JudgedAt, string? JudgedWords);
    public sealed record Score(string MeasureKey, DateTimeOffset TakenAt, decimal? Value, int? Answered = null, string? Answers = null)
    {
        /// <summary>The answers, one an item; kept here of a measure without a score alone.</summary>
        public IReadOnlyList<int?> Given => Answers is null ? [] : PortalJson.Read<List<int?>>(Answers);
    }

    public sealed record Sessions(int? Authorised, int Attended, int DidNotAttend, int Cancelled);
    public sealed record WorkEntry(Coded<WorkStatus> Status, DateOnly FromDate, string? Note);

    /// <summary>What was done at one session and how the patient took it.</summary>
    public sealed record SessionNote
    {
        public DateTimeOffset HeldAt { get; init; }
        public string[] Treatments { get; init; } = [];
        public string Response { get; init; } = "";
        public Coded<WorkStatus>? WorkStatus { get; init; }
        public string Author { get; init; } = "";
    }

    /// <summary>Which treatments were given and at how many sessions, the most frequent first.</summary>
    public IReadOnlyList<(Treatment Given, int Times)> Treatments =>
        [.. SessionNotes.SelectMany(note => note.Treatments).GroupBy(code => code).Select(times => (EnumText.Parse<Treatment>(times.Key), times.Count())).OrderByDescending(times => times.Item2).ThenBy(times => times.Item1)];

    public static async Task<RecordedCare> Read(PortalUnit unit, Guid referralId)
    {
        await using var sets = await unit.Results(Everything, new { referralId, unscored = MeasureWords.Unscored });
        return new RecordedCare(
            (await sets.ReadAsync<Assessment>()).FirstOrDefault(),
            [.. await sets.ReadAsync<Goal>()],
            [.. await sets.ReadAsync<Score>()],
            await sets.ReadSingleAsync<Sessions>(),
            [.. await sets.ReadAsync<SessionNote>()],
            [.. await sets.ReadAsync<WorkEntry>()]);
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
        "treatment" => TreatmentWords,
        "work" => string.Join('\n', WorkHistory.Select(entry => $"{WorkWords(entry.Status)} from {Day(entry.FromDate)}{(entry.Note is null ? "" : $": {entry.Note}")}.")),
        "prognosis" => First?.PrognosisWeeks is { } weeks ? $"About {weeks} weeks from the assessment on {Day(First.AssessedAt)}." : "",
        "attendance" => AttendanceWords,
        "goals" => string.Join('\n', Goals.Select(goal => $"“{goal.Words}”{(goal.TargetDate is { } day ? $", by {day.ToString("d MMM yyyy", British)}" : "")}: {GoalWords(goal.Outcome)}.")),
        "scores" => string.Join('\n', Scores.Where(score => score.Value is not null || Eq5dProfile.Words(score.Given) is not null).GroupBy(score => score.MeasureKey).Select(scores => ScoreWords(measures.FirstOrDefault(measure => measure.Key == scores.Key), [.. scores]))),
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

    string TreatmentWords => SessionNotes.Count == 0 ? ""
        : $"{PlainText.Count(SessionNotes.Count, "session", "sessions")}: {string.Join(", ", Treatments.Select(given => $"{PlainText.Of(given.Given).ToLower(British)} ({given.Times})"))}.";

    static string ScoreWords(Measure? measure, IReadOnlyList<Score> scores)
    {
        var (first, last) = (scores[0], scores[^1]);
        var name = measure?.ShortName ?? first.MeasureKey;
        if (!OutcomeMeasures.HasScore(first.MeasureKey)) return ProfileWords(name, first, last);
        if (scores.Count == 1) return $"{name}: {Number(first.Value)} on {Day(first.TakenAt)}.";
        // By the measure's own rule: what matters may hang on the first score.
        var rule = OutcomeMeasures.Find(first.MeasureKey);
        var meaningful = Number(rule?.MeaningfulChangeFrom(first.Value!.Value, first.Answered));
        var verdict = rule?.Compare(first.Value!.Value, last.Value!.Value, first.Answered) switch
        {
            ChangeKind.Better => $", a meaningful improvement (at least {meaningful})",
            ChangeKind.Worse => $", meaningfully worse (at least {meaningful})",
            ChangeKind.NotMeaningful => $", less than a meaningful change ({meaningful})",
            _ => "",
        };
        return $"{name}: {Number(first.Value)} on {Day(first.TakenAt)}, {Number(last.Value)} on {Day(last.TakenAt)}{verdict}.";
    }

    static string ProfileWords(string name, Score first, Score last)
    {
        string On(Score score) => $"{Eq5dProfile.Words(score.Given)} on {Day(score.TakenAt)}";
        return $"{name}: {On(first)}{(first == last ? "" : $", {On(last)}")} (recorded, not scored; the digits, from 1 for no problem to 5, are {string.Join(", ", Eq5dProfile.Dimensions)}; VAS is health that day, from 0 to 100).";
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
    static string Day(DateTimeOffset at) => Day(LondonTime.DateOf(at));
    static string Day(DateOnly day) => day.ToString("d MMM yyyy", British);
    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    const string Everything = """
        select a.subjective, a.objective, a.analysis, a.plan, a.sessions_planned, a.work_status, a.prognosis_weeks, a.assessed_at, u.display_name as clinician
        from assessment a join portal_user u on u.id = a.clinician_id
        where a.referral_id = @referralId and a.state = 'signed' order by a.assessed_at, a.signed_at desc limit 1;
        select goal.words, goal.target_date, goal.outcome, judged.reviewed_at as judged_at, judged.words as judged_words
        from goal
        left join lateral (select reviewed_at, words from goal_review where goal_id = goal.id order by reviewed_at desc, id desc limit 1) judged on true
        where goal.referral_id = @referralId order by goal.created_at, goal.id;
        select taken.measure_key, taken.taken_at, taken.score as value, taken.answered, behind.answers::text as answers
        from outcome_score taken left join outcome_answer behind on behind.entry_id = taken.id and taken.measure_key = any (@unscored)
        where taken.referral_id = @referralId order by taken.measure_key, taken.taken_at, taken.id;
        select (select sum(sessions)::int from authority_balance where referral_id = @referralId and withdrawn_at is null) as authorised,
               count(*) filter (where state = 'attended')::int as attended,
               count(*) filter (where state = 'did_not_attend')::int as did_not_attend,
               count(*) filter (where state = 'cancelled')::int as cancelled
        from appointment where referral_id = @referralId;
        select held_at, treatments, response, work_status, author_name as author
        from treatment_session where referral_id = @referralId and state = 'signed' order by held_at, id;
        select status, from_date, note from work_status_entry where referral_id = @referralId order by from_date, recorded_at, id;
        """;
}
