using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>A score as it is stored, with the answers behind it.</summary>
sealed record MeasureEntry(Guid Id, Guid ReferralId, DateTimeOffset TakenAt, MeasureScore Score, IReadOnlyList<int?>? Answers, IReadOnlyList<string> Names)
{
    /// <summary>The patient's own, by this questionnaire; null when the clinic recorded it.</summary>
    public Guid? Questionnaire { get; init; }

    /// <summary>The entry whose place it takes, and why.</summary>
    public (Guid Entry, string Reason)? Supersedes { get; init; }

    /// <summary>The entry of a form that was found right.</summary>
    internal static MeasureEntry Of(Guid id, Guid referral, DateTimeOffset takenAt, Catalogue.Measure measure, MeasureForm form) => new(
        id, referral, takenAt, form.Scored(measure), form.Given(measure),
        measure.IsWorded() && measure.Wording().Any(item => item.Named) ? [.. form.Names.Select(name => name.Trim())] : []);

    /// <summary>Stores it, and raises the alert that its answers ask for. False when it is there already.</summary>
    internal async Task<bool> Store(PortalUnit unit)
    {
        var stored = await unit.One<bool>(Insert, new
        {
            Id,
            ReferralId,
            measure = Score.Measure,
            TakenAt,
            by = unit.Actor.UserId,
            Score.Answered,
            Score.Score,
            Score.RuleVersion,
            source = Questionnaire is null ? "clinic" : "patient",
            Questionnaire,
            supersedes = Supersedes?.Entry,
            reason = Supersedes?.Reason,
            answers = Answers is null ? null : PortalJson.Text(Answers),
            names = Names.ToArray(),
            at = unit.Now,
        });
        if (!stored) return false;
        if (Score.Alert != MeasureAlert.None) await unit.RaiseMeasureAlert(ReferralId, Id, Score.Alert);
        return true;
    }

    /// <summary>A referral at the treating clinic, for the actor's own organisation only; nothing when there is none.</summary>
    internal static Task<Treated?> Find(PortalUnit unit, Guid referral) => unit.One<Treated>(Ours, new { referral, unit.Actor.OrganisationId });

    internal sealed record Treated(Guid Id, Coded<ReferralState> State, DateTimeOffset SubmittedAt, Guid ReferringOrganisationId)
    {
        /// <summary>Between the first booking and the closing.</summary>
        internal bool TakesScores => State.Value is ReferralState.AppointmentBooked or ReferralState.InTreatment or ReferralState.Discharged;
    }

    internal static readonly Failure NotAClinician = Outcome.Refused("Your role does not allow this: a clinician records outcome measures.");
    internal static readonly Failure NotNow = Outcome.Refused("Outcome measures are recorded from the first booking until the referral is closed.");

    const string Insert = """
        with entry as (
            insert into outcome_entry (id, referral_id, measure_key, taken_at, recorded_by, answered, score, rule_version, source, questionnaire_id, supersedes_id, reason, created_at)
            values (@Id, @ReferralId, @measure, @TakenAt, @by, @Answered, @Score, @RuleVersion, @source, @Questionnaire, @supersedes, @reason, @at)
            on conflict (id) do nothing
            returning id, referral_id, created_at),
        behind as (
            insert into outcome_answer (entry_id, referral_id, answers, names, created_at)
            select id, referral_id, @answers::jsonb, @names, created_at from entry where @answers::jsonb is not null)
        select exists (select from entry)
        """;

    const string Ours = """
        select r.id, r.state, r.submitted_at, r.referring_organisation_id
        from referral r
        where r.id = @referral and portal.is_clinic()
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        """;
}
