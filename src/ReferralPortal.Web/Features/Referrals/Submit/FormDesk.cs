using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>What every section of one open form works with.</summary>
/// <param name="Keeper">Holds the form and saves it.</param>
/// <param name="Actor">Who refers.</param>
/// <param name="Catalogue">Conditions, body regions and safety questions, as they were when the form was opened.</param>
/// <param name="Conventions">What the organisation usually does.</param>
/// <param name="Clock">For rules about today.</param>
public sealed record FormDesk(DraftKeeper Keeper, Actor Actor, CatalogueContent Catalogue, Conventions Conventions, TimeProvider Clock)
{
    /// <summary>What is typed.</summary>
    public ReferralForm Form => Shown ?? Keeper.Form;

    /// <summary>A form that is only looked at, where nothing is typed into it; null for the keeper's own.</summary>
    public ReferralForm? Shown { get; init; }

    /// <summary>The referral was sent: who is a party to it is not asked any more.</summary>
    public bool PartiesAreSettled { get; init; }

    /// <summary>A form to be read and not to be typed in: it has no keeper.</summary>
    public static FormDesk For(ReferralForm form, Actor actor, CatalogueContent catalogue, TimeProvider clock) =>
        new(null!, actor, catalogue, new Conventions(), clock) { Shown = form, PartiesAreSettled = true };

    /// <summary>Which kind of organisation fills the form in.</summary>
    public OrganisationKind Kind => Actor.OrganisationKind;

    /// <summary>The rules as of this moment: a form may stay open past midnight.</summary>
    public ReferralFormRules Rules => ReferralFormRules.For(Kind, Catalogue, Clock);

    /// <summary>The form's parts for this kind of organisation, in order.</summary>
    public IReadOnlyList<FormSection> Parts => [.. FormParts.For(Kind)];

    /// <summary>Set by the page: called after everything that may have changed the form.</summary>
    public Action Touched { get; init; } = () => { };
}
