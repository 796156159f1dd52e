using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>What was promised, and how it stands.</summary>
/// <param name="Target">What.</param>
/// <param name="DueAt">By when.</param>
/// <param name="Outlook">What is to be expected; null while the clock stands still.</param>
/// <param name="Words">In plain words, a sentence or two.</param>
public sealed record Promise(Target Target, DateTimeOffset DueAt, Outlook? Outlook, string Words);

/// <summary>The promises of a referral.</summary>
/// <param name="Version">The referral's.</param>
/// <param name="Now">What runs now; null where nothing is due.</param>
/// <param name="Before">What was promised before, the latest first.</param>
/// <param name="Waits">Whether the clock stands still for the patient.</param>
/// <param name="WhyNotPaused">Why it cannot be stopped for the patient; null where it can.</param>
/// <param name="EscalationLevel">How much of its time is used up, as the clinic was told; 0 for everybody else.</param>
public sealed record Promises(int Version, Promise? Now, IReadOnlyList<Promise> Before, bool Waits, string? WhyNotPaused, int EscalationLevel);

/// <summary>
/// Says what was promised on a referral and whether it will be kept, to whoever reads the referral. The clinic's people also learn of the first free
/// appointment; who does not see safety answers learns of no review.
/// </summary>
public sealed class ReadPromises(PortalDatabase database, CatalogueStore catalogue, FindFreeSlots slots)
{
    public async Task<Outcome<Promises>> Handle(Actor actor, Guid referral, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;
        var (clocks, asked) = (ReferralClock.On(await catalogue.Get(ct)), new { referral, actor.OrganisationId });
        var (state, ended, now) = await database.Read(actor, async unit =>
        {
            await using var sets = await unit.ByKey().Results(State + Ended, asked);
            return (await sets.ReadSingleOrDefaultAsync<ClockState>(), (await sets.ReadAsync<EndedTarget>()).ToList(), unit.Now);
        }, ct);
        if (state is null) return Outcome.Missing;

        var sight = PartySight.Of(state.MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind);
        if (sight == Sight.None) return Outcome.Missing;
        var safety = sight.HasFlag(Sight.Safety);
        var words = new PromiseWords(clocks.For(state.Organisation), now);
        var running = safety ? state : state.WithoutReview(clocks);
        return new Promises(
            state.Version,
            running.DueAt is null ? words.Booked(running, ended) : words.Running(running, await FirstFree(actor, running, now, ct)),
            [.. ended.Where(target => safety || target.Target.Value != Target.RedFlagReview).Select(target => words.Kept(target, state)).OfType<Promise>()],
            state is { PausedAt: not null, WaitsUntil: not null },
            ClockRules.WhyNotPaused(state.DueFor),
            actor.TreatsReferrals() ? state.Level : 0);
    }

    // With the clinician who has the referral; where that one has no time, with anybody at the clinic.
    async Task<FreeAppointment?> FirstFree(Actor actor, ClockState state, DateTimeOffset now, CancellationToken ct)
    {
        if (!actor.TreatsReferrals() || state is not { DueFor: "first_appointment", Clinic: { } clinic, PausedAt: null }) return null;
        foreach (var clinician in new[] { state.Clinician, null }.Distinct())
        {
            if ((await slots.Handle(actor, new(clinic, clinician, AppointmentTime.UsualMinutes), ct)).Value is not { } free) return null;
            if (free.Count > 0) return new(free.Min(slot => slot.StartsAt), Found: true, WithAnother: clinician != state.Clinician);
        }
        return new(now.AddDays(FindFreeSlots.Days), Found: false);
    }

    const string State = """
        select r.version, r.state, r.priority, r.referring_organisation_id as organisation, r.due_for, r.due_at, r.clock_paused_at as paused_at, r.clock_waits_until as waits_until,
               portal.clock_began(r) as began, r.submitted_at, r.escalation_level as level, r.clinic_id as clinic, r.clinician_id as clinician,
               first.starts_at as first_appointment, coalesce(first.state = 'attended', false) as attended, mine.my_roles
        from referral r
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = r.id and party.organisation_id = @OrganisationId) mine
        left join lateral (
            select a.starts_at, a.state from appointment a
            where a.referral_id = r.id and a.kind = 'initial_assessment' and a.state in ('booked', 'attended')
            order by a.starts_at limit 1) first on true
        where r.id = @referral and mine.my_roles is not null;

        """;

    const string Ended = """
        select h.target, h.due_at, h.ended_at, h.ended_by from ended_promise h
        where h.referral_id = @referral
            and exists (select from referral_party party where party.referral_id = h.referral_id and party.organisation_id = @OrganisationId)
        order by h.ended_at desc, h.id desc
        """;
}

/// <summary>A referral's clock as it stands, and its first appointment where one is booked or took place.</summary>
sealed record ClockState(
    int Version, Coded<ReferralState> State, Coded<Priority> Priority, Guid Organisation, string? DueFor, DateTimeOffset? DueAt, DateTimeOffset? PausedAt, DateOnly? WaitsUntil,
    DateTimeOffset? Began, DateTimeOffset SubmittedAt, short Level, Guid? Clinic, Guid? Clinician, DateTimeOffset? FirstAppointment, bool Attended, string[] MyRoles)
{
    public bool Urgent => Priority.Value == Domain.Referrals.Priority.Urgent;

    /// <summary>The same for a reader who learns of no review: what such a reader was promised is triage, or nothing more once that is done.</summary>
    public ClockState WithoutReview(ReferralClock clocks) => DueFor != EnumText.Of(Target.RedFlagReview) ? this
        : State.Value is ReferralState.Submitted or ReferralState.InTriage or ReferralState.InformationRequested
            ? this with { DueFor = EnumText.Of(Target.Triage), DueAt = clocks.For(Organisation).DueAt(Target.Triage, SubmittedAt, Urgent), Began = SubmittedAt }
            : this with { DueFor = null, DueAt = null };
}

/// <summary>The first appointment that could be booked; where there is none, how far was looked.</summary>
sealed record FreeAppointment(DateTimeOffset At, bool Found, bool WithAnother = false);

/// <summary>A target that ran, and how it ended.</summary>
sealed record EndedTarget(Coded<Target> Target, DateTimeOffset DueAt, DateTimeOffset EndedAt, string EndedBy);
