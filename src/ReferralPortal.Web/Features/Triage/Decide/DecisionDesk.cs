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
public sealed class DecisionDesk(Actor actor, CatalogueContent catalogue, Func<Task> changed)
{
    public Actor Actor => actor;
    public CatalogueContent Catalogue => catalogue;

    /// <summary>As it was read last.</summary>
    public TriageCase Case { get; set; } = null!;

    /// <summary>The clinics for this patient; null where they cannot be said.</summary>
    public ClinicOffers? Offers { get; set; }

    /// <summary>A decision is under way: nothing else is begun.</summary>
    public bool Busy { get; private set; }

    /// <summary>What was done last, in a sentence.</summary>
    public string? Done { get; private set; }

    /// <summary>Why the last one was not carried out.</summary>
    public string? Failed { get; private set; }

    /// <summary>What has to be put right first, by field.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; private set; }

    /// <summary>Whether this person may do it to the referral as it stands.</summary>
    public bool May(ReferralAction action) => Lifecycle.AllowedActions(Case.Header.State, actor.CapacitiesOn(Case.Header.ReferringOrganisationId)).Contains(action);

    /// <summary>Forgets what came of the last decision.</summary>
    public void Clear() => (Done, Failed, Errors) = (null, null, null);

    /// <summary>Carries a decision out and shows the case as it stands then. True when it was done.</summary>
    public async Task<bool> CarryOut<T>(Func<Task<Outcome<T>>> decision, string said)
    {
        if (Busy) return false;
        Clear();
        Busy = true;
        Outcome<T> outcome;
        try
        {
            outcome = await decision();
        }
        finally
        {
            Busy = false;
        }
        if (outcome.IsDone) Done = said;
        else if (outcome.Failure is Failure.Invalid invalid) Errors = invalid.Errors;
        else Failed = FailureWords.Of(outcome.Failure!);
        await changed();
        return outcome.IsDone;
    }
}
