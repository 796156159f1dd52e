using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>A referral that somebody is still typing.</summary>
/// <param name="Id">Also the key under which it is submitted.</param>
/// <param name="Version">Goes up with every save; a save that has not seen the last one is refused.</param>
/// <param name="Form">What is typed so far.</param>
/// <param name="SavedAt">When it was last saved; null before the first time.</param>
/// <param name="Conventions">What its organisation usually does.</param>
public sealed record Draft(Guid Id, int Version, ReferralForm Form, DateTimeOffset? SavedAt, Conventions Conventions)
{
    /// <summary>The form as the database keeps it.</summary>
    internal static string Text(ReferralForm form) => FormKeeper<ReferralForm>.Text(form);

    /// <summary>The form for its keeper.</summary>
    internal KeptForm<ReferralForm> Kept => new(Id, Version, Form, SavedAt);
}

/// <summary>What an organisation's new referrals start with, from its settings.</summary>
/// <param name="CaseManagerId">Its usual case manager.</param>
/// <param name="PayerId">Its usual funder.</param>
/// <param name="ClaimReferenceHint">What its own references look like.</param>
/// <param name="PurchaseOrderHint">What its purchase orders look like.</param>
public sealed record Conventions(Guid? CaseManagerId = null, Guid? PayerId = null, string? ClaimReferenceHint = null, string? PurchaseOrderHint = null);
