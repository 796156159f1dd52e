using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>Who asked for an appointment to be moved or cancelled.</summary>
public enum AskedBy
{
    /// <summary>The patient.</summary>
    Patient,
    /// <summary>Family or a carer, for the patient.</summary>
    Carer,
    /// <summary>The referrer, for the patient.</summary>
    Referrer,
    /// <summary>The clinic.</summary>
    Clinic,
}

/// <summary>
/// Why an appointment is moved or cancelled. Everybody on the referral reads it, an employer too: so there is none that says how the patient is.
/// </summary>
public enum ChangeReason
{
    /// <summary>The patient cannot come then.</summary>
    PatientCannotCome,
    /// <summary>Another time, place or person suits the patient better.</summary>
    SuitsBetter,
    /// <summary>The patient has no way to come.</summary>
    Transport,
    /// <summary>The patient wants no more treatment, or needs none.</summary>
    NotWanted,
    /// <summary>The clinician is away.</summary>
    ClinicianAway,
    /// <summary>The clinic or its room cannot be used.</summary>
    ClinicClosed,
    /// <summary>It should not have been booked so.</summary>
    BookedInError,
    /// <summary>Said in words.</summary>
    Other,
}

/// <summary>Who asked and why, as people read it and as it is coded.</summary>
public static class Asking
{
    /// <summary>Code 2 where it was cancelled by the patient or on the patient's behalf, code 4 where the clinic did.</summary>
    public static AttendanceCode Code(this AskedBy asked) => asked == AskedBy.Clinic ? AttendanceCode.CancelledByProvider : AttendanceCode.CancelledByPatient;

    /// <summary>"the patient": as it stands in a sentence.</summary>
    public static string Words(this AskedBy asked) => asked switch
    {
        AskedBy.Patient => "the patient",
        AskedBy.Carer => "family or a carer",
        AskedBy.Referrer => "the referrer",
        _ => "the clinic",
    };

    /// <summary>"the patient cannot come": as it stands in a sentence.</summary>
    public static string Words(this ChangeReason reason) => reason switch
    {
        ChangeReason.PatientCannotCome => "the patient cannot come then",
        ChangeReason.SuitsBetter => "another time suits the patient better",
        ChangeReason.Transport => "the patient has no way to come",
        ChangeReason.NotWanted => "the patient wants or needs no more treatment",
        ChangeReason.ClinicianAway => "the clinician is away",
        ChangeReason.ClinicClosed => "the clinic or room cannot be used",
        ChangeReason.BookedInError => "it was booked in error",
        _ => "another reason",
    };

    /// <summary>What is wrong with the answers to who asked and why; the words are needed only where no code says it.</summary>
    internal static void Check(AskedBy? asked, ChangeReason? why, string words, Dictionary<string, string> errors)
    {
        if (asked is null || !Enum.IsDefined(asked.Value)) errors["AskedBy"] = "Choose who asked";
        if (why is null || !Enum.IsDefined(why.Value)) errors["Why"] = "Choose why";
        else if (why == ChangeReason.Other && string.IsNullOrWhiteSpace(words)) errors["Words"] = "Write why";
        if (words.Length > AppointmentRows.LongestReason) errors["Words"] = $"Use {AppointmentRows.LongestReason:N0} characters or fewer";
    }
}
