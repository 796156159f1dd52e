namespace ReferralPortal.Domain.Progress;

/// <summary>The reports that the clinic writes.</summary>
public enum ReportKind
{
    /// <summary>After a telephone triage.</summary>
    Triage,
    /// <summary>After the first assessment.</summary>
    InitialAssessment,
    /// <summary>During treatment.</summary>
    Progress,
    /// <summary>Asks the funder for more sessions.</summary>
    TreatmentExtension,
    /// <summary>At the end of treatment.</summary>
    Discharge,
    /// <summary>Under the Rehabilitation Code 2015.</summary>
    ImmediateNeeds,
}

/// <summary>One part of a report's form.</summary>
/// <param name="Key">Its stable name.</param>
/// <param name="Heading">What stands above it.</param>
/// <param name="Hint">What the author is asked to write.</param>
/// <param name="Required">Whether a report can be signed without it.</param>
/// <param name="ForEmployer">Whether an employer reads it: fitness for work and attendance, no clinical detail (Caldicott principles: necessary, minimum, need to know).</param>
public sealed record ReportPart(string Key, string Heading, string Hint, bool Required = true, bool ForEmployer = false);

/// <summary>
/// What each report says, part by part. None asks for an opinion on causation or on the value of the claim: a treating physiotherapist
/// gives neither.
/// </summary>
public static class ReportForms
{
    static readonly ReportPart
        Work = new("work", "Work", "Present work status, what the patient can and cannot do at work, and since when", ForEmployer: true),
        Attendance = new("attendance", "Sessions and attendance", "Sessions authorised, used and missed", ForEmployer: true),
        Scores = new("scores", "Outcome measures", "Scores now against the first ones, and whether the change is a meaningful one", Required: false),
        Goals = new("goals", "Goals", "In the patient's words, and how far each has been reached", Required: false);

    /// <summary>The parts of a report, in the order in which they are read; empty for a kind that is not written here.</summary>
    public static IReadOnlyList<ReportPart> Of(ReportKind kind) => kind switch
    {
        ReportKind.InitialAssessment =>
        [
            new("subjective", "What the patient told us", "History, symptoms and how they affect daily life"),
            new("objective", "What we found", "Observation, movement, strength, special tests"),
            new("analysis", "Our view", "Clinical reasoning; no opinion on what caused the injury"),
            Goals, Scores,
            new("plan", "Treatment plan", "Treatment, number and frequency of sessions"),
            Work,
            new("prognosis", "Expected recovery", "In weeks, and what it depends on"),
        ],
        ReportKind.Progress =>
        [
            Attendance,
            new("treatment", "Treatment given", "Exercise, manual therapy, education and so on"),
            new("progress", "Progress", "How the patient is now compared with the assessment"),
            Scores, Goals,
            new("barriers", "What stands in the way", "Anything that slows recovery", Required: false),
            Work,
            new("next", "Next step", "What happens next and when"),
        ],
        ReportKind.TreatmentExtension =>
        [
            Attendance,
            new("treatment", "Treatment given", "Exercise, manual therapy, education and so on"),
            new("progress", "Progress", "How the patient is now compared with the assessment"),
            Scores, Goals,
            new("barriers", "What stands in the way", "Anything that slows recovery", Required: false),
            Work,
            new("ask", "What we ask for", "Sessions and cost, of what kind, and until when"),
            new("declined", "If it is declined", "What is then to be expected"),
        ],
        ReportKind.Discharge =>
        [
            Attendance,
            new("treatment", "Treatment given", "What was done over the whole course"),
            new("progress", "Outcome", "How the patient is now compared with the assessment"),
            Scores, Goals, Work,
            new("residual", "Remaining symptoms", "What is left, or 'none'"),
            new("prognosis", "Expected recovery", "What is to be expected from here on"),
            new("home", "Home programme", "What the patient should carry on with"),
            new("reason", "Reason for discharge", "Goals met, no further benefit, patient's wish and so on"),
        ],
        _ => [],
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
