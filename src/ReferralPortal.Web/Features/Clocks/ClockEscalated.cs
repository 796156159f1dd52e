using ReferralPortal.Domain.Calendars;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>A target is not met although <paramref name="Percent"/> (50, 80 or 100) of its time is used up: whoever owns it is told. Queued once for each level of a target.</summary>
public sealed record ClockEscalated(Guid ReferralId, Target Target, int Percent);
