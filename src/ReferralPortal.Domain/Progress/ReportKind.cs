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
