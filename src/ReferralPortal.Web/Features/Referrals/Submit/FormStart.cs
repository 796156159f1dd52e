using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>What a new form says before anybody has typed: what is nearly always so for this kind of organisation, each of it one press to change.</summary>
public static class FormStart
{
    /// <summary>A new form for one kind of organisation.</summary>
    public static ReferralForm Of(OrganisationKind kind)
    {
        var form = new ReferralForm();
        form.Services.Priority = Priority.Routine;
        // A payer that has to be picked is not there yet; one that goes without saying is.
        if (FormParts.Payers(kind)[0] is var likeliest && likeliest != PayerKind.Funder) form.Funding.Kind = likeliest;
        // An employer learns of attendance and of fitness for work; anything more the patient has to ask for.
        if (kind == OrganisationKind.Employer) form.Consent.Covers = [ConsentScope.Attendance, ConsentScope.FitnessForWork];
        return form;
    }
}
