using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>Keeps the referral form of one open page saved.</summary>
public sealed class DraftKeeper(Draft draft, SaveDraft save, Func<ValueTask<Actor>> who, TimeProvider clock, ILogger logger)
    : FormKeeper<ReferralForm>(draft.Kept, (actor, version, form, unanswered, ct) => save.Handle(actor, new(draft.Id, version, form, unanswered), ct), who, clock, logger)
{
    /// <inheritdoc cref="FormKeeper{TForm}.TakeOver"/>
    public void TakeOver(Draft other) => TakeOver(other.Kept);
}
