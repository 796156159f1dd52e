using ReferralPortal.Web.Components.Display;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>Who has seen a report, in words.</summary>
static class SeenWords
{
    /// <summary>"Seen by Ann Example, Northgate Law, on 23 Nov 2026 at 14:02".</summary>
    internal static string Of(Acknowledgement one) => $"Seen by {one.PersonName}, {one.OrganisationName}, on {Formats.Date(one.At)} at {Formats.Time(one.At)}";

    /// <summary>How far the referrer has come with a report that it has not acknowledged.</summary>
    internal static string NotYet(ClosingHead head) => $"{head.ReferringOrganisation} has not acknowledged it yet. {Chased(head.Reminders, head.RemindedAt)}".TrimEnd();

    /// <summary>What was done about it.</summary>
    internal static string Chased(int reminders, DateTimeOffset? at) => reminders switch
    {
        0 => "",
        1 => $"Reminded on {Formats.Date(at!.Value)}.",
        ReportChases.Reminders => $"Reminded twice, last on {Formats.Date(at!.Value)}.",
        _ => "Reminded twice without an answer: ring them.",
    };
}
