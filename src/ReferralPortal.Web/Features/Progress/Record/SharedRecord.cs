using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>
/// What of the clinical record the parties to a referral may see, as a part of a reader's own unit: the patient's goals and work. Row-level security says the same by itself:
/// an employer reads no goals. Whether the reader may see the referral at all is for the caller to ask.
/// </summary>
public sealed record SharedRecord(IReadOnlyList<SharedRecord.Goal> Goals, IReadOnlyList<SharedRecord.WorkEntry> Work)
{
    public sealed record Goal(string Words, DateOnly? TargetDate, Coded<GoalOutcome> Outcome);

    /// <param name="Note">What the patient can and cannot do at work.</param>
    public sealed record WorkEntry(Coded<WorkStatus> Status, DateOnly FromDate, string? Note);

    /// <param name="unit">The reader's unit.</param>
    /// <param name="referralId">Whose.</param>
    /// <param name="goals">The reader may see goals.</param>
    public static async Task<SharedRecord> Read(PortalUnit unit, Guid referralId, bool goals)
    {
        await using var sets = await unit.Results(Both, new { referralId, goals });
        return new SharedRecord([.. await sets.ReadAsync<Goal>()], [.. await sets.ReadAsync<WorkEntry>()]);
    }

    const string Both = """
        select words, target_date, outcome from goal where referral_id = @referralId and @goals order by created_at, id;
        select status, from_date, note from work_status_entry where referral_id = @referralId order by from_date, recorded_at, id
        """;
}
