using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Answer;

/// <summary>
/// Gives the clinic what it asked for. Allowed to the referrer while information is requested; triage goes on, with the clinic time that was
/// left when the clock stopped.
/// </summary>
public sealed class AnswerRequest(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestWords = 4000;

    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Words">The answer, which every reader of the timeline sees.</param>
    public sealed record Command(Guid Referral, int Version, string Words);

    /// <summary>Returns the referral's state after it.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;
        if (string.IsNullOrWhiteSpace(command.Words)) return Outcome.Invalid(nameof(Command.Words), "Write your answer");
        if (command.Words.Length > LongestWords) return Outcome.Invalid(nameof(Command.Words), $"Use {LongestWords:N0} characters or fewer");

        var clock = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Answer);
            if (begun.Value is not { } referral) return begun.Failure!;

            var standing = referral.RedFlagClearedAt is null && EnumText.TryParse<RedFlagTier>(referral.RedFlagTier, out var tier) ? tier : (RedFlagTier?)null;
            await unit.Record(referral, ReferralAction.Answer, AuditAction.Answer, new StepRecord(command.Words.Trim()),
                clock.For(referral).After(ReferralAction.Answer, referral.Priority, standing, unit.Now, referral.Clock));
            unit.Queue(new ReferralAnswered(referral.Id), referral.Id);
            return ReferralState.InTriage;
        }, ct);
    }
}

/// <summary>The referrer answered: whoever asked is told.</summary>
public sealed record ReferralAnswered(Guid ReferralId);
