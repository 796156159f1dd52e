using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Decide;

/// <summary>
/// Gives a referral to another clinic of the group, with the reason, which everybody on it reads. Allowed to clinic administrators in triage and until
/// the first appointment is booked. Whoever was to treat the patient at the clinic before is so no more: the new clinic's pool has it.
/// </summary>
public sealed class ForwardReferral(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Clinic">To which clinic.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Command(Guid Referral, int Version, Guid? Clinic, string Reason);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;
        if (Check(command, await catalogue.Get(ct)) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Forward);
            if (begun.Value is not { } referral) return begun.Failure!;

            var from = await unit.One<Guid?>(ClinicNow, new { referral.Id });
            if (from == command.Clinic) return Outcome.Invalid(nameof(Command.Clinic), "The referral is with this clinic already");

            await unit.Run(Move, new { referral.Id, command.Clinic });
            await unit.Record(referral, ReferralAction.Forward, AuditAction.ForwardReferral, new StepRecord(command.Reason.Trim(), Detail: new { clinicId = command.Clinic, fromClinicId = from }));
            unit.Queue(new ReferralForwarded(referral.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command, CatalogueContent content)
    {
        var errors = new Dictionary<string, string>();
        if (content.Clinics.All(clinic => clinic.Id != command.Clinic)) errors[nameof(Command.Clinic)] = "Choose a clinic";
        if (TriageRules.Problem(command.Reason, "Write why it goes to another clinic") is { } problem) errors[nameof(Command.Reason)] = problem;
        return errors;
    }

    const string ClinicNow = "select clinic_id from referral where id = @id";

    const string Move = "update referral set clinic_id = @clinic, clinician_id = null where id = @id";
}

/// <summary>Another clinic of the group has the referral.</summary>
public sealed record ReferralForwarded(Guid ReferralId);
