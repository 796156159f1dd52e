using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>Small entries into the record that stand beside each other: nobody has to have seen the last one, but the patient must be in treatment.</summary>
static class TreatedPatient
{
    /// <summary>Locks the referral of a patient whose treatment has begun and whose referral is not closed.</summary>
    internal static async Task<Outcome<LockedReferral>> Treated(this PortalUnit unit, Guid referralId)
    {
        var referral = await unit.One<LockedReferral>(Locked, new { referralId, organisationId = unit.Actor.OrganisationId });
        if (referral is null) return Outcome.Missing;
        return referral.State.Value is ReferralState.InTreatment or ReferralState.Discharged
            ? referral
            : Outcome.Refused($"This referral is {StateWords.Of(referral.State.Value).ToLowerInvariant()}, so nothing is added to the record now.");
    }

    const string Locked = $"select {LockedReferral.Columns} from referral r where r.id = @referralId and @organisationId = any (r.readers) for update";
}
