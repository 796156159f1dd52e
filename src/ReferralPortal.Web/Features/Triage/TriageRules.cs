using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>What the use cases of triage have in common.</summary>
public static class TriageRules
{
    /// <summary>The most that may be written to a referrer, or as a reason.</summary>
    public const int LongestWords = 4000;

    /// <summary>Who sees the queue and the appointments: the treating clinic's people. For the pages' <c>[Authorize]</c>.</summary>
    public const string Roles = "clinic_administrator,clinician,clinic_manager";

    /// <summary>Works at the treating clinic; a role of that name at any other organisation is worth nothing.</summary>
    public static bool TreatsReferrals(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.IsClinic;

    /// <summary>Decides in triage.</summary>
    public static bool Triages(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicAdministrator);

    /// <summary>Treats patients, and alone may judge a safety answer.</summary>
    public static bool IsClinician(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.Clinician);

    /// <summary>The safety answers that no clinician has cleared.</summary>
    public static RedFlagTier? StandingRedFlag(this LockedReferral referral) =>
        referral.RedFlagClearedAt is null && EnumText.TryParse<RedFlagTier>(referral.RedFlagTier, out var tier) ? tier : null;

    /// <summary>The clock as it stands now.</summary>
    public static LifecycleStep.Clock ClockNow(this LockedReferral referral) => referral.Clock;

    /// <summary>Whether a referral is open in triage: sent, not yet booked, not ended.</summary>
    public static bool IsInQueue(this ReferralState state) =>
        state is ReferralState.Submitted or ReferralState.InTriage or ReferralState.InformationRequested or ReferralState.Accepted;

    internal static readonly Failure NotATriager = Outcome.Refused("Your role does not allow this: a clinic administrator triages.");

    internal static string? Problem(string words, string missing) =>
        string.IsNullOrWhiteSpace(words) ? missing
        : words.Length > LongestWords ? $"Use {LongestWords:N0} characters or fewer"
        : null;
}
