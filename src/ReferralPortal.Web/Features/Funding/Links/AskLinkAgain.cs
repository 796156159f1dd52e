using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Links;

/// <summary>Has a payer without an account sent a new link; the one before opens nothing from then on. Allowed to the clinic's clinicians and administrators while the request waits.</summary>
public sealed class AskLinkAgain(PortalDatabase database)
{
    public async Task<Outcome<bool>> Handle(Actor actor, Guid requestId, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return Outcome.Refused("Your role does not allow this: the clinic sends the link.");
        return await database.Write<bool>(actor, async unit =>
        {
            if (await unit.One<Waiting>(Request, new { requestId, actor.OrganisationId }) is not { } waiting) return Outcome.Missing;
            if (waiting.State != "waiting") return Outcome.Refused("The request does not wait for an answer any more.");
            if (waiting.JustSent) return Outcome.Refused("A link was sent within the last five minutes. Wait for it to arrive.");
            unit.Queue(new FunderLinkWanted(waiting.ReferralId, requestId), waiting.ReferralId);
            unit.Audit(AuditAction.SendFunderLink, waiting.ReferralId, requestId, new { wanted = true });
            return true;
        }, ct);
    }

    sealed record Waiting(Guid ReferralId, string State, bool JustSent);

    const string Request = """
        select request.referral_id, request.state,
               exists (select from funder_link link where link.request_id = request.id and link.sent_at > now() - interval '5 minutes') as just_sent
        from extension_request request
        where request.id = @requestId and request.payer_email is not null
            and exists (select from referral_party mine where mine.referral_id = request.referral_id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        """;
}
