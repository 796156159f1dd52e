using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>
/// Asks the referrer for what is missing. Allowed to clinic administrators before the referral is accepted; the clock stands still until
/// the answer comes, except that of a safety review, which is the clinic's own to do.
/// </summary>
public sealed class AskForInformation(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Topics">Codes of the catalogue's <c>information_question</c> list: what is missing. May be empty where the words say it.</param>
    /// <param name="Words">The questions as the referrer reads them.</param>
    public sealed record Command(Guid Referral, int Version, IReadOnlyCollection<string> Topics, string Words);

    /// <summary>Returns the referral's state after it.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;
        if (TriageRules.Problem(command.Words, "Write what the referrer is asked") is { } problem) return Outcome.Invalid(nameof(Command.Words), problem);

        var content = await catalogue.Get(ct);
        var topics = content.List("information_question").Select(question => question.Code).Where(command.Topics.Contains).ToArray();
        var clock = ReferralClock.On(content);
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.AskForInformation);
            if (begun.Value is not { } referral) return begun.Failure!;

            var leavesAt = await unit.Undoable(referral, ReferralAction.AskForInformation);
            await unit.Run(ClaimUnclaimed, new { referral.Id, owner = actor.UserId });
            await unit.Record(referral, ReferralAction.AskForInformation, AuditAction.AskForInformation,
                new StepRecord(command.Words.Trim(), topics is [var only] ? only : null, new { topics }),
                clock.For(referral).After(ReferralAction.AskForInformation, referral.Priority, referral.StandingRedFlag(), unit.Now, referral.ClockNow()));
            unit.Queue(new InformationRequested(referral.Id), referral.Id, leavesAt);
            return ReferralState.InformationRequested;
        }, ct);
    }

    // Whoever asks will read the answer, unless somebody has the referral already.
    const string ClaimUnclaimed = "update referral set triage_owner_id = coalesce(triage_owner_id, @owner) where id = @id";
}

/// <summary>The clinic needs something of the referrer, who is told.</summary>
public sealed record InformationRequested(Guid ReferralId);
