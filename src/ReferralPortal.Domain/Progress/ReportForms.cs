namespace ReferralPortal.Domain.Progress;

/// <summary>What a part of a report is about: that, and not its name, decides who reads it (<see cref="ReportAudiences"/>).</summary>
public enum ReportMatter
{
    /// <summary>Fitness for work, and whether the patient comes.</summary>
    Fitness,
    /// <summary>What is done and whether it helps: treatment, goals, scores, outlook.</summary>
    Course,
    /// <summary>What the clinician found and makes of it.</summary>
    Findings,
    /// <summary>What the patient told in confidence: history, circumstances, safety answers.</summary>
    History,
}

/// <summary>One part of a report's form.</summary>
/// <param name="Key">Its stable name.</param>
/// <param name="Heading">What stands above it.</param>
/// <param name="Hint">What the author is asked to write.</param>
/// <param name="Matter">What it is about.</param>
/// <param name="Required">Whether a report can be signed without it.</param>
public sealed record ReportPart(string Key, string Heading, string Hint, ReportMatter Matter, bool Required = true);

/// <summary>
/// What each report says, part by part. None asks for an opinion on causation or on the value of the claim: a treating physiotherapist
/// gives neither.
/// </summary>
public static class ReportForms
{
    static readonly ReportPart
        Work = new("work", "Work", "Present work status, what the patient can and cannot do at work, and since when", ReportMatter.Fitness),
        Attendance = new("attendance", "Sessions and attendance", "Sessions authorised, used and missed", ReportMatter.Fitness),
        Scores = new("scores", "Outcome measures", "Scores now against the first ones, and whether the change is a meaningful one", ReportMatter.Course, Required: false),
        Goals = new("goals", "Goals", "In the patient's words, and how far each has been reached", ReportMatter.Course, Required: false),
        Regions = new("regions", "Injured areas", "Each area with its side", ReportMatter.Findings, Required: false),
        Treatment = new("treatment", "Treatment given", "Exercise, manual therapy, education and so on", ReportMatter.Course),
        Progress = new("progress", "Progress", "How the patient is now compared with the assessment", ReportMatter.Course),
        Barriers = new("barriers", "What stands in the way", "Anything that slows recovery", ReportMatter.Findings, Required: false),
        Next = new("next", "Next step", "What happens next and when", ReportMatter.Course);

    /// <summary>The Rehabilitation Code 2015's ten markers, in its order: each is considered, if only to say that it does not arise.</summary>
    public static readonly IReadOnlyList<ReportPart> Markers =
    [
        new("marker_age", "Marker 1: age", "Of special weight in a child or an older person", ReportMatter.History),
        new("marker_before", "Marker 2: health and circumstances before the accident", "Physical and psychosocial conditions that were there before", ReportMatter.History),
        new("marker_work", "Marker 3: work or education", "Present position, its nature and demands", ReportMatter.History),
        new("marker_dependants", "Marker 4: dependants at home", "Who depends on the patient, and who helps", ReportMatter.History),
        new("marker_geography", "Marker 5: geography", "Where the patient lives, and how treatment can be reached from there", ReportMatter.History),
        new("marker_capacity", "Marker 6: mental capacity", "Whether there is any doubt, and who then decides", ReportMatter.History),
        new("marker_daily", "Marker 7: activities of daily living", "In the short term and in the long term", ReportMatter.History),
        new("marker_goals", "Marker 8: realistic goals", "What the patient hopes for, and what can be expected", ReportMatter.History),
        new("marker_trauma", "Marker 9: fatalities or trauma witnessed", "In the accident itself", ReportMatter.History),
        new("marker_time", "Marker 10: time since the accident", "And what has been done since", ReportMatter.History),
    ];

    /// <summary>The parts of a report, in the order in which they are read.</summary>
    public static IReadOnlyList<ReportPart> Of(ReportKind kind) => kind switch
    {
        ReportKind.Triage =>
        [
            new("contact", "How we triaged", "By telephone or in person, when, and with whom we spoke", ReportMatter.Course),
            new("symptoms", "What the patient told us", "Symptoms, how they began and how they affect daily life", ReportMatter.History),
            new("safety", "Safety questions", "What was asked about warning signs, what was answered, and what was done about it", ReportMatter.History),
            Regions,
            new("view", "Our view", "Whether physiotherapy is suitable; no opinion on what caused the injury", ReportMatter.Findings),
            Work,
            new("plan", "What we advise", "Kind of treatment, and how soon", ReportMatter.Course),
            Next,
        ],
        ReportKind.InitialAssessment =>
        [
            new("subjective", "What the patient told us", "History, symptoms and how they affect daily life", ReportMatter.History),
            new("objective", "What we found", "Observation, movement, strength, special tests", ReportMatter.Findings),
            Regions,
            new("analysis", "Our view", "Clinical reasoning; no opinion on what caused the injury", ReportMatter.Findings),
            Goals, Scores,
            new("plan", "Treatment plan", "Treatment, number and frequency of sessions", ReportMatter.Course),
            Work,
            new("prognosis", "Expected recovery", "In weeks, and what it depends on", ReportMatter.Course),
        ],
        ReportKind.Progress => [Attendance, Treatment, Progress, Scores, Goals, Barriers, Work, Next],
        ReportKind.TreatmentExtension =>
        [
            Attendance, Treatment, Progress, Scores, Goals, Barriers, Work,
            new("ask", "What we ask for", "Sessions and cost, of what kind, and until when", ReportMatter.Course),
            new("declined", "If it is declined", "What is then to be expected", ReportMatter.Course),
        ],
        ReportKind.Discharge =>
        [
            Attendance,
            Treatment with { Hint = "What was done over the whole course" },
            Progress with { Heading = "Outcome" },
            Scores, Goals, Work,
            new("residual", "Remaining symptoms", "What is left, or “none”", ReportMatter.Findings),
            new("prognosis", "Expected recovery", "What is to be expected from here on", ReportMatter.Course),
            new("home", "Home programme", "What the patient should carry on with", ReportMatter.Course),
            new("reason", "Reason for discharge", "Goals met, no further benefit, patient's wish and so on", ReportMatter.Course),
        ],
        ReportKind.ImmediateNeeds =>
        [
            new("injuries", "Injuries", "What was injured; no opinion on what caused it", ReportMatter.Findings),
            new("disability", "Present disability", "What the patient cannot do, or only with help", ReportMatter.Findings),
            new("domestic", "Domestic circumstances", "Who is at home, and what the patient did there before", ReportMatter.History),
            new("mobility", "Mobility", "Indoors, outdoors, driving and travel", ReportMatter.History),
            new("accommodation", "Accommodation", "Stairs, bathroom, access", ReportMatter.History),
            new("employment", "Employment", "The job, its demands, absence and what the employer offers", ReportMatter.History),
            new("needs", "Needs suited to early intervention", "What can be helped now", ReportMatter.Course),
            new("intervention", "Intervention advised", "Its type, its cost and its likely outcome", ReportMatter.Course),
            .. Markers,
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The report's name as people read it.</summary>
    public static string Name(ReportKind kind) => kind switch
    {
        ReportKind.Triage => "Triage report",
        ReportKind.InitialAssessment => "Initial assessment report",
        ReportKind.Progress => "Progress report",
        ReportKind.TreatmentExtension => "Treatment extension request",
        ReportKind.Discharge => "Discharge report",
        ReportKind.ImmediateNeeds => "Immediate needs assessment",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
