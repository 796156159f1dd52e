using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>Takes a request for more sessions back that is not answered. Allowed to the clinic's clinicians and administrators; a payer that was asked is told.</summary>
public sealed class WithdrawExtension(PortalDatabase database)
{
    /// <param name="Request">Which.</param>
    /// <param name="Version">The version of it that the person saw.</param>
    /// <param name="Reason">Why; the payer reads it. Required once the payer was asked.</param>
    public sealed record Command(Guid Request, int Version, string Reason);

    public async Task<Outcome<bool>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return Outcome.Refused("Your role does not allow this: the clinic withdraws its requests.");
        if (command.Reason.Length > 1000) return Outcome.Invalid(nameof(command.Reason), "Use 1,000 characters or fewer");

        return await database.Write<bool>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(LockReferral, new { command.Request, actor.OrganisationId });
            var request = referral is null ? null : await unit.LockedRequest(command.Request);
            if (referral is null || request is null) return Outcome.Missing;
            if (request.State == "withdrawn") return true;
            if (request.AnsweredAt is { } at) return Outcome.Conflict(request.AnsweredByName!, "answered this request", at);
            if (request.Version != command.Version) return Outcome.Conflict("Somebody", "changed this request", unit.Now);
            var waiting = request.State == "waiting";
            if (waiting && string.IsNullOrWhiteSpace(command.Reason)) return Outcome.Invalid(nameof(command.Reason), "Write why the request is withdrawn");

            await unit.Run(Withdraw, new { request.Id, reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim() });
            if (waiting)
            {
                await unit.Note(referral, "withdraw_extension", AuditAction.WithdrawExtension, request.Id, words: command.Reason.Trim());
                unit.Queue(new ExtensionWithdrawn(referral.Id, request.Id), referral.Id);
            }
            else unit.Audit(AuditAction.WithdrawExtension, referral.Id, request.Id);
            return true;
        }, ct);
    }

    const string Withdraw = "update extension_request set state = 'withdrawn', withdrawn_reason = @reason, version = version + 1 where id = @id";

    const string LockReferral = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = (select referral_id from extension_request where id = @request)
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        for update
        """;
}
