using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Again;

/// <summary>
/// Begins a new referral with what may be taken over from one that the same organisation sent: its arrangements, or the incident with them, or the
/// patient. The injury, the safety questions, what is authorised, and who took consent and when are never taken over. Allowed to those who
/// refer; reading the first referral is audited on it.
/// </summary>
public sealed class CopyReferral(PortalDatabase database)
{
    /// <param name="Reference">The referral to follow, as it was typed.</param>
    /// <param name="As">What is taken over.</param>
    public sealed record Command(string? Reference, CopyAs As);

    /// <summary>Returns the new draft's id.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer || !Reference.TryParse(command.Reference, out var reference)) return Outcome.Missing;

        return await database.Write<Guid>(actor, async unit =>
        {
            if (await SubmittedForm.Read(unit, reference.ToString()) is not { } sent) return Outcome.Missing;

            var words = await unit.One<string?>(OwnWords, new { organisationId = actor.OrganisationId });
            var id = Guid.CreateVersion7(unit.Now);
            await unit.BeginDraft(id, Taken(sent, command.As, words));
            // It holds something already, so it is listed and kept although nobody has typed in it.
            await unit.Run(Keep, new { id, authorId = actor.UserId });
            unit.Audit(AuditAction.CopyReferral, sent.Id, id, new { how = Domain.EnumText.Of(command.As) });
            return id;
        }, ct);
    }

    /// <summary>The new form. What is not named here is not taken over.</summary>
    internal static ReferralForm Taken(SubmittedForm sent, CopyAs how, string? consentWords)
    {
        var (from, form) = (sent.Form, new ReferralForm { Origin = new FormOrigin(sent.Reference, how) });
        form.Consent.Words = consentWords ?? "";
        form.Claim.CaseManagerId = from.Claim.CaseManagerId;
        form.Claim.InstructingPartyId = from.Claim.InstructingPartyId;
        // A patient who pays is this one, and not the next.
        if (how == CopyAs.SamePatient || from.Funding.Kind != PayerKind.Patient) (form.Funding.Kind, form.Funding.PayerId, form.Funding.PayerName) = (from.Funding.Kind, from.Funding.PayerId, from.Funding.PayerName);

        if (how == CopyAs.SamePatient)
        {
            (form.Patient, form.Incident, form.Claim) = (from.Patient, from.Incident, from.Claim);
            form.Started = [FormSection.Patient, FormSection.Incident, FormSection.Claim, FormSection.Funding];
            return form;
        }

        form.Started = [FormSection.Claim, FormSection.Funding, FormSection.Services];
        form.Services.AskedFor = from.Services.AskedFor;
        form.Consent.ShareWith = from.Consent.ShareWith;
        if (how == CopyAs.SameIncident)
        {
            // What happened, in words, may be about the other patient; the insurer's and the claim's references are that patient's own.
            form.Started.Add(FormSection.Incident);
            (form.Incident.Date, form.Incident.Mechanism) = (from.Incident.Date, from.Incident.Mechanism);
            (form.Claim.Type, form.Claim.OtherInsurer, form.Claim.Liability, form.Claim.LowerValue) = (from.Claim.Type, from.Claim.OtherInsurer, from.Claim.Liability, from.Claim.LowerValue);
        }
        return form;
    }

    const string OwnWords = "select consent_words from organisation_settings where organisation_id = @organisationId";

    const string Keep = "update referral_draft set version = 2 where id = @id and author_id = @authorId";
}
