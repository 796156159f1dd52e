namespace ReferralPortal.Domain.Referrals;

/// <summary>States and actions as people read them.</summary>
public static class StateWords
{
    /// <summary>The state's name.</summary>
    public static string Of(ReferralState state) => state switch
    {
        ReferralState.Draft => "Draft",
        ReferralState.Submitted => "Submitted",
        ReferralState.InTriage => "In triage",
        ReferralState.InformationRequested => "Information requested",
        ReferralState.Accepted => "Accepted",
        ReferralState.AppointmentBooked => "Appointment booked",
        ReferralState.InTreatment => "In treatment",
        ReferralState.Discharged => "Discharged",
        ReferralState.Closed => "Closed",
        ReferralState.Declined => "Declined",
        ReferralState.Withdrawn => "Withdrawn",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>An action as something to do, as on its button: "Ask for information".</summary>
    public static string ToDo(ReferralAction action) => action switch
    {
        ReferralAction.Submit => "Submit referral",
        ReferralAction.StartTriage => "Start triage",
        ReferralAction.AskForInformation => "Ask for information",
        ReferralAction.Answer => "Answer",
        ReferralAction.Accept => "Accept",
        ReferralAction.Decline => "Decline",
        ReferralAction.BookFirstAppointment => "Book first appointment",
        ReferralAction.RecordAttendance => "Record assessment",
        ReferralAction.BookAppointment => "Book appointment",
        ReferralAction.MoveAppointment => "Move appointment",
        ReferralAction.CancelAppointment => "Cancel appointment",
        ReferralAction.DidNotAttend => "Did not attend",
        ReferralAction.Discharge => "Discharge",
        ReferralAction.Close => "Close",
        ReferralAction.Reopen => "Reopen",
        ReferralAction.Withdraw => "Withdraw",
        ReferralAction.Amend => "Correct answers",
        ReferralAction.Forward => "Forward to another clinic",
        ReferralAction.ChangePriority => "Change priority",
        ReferralAction.LogContact => "Log an attempt to reach the patient",
        ReferralAction.Undo => "Undo",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    /// <summary>An action as a finished deed, to follow a person's name: "Dana Whitfield accepted the referral".</summary>
    public static string Done(ReferralAction action) => action switch
    {
        ReferralAction.Submit => "submitted the referral",
        ReferralAction.StartTriage => "started triage",
        ReferralAction.AskForInformation => "asked for information",
        ReferralAction.Answer => "answered the request for information",
        ReferralAction.Accept => "accepted the referral",
        ReferralAction.Decline => "declined the referral",
        ReferralAction.BookFirstAppointment => "booked the first appointment",
        ReferralAction.RecordAttendance => "recorded attendance at the assessment",
        ReferralAction.BookAppointment => "booked an appointment",
        ReferralAction.MoveAppointment => "moved an appointment",
        ReferralAction.CancelAppointment => "cancelled an appointment",
        ReferralAction.DidNotAttend => "recorded that the patient did not attend",
        ReferralAction.Discharge => "discharged the patient",
        ReferralAction.Close => "closed the referral",
        ReferralAction.Reopen => "reopened the referral",
        ReferralAction.Withdraw => "withdrew the referral",
        ReferralAction.Amend => "corrected answers of the referral",
        ReferralAction.Forward => "forwarded the referral to another clinic",
        ReferralAction.ChangePriority => "changed the priority",
        ReferralAction.LogContact => "tried to reach the patient",
        ReferralAction.Undo => "took back the last decision",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };
}
