namespace ReferralPortal.Domain.Progress;

/// <summary>What a clinician gives a patient at a session.</summary>
public enum Treatment
{
    /// <summary>Movement and strength.</summary>
    Exercise,
    /// <summary>Hands-on mobilisation and manipulation.</summary>
    ManualTherapy,
    /// <summary>Soft-tissue massage.</summary>
    Massage,
    /// <summary>Exercise in water.</summary>
    Hydrotherapy,
    /// <summary>Therapeutic ultrasound.</summary>
    Ultrasound,
    /// <summary>Pulsed shortwave.</summary>
    Megapulse,
    /// <summary>Needling.</summary>
    Acupuncture,
    /// <summary>Tape and supports.</summary>
    Taping,
    /// <summary>Advice, explanation and pacing.</summary>
    Education,
}

/// <summary>Whether a clinician is worried about a patient, and who may know.</summary>
public enum Concern
{
    /// <summary>Nothing out of the ordinary.</summary>
    None,
    /// <summary>The referrer is told, in the words that the clinician wrote for it.</summary>
    TellReferrer,
    /// <summary>Safeguarding: the clinic's people alone. In no report, on no timeline, in no mail.</summary>
    ClinicOnly,
}

/// <summary>How far a goal of the patient's has been reached.</summary>
public enum GoalOutcome
{
    /// <summary>Not judged yet, or worked on further.</summary>
    Open,
    /// <summary>Reached.</summary>
    Achieved,
    /// <summary>Reached in part.</summary>
    Partly,
    /// <summary>Not reached.</summary>
    NotAchieved,
}
