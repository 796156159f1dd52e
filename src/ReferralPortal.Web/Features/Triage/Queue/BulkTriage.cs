using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>What came of one of several referrals. <paramref name="Undo"/> takes it back, where that is possible.</summary>
public sealed record BulkResult(string Reference, bool Done, string Words, AssignReferral.Command? Undo = null);

/// <summary>
/// The same for several referrals of the queue. Each is a command and a transaction of its own: one that somebody changed meanwhile is left as it
/// is, and the others are done.
/// </summary>
public sealed class BulkTriage(AssignReferral assigning, AcceptToPool accepting)
{
    /// <summary>Gives them to one clinic administrator.</summary>
    public Task<IReadOnlyList<BulkResult>> Assign(Actor actor, IReadOnlyList<QueuedReferral> referrals, Triager to, CancellationToken ct) =>
        Each(referrals, async referral =>
        {
            var outcome = await assigning.Handle(actor, new(referral.Id, referral.Version, to.Id), ct);
            return outcome.Value is { } assigned
                ? new BulkResult(referral.Reference, true, to.Id == actor.UserId ? "Assigned to you" : $"Assigned to {to.Name}", new(referral.Id, assigned.Version, assigned.OwnerBefore))
                : NotDone(referral, outcome.Failure!);
        });

    /// <summary>Gives back what <see cref="Assign"/> gave, except what was changed since.</summary>
    public async Task<IReadOnlyList<BulkResult>> Undo(Actor actor, IReadOnlyList<BulkResult> done, CancellationToken ct)
    {
        List<BulkResult> results = [];
        foreach (var one in done.Where(one => one.Undo is not null).Take(ListQueue.PageSize))
        {
            var outcome = await assigning.Handle(actor, one.Undo!, ct);
            results.Add(new BulkResult(one.Reference, outcome.IsDone, outcome.IsDone ? "As it was before" : Words(outcome.Failure!)));
        }
        return results;
    }

    /// <summary>Takes them on for a clinic's pool, except what somebody else has in hand.</summary>
    public Task<IReadOnlyList<BulkResult>> Accept(Actor actor, IReadOnlyList<QueuedReferral> referrals, Guid? clinic, CancellationToken ct) =>
        Each(referrals, async referral =>
        {
            if (referral.ClaimedById is { } owner && owner != actor.UserId) return new BulkResult(referral.Reference, false, $"{referral.ClaimedBy} has it in hand.");
            var outcome = await accepting.Handle(actor, new(referral.Id, referral.Version, referral.State, clinic, referral.Priority), ct);
            return outcome.IsDone ? new BulkResult(referral.Reference, true, "Accepted to the pool") : NotDone(referral, outcome.Failure!);
        });

    static async Task<IReadOnlyList<BulkResult>> Each(IReadOnlyList<QueuedReferral> referrals, Func<QueuedReferral, Task<BulkResult>> act)
    {
        List<BulkResult> results = [];
        foreach (var referral in referrals.Take(ListQueue.PageSize)) results.Add(await act(referral));
        return results;
    }

    static BulkResult NotDone(QueuedReferral referral, Failure failure) => new(referral.Reference, false, Words(failure));

    static string Words(Failure failure) => failure is Failure.Conflict conflict
        ? $"{conflict.ChangedBy} {conflict.WhatChanged} meanwhile."
        : FailureWords.Of(failure);
}
