namespace ReferralPortal.Domain.Invoices;

/// <summary>What the clinic charges for. The text of a report's value is its <see cref="Progress.ReportKind"/> with <c>_report</c> behind it; a test holds the two together.</summary>
public enum FeeKind
{
    /// <summary>An initial assessment that the patient came to.</summary>
    InitialAssessment,
    /// <summary>A treatment that the patient came to.</summary>
    Treatment,
    /// <summary>A review that the patient came to.</summary>
    Review,
    /// <summary>An appointment that the patient missed without notice, of whatever kind.</summary>
    DidNotAttend,
    /// <summary>A signed triage report.</summary>
    TriageReport,
    /// <summary>A signed report of the initial assessment.</summary>
    InitialAssessmentReport,
    /// <summary>A signed progress report.</summary>
    ProgressReport,
    /// <summary>A signed request for more sessions.</summary>
    TreatmentExtensionReport,
    /// <summary>A signed discharge report.</summary>
    DischargeReport,
    /// <summary>A signed immediate needs assessment.</summary>
    ImmediateNeedsReport,
}

/// <summary>Fees in words.</summary>
public static class FeeWords
{
    /// <summary>What is charged, as a line of an invoice says it.</summary>
    public static string Of(FeeKind kind) => kind switch
    {
        FeeKind.InitialAssessment => "Initial assessment",
        FeeKind.Treatment => "Treatment session",
        FeeKind.Review => "Review",
        FeeKind.DidNotAttend => "Appointment not attended",
        FeeKind.TriageReport => "Triage report",
        FeeKind.InitialAssessmentReport => "Initial assessment report",
        FeeKind.ProgressReport => "Progress report",
        FeeKind.TreatmentExtensionReport => "Report with a request for more sessions",
        FeeKind.DischargeReport => "Discharge report",
        FeeKind.ImmediateNeedsReport => "Immediate needs assessment",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is no fee."),
    };
}
