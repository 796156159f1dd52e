using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>
/// Looks at a request when a moment of its clock has come: reminds the payer at half of the time and on the last day, once each, and tells the clinic when it is over. Only
/// where the payer's terms say so does its silence then count as authorised, and the timeline says that it does.
/// </summary>
public sealed class RemindFunder(PortalDatabase database) : IMessageHandler<ExtensionDue>
{
    const int Over = 3;

    public async Task Handle(Actor portal, ExtensionDue message, CancellationToken ct) => await database.Write<bool>(portal, async unit =>
    {
        var referral = await unit.One<LockedReferral>(LockReferral, new { message.ReferralId });
        var request = referral is null ? null : await unit.LockedRequest(message.RequestId);
        if (referral is null || request is not { State: "waiting" } || request.Reminded >= message.Step) return true;

        await unit.Run("update extension_request set reminded = @step where id = @id", new { request.Id, message.Step });
        unit.Audit(AuditAction.RemindFunder, referral.Id, request.Id, new { message.Step });
        if (message.Step < Over) unit.Queue(new ExtensionReminded(referral.Id, request.Id), referral.Id);
        else if (await unit.One<bool>(Deemed, new { payer = request.PayerOrganisationId }))
            return await unit.Answer(referral, request, request.Version, new ExtensionAnswer(request.Asked, null, ""), new Answerer(portal.UserId, request.PayerName, "contract")) is { Failure: { } failure } ? failure : true;
        else unit.Queue(new ExtensionOverdue(referral.Id, request.Id), referral.Id);
        return true;
    }, ct);

    const string LockReferral = $"select {LockedReferral.Columns} from referral r where r.id = @referralId for update";

    const string Deemed = "select exists (select from payer_terms where organisation_id = @payer and deemed_approval)";
}
