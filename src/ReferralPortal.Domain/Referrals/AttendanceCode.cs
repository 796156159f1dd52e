namespace ReferralPortal.Domain.Referrals;

/// <summary>How an appointment went: the codes of "Attended or did not attend" in the NHS Data Model and Dictionary. The number is the code.</summary>
public enum AttendanceCode
{
    /// <summary>2: the patient cancelled beforehand.</summary>
    CancelledByPatient = 2,
    /// <summary>3: the patient did not come and gave no notice.</summary>
    DidNotAttend = 3,
    /// <summary>4: the clinic cancelled or put it off.</summary>
    CancelledByProvider = 4,
    /// <summary>5: on time.</summary>
    OnTime = 5,
    /// <summary>6: late, but seen.</summary>
    LateButSeen = 6,
    /// <summary>7: too late to be seen.</summary>
    LateNotSeen = 7,
}

/// <summary>What follows from an attendance code.</summary>
public static class AttendanceCodes
{
    /// <summary>The code as stored and sent: one digit.</summary>
    public static string Digit(this AttendanceCode code) => ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a text is one of the codes, and which.</summary>
    public static bool TryParse(string? digit, out AttendanceCode code)
    {
        code = digit is [>= '2' and <= '7'] ? (AttendanceCode)(digit[0] - '0') : default;
        return code != default;
    }

    /// <summary>The patient was seen, so a session was used.</summary>
    public static bool WasSeen(this AttendanceCode code) => code is AttendanceCode.OnTime or AttendanceCode.LateButSeen;

    /// <summary>The appointment did not take place because one side called it off beforehand.</summary>
    public static bool WasCancelled(this AttendanceCode code) => code is AttendanceCode.CancelledByPatient or AttendanceCode.CancelledByProvider;
}
