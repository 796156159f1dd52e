using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clinics;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Decide;

/// <summary>
/// The triage page as its parts see it: the open case, who looks at it, and the one way in which a decision is carried out, so that what came of it
/// stands in one place.
/// </summary>
/// <param name="actor">Who decides.</param>
/// <param name="catalogue">Standard wording, reasons and clinics.</param>
/// <param name="changed">Reads the case again and shows it.</param>
public sealed class DecisionDesk(Actor actor, CatalogueContent catalogue, Func<Task> changed) : CommandRun(changed)
{
    public Actor Actor => actor;
    public CatalogueContent Catalogue => catalogue;

    /// <summary>As it was read last.</summary>
    public TriageCase Case { get; set; } = null!;

    /// <summary>The clinics for this patient; null where they cannot be said.</summary>
    public ClinicOffers? Offers { get; set; }

    /// <summary>Whether this person may do it to the referral as it stands.</summary>
    public bool May(ReferralAction action) => Lifecycle.AllowedActions(Case.Header.State, actor.CapacitiesOn(Case.Header.ReferringOrganisationId)).Contains(action);
}
