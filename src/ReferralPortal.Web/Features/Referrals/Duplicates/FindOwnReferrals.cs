using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>A referral of the reader's own that may be the patient's who is being typed.</summary>
public sealed record OwnReferral(Guid Id, string Reference, DateTimeOffset SubmittedAt, ReferralState State, bool SentByUs, IReadOnlyList<string> Reasons);

/// <summary>
/// Looks, while a patient is typed, whether the person's own organisation has a referral of that patient already. It knows only what the person may read
/// anyway: a referral of another organisation answers exactly as none does.
/// </summary>
public sealed class FindOwnReferrals(PortalDatabase database)
{
    /// <summary>The most that are shown.</summary>
    public const int Most = 3;

    /// <param name="actor">Who types.</param>
    /// <param name="typed">What is typed so far.</param>
    /// <param name="somebodyElse">Referrals of which the person has said already that they are somebody else's.</param>
    /// <param name="ct">Gives up when something else is typed.</param>
    public async Task<IReadOnlyList<OwnReferral>> Handle(Actor actor, PatientFacts typed, IReadOnlySet<Guid> somebodyElse, CancellationToken ct)
    {
        if (!actor.MayRefer || !typed.IsWorthIt()) return [];

        return await database.View(actor, async unit =>
        {
            var found = (
                from stored in await unit.Many<ComparedFacts>(DuplicateSearch.Candidates, DuplicateSearch.Asked(typed, actor.OrganisationId))
                where !somebodyElse.Contains(stored.Id) && MayCompare(stored, actor)
                let match = DuplicateRules.Compare(typed, stored.Patient)
                where match is not null
                orderby match.Score descending, stored.SubmittedAt descending
                select new OwnReferral(stored.Id, stored.Reference, stored.SubmittedAt, EnumText.Parse<ReferralState>(stored.State), stored.MyRoles.Contains(EnumText.Of(PartyRole.Referrer)), match.Reasons))
                .Take(Most).ToList();
            if (found.Count > 0) unit.Audit(AuditAction.FindOwnReferrals, detail: new { referrals = found.Select(referral => referral.Id) });
            return found;
        }, ct);
    }

    // A party that is not shown how to reach the patient is not told of it by a match either.
    static bool MayCompare(ComparedFacts stored, Actor actor) =>
        PartySight.Of(stored.MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind).HasFlag(Sight.Contact | Sight.Incident);
}
