using System.Globalization;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>
/// What is counted. Each figure counts what happened in a period, by the moment at which it happened: what is over does not change any more when a later
/// week brings the next step of the same referral.
/// </summary>
public enum Measure
{
    /// <summary>Sent to the clinic.</summary>
    Received,
    /// <summary>Accepted; a decision that was undone does not count.</summary>
    Accepted,
    /// <summary>Declined, by reason; a decision that was undone does not count.</summary>
    Declined,
    /// <summary>Withdrawn by the referrer or closed by the clinic, by reason.</summary>
    Withdrawn,
    /// <summary>First claimed or decided by a clinic administrator: the wait from the submission.</summary>
    Triaged,
    /// <summary>The patient first spoken to: the wait from the submission.</summary>
    Contacted,
    /// <summary>Came to the first initial assessment: the wait from the submission. A booking that fell through ends no patient's wait.</summary>
    Seen,
    /// <summary>A target whose time ran out, by target, at the moment at which it did.</summary>
    Missed,
}

/// <summary>Measures in words.</summary>
public static class MeasureWords
{
    /// <summary>The waits, in the order in which a patient lives them.</summary>
    public static readonly IReadOnlyList<Measure> Waits = [Measure.Triaged, Measure.Contacted, Measure.Seen];

    /// <summary>What is counted, as a heading.</summary>
    public static string Of(Measure measure) => measure switch
    {
        Measure.Triaged => "First triaged",
        Measure.Contacted => "Patient reached",
        Measure.Seen => "First appointment attended",
        Measure.Missed => "Targets missed",
        _ => measure.ToString(),
    };

    /// <summary>Until what a wait lasted.</summary>
    public static string Until(Measure wait) => wait switch
    {
        Measure.Triaged => "Triage",
        Measure.Contacted => "Contact",
        _ => "First appointment",
    };

    /// <summary>A reason or a target in words: what the clinic calls it, where it is one of its own lists.</summary>
    public static string Code(Measure measure, string code, CatalogueContent catalogue) => measure switch
    {
        Measure.Declined => catalogue.Coded("decline_reason", code)?.Label ?? PlainText.Of(code),
        Measure.Withdrawn => catalogue.Coded("withdraw_reason", code)?.Label ?? PlainText.Of(code),
        _ => PlainText.Of(code),
    };

    /// <summary>A wait in words: "45 min", "5.5 h", from two days on "3.2 days"; a dash where nobody waited.</summary>
    public static string Wait(double? hours) => hours switch
    {
        null => "–",
        < 1 => $"{Math.Max(0, Math.Round(hours.Value * 60)):0} min",
        < 48 => $"{hours.Value.ToString("0.#", CultureInfo.InvariantCulture)} h",
        _ => $"{(hours.Value / 24).ToString("0.#", CultureInfo.InvariantCulture)} days",
    };
}
