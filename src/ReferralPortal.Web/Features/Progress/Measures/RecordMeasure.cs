using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>
/// Records a measure that a clinician filled in with the patient, or what stands on the paper form of one whose wording the clinic does not hold. Allowed to clinicians from the first
/// booking until the referral is closed. What was not answered stays unanswered.
/// </summary>
public sealed class RecordMeasure(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Key">Made when the form opened: a repeat of the same form records nothing more.</param>
    /// <param name="Referral">Which.</param>
    /// <param name="Measure">The measure's key.</param>
    /// <param name="Form">As filled in.</param>
    public sealed record Command(Guid Key, Guid Referral, string Measure, MeasureForm Form);

    public async Task<Outcome<MeasureScore>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        if (!actor.IsClinician()) return MeasureEntry.NotAClinician;
        if ((await catalogue.Get(ct)).Measures.FirstOrDefault(known => known.Key == command.Measure) is not { } measure) return Outcome.Missing;
        var errors = command.Form.Check(measure);

        return await database.Write<MeasureScore>(actor, async unit =>
        {
            if (await MeasureEntry.Find(unit, command.Referral) is not { } referral) return Outcome.Missing;
            if (!referral.TakesScores) return MeasureEntry.NotNow;
            var takenAt = command.Form.TakenAt(unit.Now, LondonTime.DateOf(referral.SubmittedAt), errors);
            if (errors.Count > 0) return Outcome.Invalid(errors);

            var entry = MeasureEntry.Of(command.Key, referral.Id, takenAt!.Value, measure, command.Form);
            if (await entry.Store(unit)) unit.Audit(AuditAction.RecordScore, referral.Id, entry.Id, new { measure = measure.Key, entry.Score.Answered });
            return entry.Score;
        }, ct);
    }
}
