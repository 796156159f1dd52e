using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The patient's goals after the assessment: another one agreed, or one judged again. Each judgement is kept. Clinicians only, while the patient is treated.</summary>
public sealed class RecordGoals(PortalDatabase database)
{
    public const int LongestGoal = 500, LongestJudgement = 1000;

    /// <param name="Key">The new goal's id, made when the form opened: a repeat adds nothing more.</param>
    /// <param name="Words">In the patient's own words.</param>
    public sealed record NewGoal(Guid Key, Guid Referral, string Words, DateParts Target);

    /// <param name="Version">The goal's version that the clinician has before them.</param>
    /// <param name="Words">Why it is judged so; may be empty.</param>
    public sealed record Judgement(Guid Goal, int Version, GoalOutcome? Outcome, string Words);

    public async Task<Outcome<Guid>> Add(Actor actor, NewGoal goal, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician records goals.");
        return await database.Write<Guid>(actor, async unit =>
        {
            var errors = new Dictionary<string, string>();
            if (string.IsNullOrWhiteSpace(goal.Words)) errors[nameof(goal.Words)] = "Write the goal in the patient’s words";
            else if (goal.Words.Length > LongestGoal) errors[nameof(goal.Words)] = $"Use {LongestGoal:N0} characters or fewer";
            if (TargetProblem(goal.Target, LondonTime.DateOf(unit.Now)) is { } problem) errors[nameof(goal.Target)] = problem;
            if (errors.Count > 0) return Outcome.Invalid(errors);

            var treated = await unit.Treated(goal.Referral);
            if (treated.Value is not { } referral) return treated.Failure!;
            if (await unit.Run(Insert, new { goal.Key, referralId = referral.Id, words = goal.Words.Trim(), target = goal.Target.ToDate(), at = unit.Now }) == 1)
                await unit.Note(referral, "add_goal", AuditAction.RecordGoal, goal.Key, clinicOnly: true);
            return goal.Key;
        }, ct);
    }

    /// <summary>Judges a goal. Returns its new version.</summary>
    public async Task<Outcome<int>> Judge(Actor actor, Judgement judgement, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician judges goals.");
        if (judgement.Outcome is not { } outcome || !Enum.IsDefined(outcome)) return Outcome.Invalid(nameof(judgement.Outcome), "Choose how far the goal is reached");
        if (judgement.Words.Length > LongestJudgement) return Outcome.Invalid(nameof(judgement.Words), $"Use {LongestJudgement:N0} characters or fewer");

        return await database.Write<int>(actor, async unit =>
        {
            if (await unit.One<Guid?>("select referral_id from goal where id = @Goal", new { judgement.Goal }) is not { } referralId) return Outcome.Missing;
            var treated = await unit.Treated(referralId);
            if (treated.Value is not { } referral) return treated.Failure!;
            var words = string.IsNullOrWhiteSpace(judgement.Words) ? null : judgement.Words.Trim();
            var written = new { judgement.Goal, judgement.Version, outcome = EnumText.Of(outcome), words, referralId, at = unit.Now, id = Guid.CreateVersion7(unit.Now), personId = unit.Actor.UserId };
            if (await unit.One<int?>(Update, written) is not { } version)
            {
                var last = (await unit.One<Judged>(Last, written))!;
                // The same again, because its answer was lost, is what is there already.
                return last.PersonId == actor.UserId && last.Outcome == written.outcome && last.Words == words && last.Version == judgement.Version + 1
                    ? last.Version
                    : Outcome.Conflict(last.DisplayName, "judged this goal", last.ReviewedAt);
            }
            await unit.Run(Review, written);
            await unit.Note(referral, "judge_goal", AuditAction.RecordGoal, judgement.Goal, new { outcome = written.outcome }, clinicOnly: true);
            return version;
        }, ct);
    }

    /// <summary>What is wrong with a target date; null when nothing is, or none is given.</summary>
    public static string? TargetProblem(DateParts target, DateOnly today) =>
        target.IsEmpty ? null
        : !ThreeFieldDate.TryParse(target.Day, target.Month, target.Year, out var date, out var problem) ? $"Target date {problem}"
        : date < today ? "Target date must not be in the past" : null;

    sealed record Judged(Guid PersonId, string DisplayName, string Outcome, string? Words, DateTimeOffset ReviewedAt, int Version);

    const string Insert = """
        insert into goal (id, referral_id, words, target_date, created_at) values (@key, @referralId, @words, @target, @at) on conflict (id) do nothing
        """;

    const string Update = "update goal set outcome = @outcome, version = version + 1 where id = @goal and version = @version returning version";

    const string Review = """
        insert into goal_review (id, goal_id, referral_id, outcome, words, reviewed_at, reviewed_by) values (@id, @goal, @referralId, @outcome, @words, @at, @personId)
        """;

    const string Last = """
        select u.id as person_id, u.display_name, review.outcome, review.words, review.reviewed_at, goal.version
        from goal join goal_review review on review.goal_id = goal.id join portal_user u on u.id = review.reviewed_by
        where goal.id = @goal order by review.reviewed_at desc, review.id desc limit 1
        """;
}
