using Microsoft.AspNetCore.Components;

namespace ReferralPortal.Web.Features.Referrals.Submit.Sections;

/// <summary>
/// One part of the form. Whatever a person does in a section renders it anew, and each rendering tells the desk to look whether something
/// is to be saved: no field can forget it.
/// </summary>
public abstract class SectionBase : ComponentBase
{
    /// <summary>What the section works with.</summary>
    [CascadingParameter] public FormDesk Desk { get; set; } = null!;

    /// <summary>What is typed.</summary>
    protected ReferralForm Form => Desk.Form;

    /// <summary>Whether the form asks a field now.</summary>
    protected bool Asks(string field) => Desk.Rules.NeedOf(Form, field) != Need.Absent;

    /// <summary>Whether a field has to be answered now.</summary>
    protected bool Needs(string field) => Desk.Rules.NeedOf(Form, field) == Need.Required;

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) Desk.Touched();
    }
}
