namespace ReferralPortal.Web.Platform.Security;

/// <summary>How much one person or one message may ask of the portal. Bound from the configuration section <c>Limits</c>.</summary>
public sealed class PortalLimits
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Limits";

    /// <summary>Pages that one person may have open at once, on one node. One more closes the oldest with a message that says so.</summary>
    public int CircuitsPerUser { get; set; } = 20;

    /// <summary>Largest message from a browser over the page's connection, in bytes; room for a long typed text, not for a file.</summary>
    public int HubMessageBytes { get; set; } = 128 * 1024;

    /// <summary>Largest body of a plain request, in bytes. An endpoint that takes files sets its own.</summary>
    public long RequestBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Sign-ins that may be started or completed per minute from one network address; a firm's whole office may share one.</summary>
    public int SignInsPerMinute { get; set; } = 120;

    /// <summary>How often calendars may be read per minute from one network address, whether the secret in the address is right or not.</summary>
    public int CalendarReadsPerMinute { get; set; } = 60;

    /// <summary>How often patients' questionnaires may be opened or sent per minute from one network address, whether the secret in the address is right or not.</summary>
    public int QuestionnaireRequestsPerMinute { get; set; } = 60;

    /// <summary>How often copies of reports may be verified, and a patient's link opened, per minute from one network address.</summary>
    public int ReportChecksPerMinute { get; set; } = 30;
}
