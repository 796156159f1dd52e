using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>Targets in the words in which people promise them.</summary>
public static class PromiseWords
{
    /// <summary>What is promised, as part of a sentence: "first appointment".</summary>
    public static string Name(string? target) => EnumText.TryParse<Target>(target, out var known) ? Name(known) : "next step";

    /// <inheritdoc cref="Name(string?)"/>
    public static string Name(Target target) => target switch
    {
        Target.Acknowledgement => "acknowledgement",
        Target.RedFlagReview => "review of the safety answers",
        Target.Triage => "decision of triage",
        Target.Contact => "first contact with the patient",
        Target.FirstAppointment => "first appointment",
        Target.InitialReport => "initial report",
        Target.DischargeReport => "discharge report",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, null),
    };
}
