using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals;

/// <summary>A referral whose row this unit holds locked: what a command decides upon.</summary>
public sealed record LockedReferral(
    Guid Id,
    string Reference,
    Coded<ReferralState> State,
    Coded<Priority> Priority,
    int Version,
    Guid ReferringOrganisationId,
    Guid? TriageOwnerId,
    Guid? ClinicianId,
    DateTimeOffset SubmittedAt,
    DateTimeOffset StateSince,
    string? RedFlagTier,
    DateTimeOffset? RedFlagClearedAt,
    DateTimeOffset? ClockPausedAt,
    string? DueFor,
    DateTimeOffset? DueAt,
    DateTimeOffset? ClockBegan,
    DateOnly? ClockWaitsUntil)
{
    /// <summary>The clock as it stands now.</summary>
    public LifecycleStep.Clock Clock => new(DueFor, DueAt, ClockPausedAt) { StartedAt = ClockBegan, WaitsUntil = ClockWaitsUntil };

    internal const string Columns = """
        r.id, r.reference, r.state, r.priority, r.version, r.referring_organisation_id, r.triage_owner_id, r.clinician_id, r.submitted_at, r.state_since,
        r.red_flag_tier, r.red_flag_cleared_at, r.clock_paused_at, r.due_for, r.due_at, portal.clock_began(r) as clock_began, r.clock_waits_until
        """;
}

/// <summary>What a step says of itself on the timeline. <paramref name="Words"/> is what the actor wrote for the readers.</summary>
public sealed record StepRecord(string? Words = null, string? ReasonCode = null, object? Detail = null, bool ClinicOnly = false, bool ReferrerOnly = false);

/// <summary>
/// One step of the lifecycle, the same for every command: lock the row, compare the version, ask <see cref="Lifecycle"/>,
/// write the new state and its event together, audit. Commands add what is their own beside it.
/// </summary>
public static class LifecycleStep
{
    /// <summary>
    /// Locks the referral and checks that the unit's person may do <paramref name="action"/> to it now, having seen <paramref name="version"/> of it.
    /// </summary>
    public static async Task<Outcome<LockedReferral>> Begin(this PortalUnit unit, Guid referralId, int version, ReferralAction action)
    {
        var opened = await unit.Open(referralId, version);
        if (opened.Value is not { } referral) return opened;

        return unit.Permit(referral, action) is { } failure ? failure : referral;
    }

    /// <summary>Why the unit's person may not do <paramref name="action"/> to the referral as it stands; null when it may be done.</summary>
    public static Failure? Permit(this PortalUnit unit, LockedReferral referral, ReferralAction action)
    {
        var capacities = unit.Actor.CapacitiesOn(referral.ReferringOrganisationId);
        if (capacities.Any(capacity => Lifecycle.Allows(referral.State, action, capacity))) return null;

        return Outcome.Refused(Lifecycle.Find(referral.State, action) is null
            ? $"This referral is {StateWords.Of(referral.State.Value).ToLowerInvariant()}, so this cannot be done now."
            : "Your role does not allow this.");
    }

    /// <summary>
    /// Locks the referral, seen at <paramref name="version"/>, for something that is no step of the lifecycle (see <see cref="Note"/>).
    /// That the person may do it is for the caller to check.
    /// </summary>
    public static async Task<Outcome<LockedReferral>> Open(this PortalUnit unit, Guid referralId, int version)
    {
        var referral = await unit.One<LockedReferral>(Lock, new { referralId, unit.Actor.OrganisationId });
        if (referral is null) return Outcome.Missing;
        return referral.Version == version ? referral : await unit.ChangedByAnother(referral);
    }

    /// <summary>
    /// Writes the step: state, event and audit entry. Call after <see cref="Begin"/> in the same unit; returns the referral's new version.
    /// <paramref name="backTo"/> is for a step that is taken back: the state it had come from.
    /// </summary>
    public static async Task<int> Record(this PortalUnit unit, LockedReferral referral, ReferralAction action, AuditAction audit, StepRecord record, Clock? clock = null, ReferralState? backTo = null)
    {
        return await unit.Append(referral, EnumText.Of(action), backTo ?? Lifecycle.Next(referral.State, action), record, clock, audit, null);
    }

    /// <summary>
    /// Writes onto the timeline something that happened and changed no state (an alert acknowledged, a report signed), and audits it.
    /// The caller holds the referral's row locked and has checked that its person may do this; returns the referral's new version.
    /// </summary>
    public static Task<int> Note(this PortalUnit unit, LockedReferral referral, string what, AuditAction audit, Guid? subjectId, object? detail = null, Clock? clock = null, bool clinicOnly = false, string? words = null) =>
        unit.Append(referral, what, referral.State, new StepRecord(words, Detail: detail, ClinicOnly: clinicOnly), clock, audit, subjectId);

    /// <summary>Writes to the referrer on the timeline, as <see cref="Note"/> does: nobody reads it but the referrer and the clinic.</summary>
    public static Task<int> Tell(this PortalUnit unit, LockedReferral referral, string what, AuditAction audit, Guid? subjectId, string words) =>
        unit.Append(referral, what, referral.State, new StepRecord(words, ReferrerOnly: true), null, audit, subjectId);

    static async Task<int> Append(this PortalUnit unit, LockedReferral referral, string action, ReferralState to, StepRecord record, Clock? clock, AuditAction audit, Guid? subjectId)
    {
        await unit.Run(Advance, new
        {
            referral.Id,
            eventId = Guid.CreateVersion7(unit.Now),
            at = unit.Now,
            actorId = unit.Actor.UserId,
            actorName = unit.Actor.DisplayName,
            organisationId = unit.Actor.OrganisationId,
            action,
            from = referral.State.Text,
            to = EnumText.Of(to),
            record.ReasonCode,
            record.Words,
            detail = record.Detail is null ? "{}" : PortalJson.Text(record.Detail),
            audience = record.ClinicOnly ? "clinic" : record.ReferrerOnly ? "referrer" : "everyone",
            setClock = clock is not null,
            clock?.DueFor,
            clock?.DueAt,
            clock?.PausedAt,
            clock?.WaitsUntil,
            clock?.StartedAt,
            ended = Guid.CreateVersion7(unit.Now),
            version = referral.Version + 1,
        });
        unit.Audit(audit, referral.Id, subjectId);
        if (clock is not null) unit.Watch(referral, clock);
        return referral.Version + 1;
    }

    // A target that is new, or due at another time than before, is looked at when it comes near: the message of the time before finds that it is too late.
    static void Watch(this PortalUnit unit, LockedReferral referral, Clock clock)
    {
        if (clock is not { DueAt: { } due, PausedAt: null } || (due == referral.DueAt && clock.DueFor == referral.DueFor && referral.ClockPausedAt is null)) return;
        unit.Queue(new ClockCheck(referral.Id, due), referral.Id, clock.DueFor == referral.DueFor && clock.StartedAt == referral.ClockBegan ? unit.Now : clock.ChecksAt);
    }

    /// <summary>The target that runs after a step: what is due and when (UTC), or since when the clock stands still.</summary>
    public sealed record Clock(string? DueFor, DateTimeOffset? DueAt, DateTimeOffset? PausedAt = null)
    {
        /// <summary>Nothing is due any more.</summary>
        public static readonly Clock Stopped = new(null, null);

        /// <summary>Since when the target runs; null leaves it as it was, or lets a new one begin with the step.</summary>
        public DateTimeOffset? StartedAt { get; init; }

        /// <summary>The day until which the patient asked to wait; null where the patient does not.</summary>
        public DateOnly? WaitsUntil { get; init; }

        /// <summary>When it is next looked at whether the target is met.</summary>
        internal DateTimeOffset? ChecksAt { get; init; }

        /// <summary>The same for a patient whose wait goes on: this target stands still from its first moment.</summary>
        internal Clock Waiting(Clock? before, DateTimeOffset at) =>
            before is not null && ReferralClock.Waits(before, at) ? this with { PausedAt = before.PausedAt > at ? before.PausedAt : at, WaitsUntil = before.WaitsUntil } : this;
    }

    /// <summary>What the actor is on a referral of <paramref name="referringOrganisation"/>; that it may see the referral at all is the database's say.</summary>
    public static IEnumerable<Capacity> CapacitiesOn(this Actor actor, Guid referringOrganisation)
    {
        if (actor.MayRefer && actor.OrganisationId == referringOrganisation) yield return Capacity.Referrer;
        if (actor.OrganisationKind != OrganisationKind.ClinicGroup) yield break;
        if (actor.Has(Role.ClinicAdministrator)) yield return Capacity.ClinicAdministrator;
        if (actor.Has(Role.Clinician)) yield return Capacity.Clinician;
    }

    /// <summary>Who changed the referral last and what was done: for the second of two people acting at once.</summary>
    public static async Task<Failure> ChangedByAnother(this PortalUnit unit, LockedReferral referral)
    {
        var last = await unit.One<LastEvent>(Last, new { referralId = referral.Id });
        return last is null
            ? Outcome.Conflict("Somebody", "changed this referral", unit.Now)
            : Outcome.Conflict(last.ActorName, EnumText.TryParse<ReferralAction>(last.Action, out var action) ? StateWords.Done(action) : "changed this referral", last.At);
    }

    sealed record LastEvent(string ActorName, string Action, DateTimeOffset At);

    const string Lock = $"""
        select {LockedReferral.Columns}
        from referral r
        where r.id = @referralId
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId)
        for update
        """;

    const string Last = """
        select actor_name, action, at from referral_event
        where referral_id = @referralId order by sequence desc limit 1
        """;

    // A target that ends is kept as it ended, before the next one takes its place.
    const string Advance = """
        insert into clock_history (id, referral_id, target, started_at, due_at, ended_at, ended_by)
        select @ended, r.id, r.due_for, portal.clock_began(r), r.due_at, @at, @action
        from referral r
        where r.id = @id and @setClock and r.due_for is not null and r.due_at is not null
            and (r.due_for is distinct from @dueFor or portal.clock_began(r) <> @startedAt::timestamptz);
        update referral r set
            state = @to,
            state_since = case when state = @to then state_since else @at end,
            due_for = case when @setClock then @dueFor else due_for end,
            due_at = case when @setClock then @dueAt else due_at end,
            clock_paused_at = case when @setClock then @pausedAt else clock_paused_at end,
            clock_waits_until = case when @setClock then @waitsUntil else clock_waits_until end,
            clock_started_at = case when not @setClock then clock_started_at
                                    when @dueFor::text is null then null
                                    else coalesce(@startedAt, case when due_for = @dueFor then portal.clock_began(r) else @at end) end,
            escalation_level = case when @setClock and (due_for is distinct from @dueFor or portal.clock_began(r) <> @startedAt::timestamptz) then 0 else escalation_level end,
            version = @version
        where r.id = @id;
        insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state,
                                    reason_code, words, detail, audience, version)
        values (@eventId, @id, @at, @actorId, @actorName, @organisationId, @action, @from, @to,
                @reasonCode, @words, @detail::jsonb, @audience, @version);
        """;
}
