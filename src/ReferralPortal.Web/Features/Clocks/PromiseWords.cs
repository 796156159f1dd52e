using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Referrals;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>Promises in the words in which people speak of them: "We promised the first appointment by 3 Dec 2026; it is booked for 2 Dec 2026."</summary>
public sealed class PromiseWords
{
    readonly ReferralClock clock;
    readonly DateTimeOffset now;

    internal PromiseWords(ReferralClock clock, DateTimeOffset now) => (this.clock, this.now) = (clock, now);

    /// <summary>What is promised, as part of a sentence: "first appointment".</summary>
    public static string Name(string? target) => EnumText.TryParse<Target>(target, out var known) ? Name(known) : "next step";

    /// <inheritdoc cref="Name(string?)"/>
    public static string Name(Target target) => target switch
    {
        Target.Acknowledgement => "acknowledgement",
        Target.RedFlagReview => "review of the safety answers",
        Target.Triage => "decision on the referral",
        Target.Contact => "first contact with the patient",
        Target.FirstAppointment => "first appointment",
        Target.InitialReport => "initial report",
        Target.DischargeReport => "discharge report",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, null),
    };

    /// <summary>What runs now.</summary>
    /// <param name="state">The clock.</param>
    /// <param name="firstFree">The first appointment that is free, where that was looked for.</param>
    internal Promise? Running(ClockState state, FreeAppointment? firstFree = null)
    {
        if (state is not { DueAt: { } due, Began: { } began } || !EnumText.TryParse<Target>(state.DueFor, out var target)) return null;
        var promised = $"We promised the {Name(target)} by {By(target, due)}.";
        if (ReferralClock.PausedFor(state.PausedAt, state.WaitsUntil) is { } why)
            return new(target, due, null, $"{promised} The clock stands still: {(state.WaitsUntil is null ? "we are " : "")}{why}. It then goes on with the time that was left.");

        var outlook = clock.TargetClock.Forecast(target, due, clock.Whole(target, began, state.Urgent), now, firstFree?.At);
        var left = clock.TargetClock.Words(due, now);
        return new(target, due, outlook, $"{promised} " + (outlook, firstFree) switch
        {
            (Outlook.WillBeLate, { Found: true } free) => $"{Free(free)}, later than that.",
            (Outlook.Late, { } free) => $"It is {left}. {Free(free)}.",
            (_, { } free) => $"It is not booked yet. {Free(free)}.",
            (Outlook.AtRisk, _) => $"Little time is left: it is {left}.",
            _ => $"It is {left}.",
        });
    }

    static string Free(FreeAppointment free) => free.Found
        ? $"The first free appointment{(free.WithAnother ? ", with another clinician," : "")} is on {Formats.Date(free.At)}"
        : $"The clinic has no free appointment until {Formats.Date(free.At)}";

    /// <summary>The first appointment that is booked: whether it comes when it was promised.</summary>
    internal Promise? Booked(ClockState state, IEnumerable<EndedTarget> ended) =>
        state is { FirstAppointment: { } at, Attended: false } && ended.FirstOrDefault(target => target.Target.Value == Target.FirstAppointment) is { } promised
            ? new(Target.FirstAppointment, promised.DueAt, clock.TargetClock.Forecast(Target.FirstAppointment, promised.DueAt, TimeSpan.Zero, now, at, settled: true),
                $"We promised the first appointment by {Formats.Date(promised.DueAt)}; it is booked for {Formats.Date(at)}{(at > promised.DueAt ? ", later than promised" : "")}.")
            : null;

    /// <summary>What was promised before; null where it fell away, or is spoken of as what runs now.</summary>
    internal Promise? Kept(EndedTarget ended, ClockState state)
    {
        if (Done(ended, state) is not { } at) return null;
        var target = ended.Target.Value;
        var late = at > ended.DueAt;
        return new(target, ended.DueAt, late ? Outlook.Late : Outlook.OnTime,
            $"We promised the {Name(target)} by {By(target, ended.DueAt)}; {(target == Target.FirstAppointment ? "it took place" : "it was done")} on {By(target, at)}{(late ? ", later than promised" : "")}.");
    }

    // A target that gave way to another one, or ended with the referral, was neither kept nor broken.
    static DateTimeOffset? Done(EndedTarget ended, ClockState state) => (ended.Target.Value, ended.EndedBy) switch
    {
        (Target.Triage, "accept" or "decline") => ended.EndedAt,
        (Target.RedFlagReview, "clear_red_flag") => ended.EndedAt,
        (Target.InitialReport or Target.DischargeReport, "sign_report") => ended.EndedAt,
        (Target.FirstAppointment, "book_first_appointment" or "book_appointment") when state.Attended => state.FirstAppointment,
        (Target.Contact, not ("withdraw" or "amend" or "decline")) => ended.EndedAt,
        _ => null,
    };

    // A target in working days is due when the clinics close: the day says it.
    static string By(Target target, DateTimeOffset at) => target is Target.Acknowledgement or Target.RedFlagReview or Target.Triage ? Formats.DateTime(at) : Formats.Date(at);
}
