namespace ReferralPortal.Domain.Referrals;

/// <summary>Where a referral stands.</summary>
public enum ReferralState
{
    /// <summary>Being typed by its referrer; the clinic does not see it.</summary>
    Draft,
    /// <summary>Sent; nobody at the clinic has claimed it.</summary>
    Submitted,
    /// <summary>Claimed by a clinic administrator.</summary>
    InTriage,
    /// <summary>Waiting for the referrer's answer; the clock stands still.</summary>
    InformationRequested,
    /// <summary>Taken on; the first appointment is not booked.</summary>
    Accepted,
    /// <summary>The first appointment is booked.</summary>
    AppointmentBooked,
    /// <summary>Assessed and being treated.</summary>
    InTreatment,
    /// <summary>Treatment has ended and the discharge report is signed.</summary>
    Discharged,
    /// <summary>Nothing is owed any more.</summary>
    Closed,
    /// <summary>Not taken on; an end.</summary>
    Declined,
    /// <summary>Taken back; an end.</summary>
    Withdrawn,
}

/// <summary>What can be done to a referral.</summary>
public enum ReferralAction
{
    /// <summary>Send a draft to the clinic.</summary>
    Submit,
    /// <summary>Claim it for triage.</summary>
    StartTriage,
    /// <summary>Ask the referrer for what is missing.</summary>
    AskForInformation,
    /// <summary>Give what was asked for.</summary>
    Answer,
    /// <summary>Take it on.</summary>
    Accept,
    /// <summary>Refuse it with a coded reason.</summary>
    Decline,
    /// <summary>Book the initial assessment.</summary>
    BookFirstAppointment,
    /// <summary>Record that the patient came to the assessment.</summary>
    RecordAttendance,
    /// <summary>Book a further appointment.</summary>
    BookAppointment,
    /// <summary>Move an appointment.</summary>
    MoveAppointment,
    /// <summary>Cancel an appointment.</summary>
    CancelAppointment,
    /// <summary>Record that the patient did not attend.</summary>
    DidNotAttend,
    /// <summary>End treatment; the discharge report is signed.</summary>
    Discharge,
    /// <summary>Close it: invoice sent, or nothing owed.</summary>
    Close,
    /// <summary>Take it up again after discharge or closing.</summary>
    Reopen,
    /// <summary>Take it back before discharge.</summary>
    Withdraw,
    /// <summary>Correct an answer of the form after it was sent.</summary>
    Amend,
    /// <summary>Give it to another clinic of the group.</summary>
    Forward,
    /// <summary>Make it urgent, or routine again.</summary>
    ChangePriority,
    /// <summary>Write down that somebody tried to reach the patient.</summary>
    LogContact,
    /// <summary>Take back the decision made a moment ago, of which nobody has been told.</summary>
    Undo,
}

/// <summary>What somebody is on this very referral. It follows from a role and from being a party, and is all that the lifecycle looks at.</summary>
public enum Capacity
{
    /// <summary>Refers for the organisation that sent it.</summary>
    Referrer,
    /// <summary>Administrator at the treating clinic.</summary>
    ClinicAdministrator,
    /// <summary>Clinician at the treating clinic.</summary>
    Clinician,
}
