using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Features.Triage.Contact;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>
/// Takes a referral on for one clinic, and for one clinician or that clinic's pool. Allowed to clinic administrators in triage; the first
/// appointment falls due. A safety answer that no clinician has cleared keeps the priority urgent and the review due,
/// and the other side of the same accident keeps it from being accepted until independence is declared.
/// </summary>
public sealed class AcceptReferral(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Clinic">Where the patient is treated.</param>
    /// <param name="Clinician">By whom; null for the clinic's pool.</param>
    /// <param name="Priority">How soon.</param>
    public sealed record Command(Guid Referral, int Version, Guid? Clinic, Guid? Clinician, Priority? Priority);

    /// <summary>Returns the referral's state after it.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;
        var content = await catalogue.Get(ct);
        if (Check(command, content) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var clock = ReferralClock.On(content);
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Accept);
            if (begun.Value is not { } referral) return begun.Failure!;

            if (command.Clinician is { } clinician && !await unit.IsClinician(clinician)) return Outcome.Invalid(nameof(Command.Clinician), "Choose a clinician who works here");
            if (referral.StandingRedFlag() is not null && command.Priority == Priority.Routine)
                return Outcome.Invalid(nameof(Command.Priority), "Keep the priority urgent until a clinician has cleared the red flag");

            if (await unit.UndeclaredConflict(referral.Id, command.Clinician) is { } conflict) return conflict;

            var leavesAt = await unit.Undoable(referral, ReferralAction.Accept);
            await unit.Run(Assign, new { referral.Id, command.Clinic, command.Clinician, priority = EnumText.Of(command.Priority!.Value) });
            await unit.Record(referral, ReferralAction.Accept, AuditAction.Accept,
                new StepRecord(Detail: new { clinicId = command.Clinic, clinicianId = command.Clinician, priority = EnumText.Of(command.Priority.Value) }),
                clock.For(referral).After(ReferralAction.Accept, command.Priority.Value, referral.StandingRedFlag(), unit.Now, referral.ClockNow()));
            unit.WatchContact(referral.Id, unit.Now, clock.For(referral), command.Priority == Priority.Urgent);
            unit.Queue(new ReferralAccepted(referral.Id), referral.Id, leavesAt);
            return ReferralState.Accepted;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command, CatalogueContent content)
    {
        var errors = new Dictionary<string, string>();
        if (content.Clinics.All(clinic => clinic.Id != command.Clinic)) errors[nameof(Command.Clinic)] = "Choose a clinic";
        if (command.Priority is null) errors[nameof(Command.Priority)] = "Choose a priority";
        return errors;
    }

    const string Assign = "update referral set clinic_id = @clinic, clinician_id = @clinician, priority = @priority where id = @id";
}

/// <summary>The clinic takes the referral on: its parties are told.</summary>
public sealed record ReferralAccepted(Guid ReferralId);
