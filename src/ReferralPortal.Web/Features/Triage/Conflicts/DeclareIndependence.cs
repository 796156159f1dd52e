using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Conflicts;

/// <summary>
/// Declares that the clinic, or one of its clinicians, can judge a referral independently although it knows the other side of the same accident: who says so,
/// when, why, and about which referral. A clinic administrator declares for the clinic or for a clinician; a clinician declares for nobody but oneself.
/// </summary>
public sealed class DeclareIndependence(PortalDatabase database)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Other">The other side of the accident.</param>
    /// <param name="Clinician">For whom; null for the clinic.</param>
    /// <param name="Words">Why it can be judged independently.</param>
    public sealed record Command(Guid Referral, int Version, Guid Other, Guid? Clinician, string Words);

    /// <summary>Returns whether something was added: declaring the same again changes nothing.</summary>
    public async Task<Outcome<bool>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !(actor.IsClinician() && command.Clinician == actor.UserId))
            return Outcome.Refused("Your role does not allow this: a clinic administrator declares for the clinic, and a clinician for oneself.");
        if (TriageRules.Problem(command.Words, "Write why it can be judged independently") is { } problem) return Outcome.Invalid(nameof(Command.Words), problem);

        return await database.Write<bool>(actor, async unit =>
        {
            var opened = await unit.Open(command.Referral, command.Version);
            if (opened.Value is not { } referral) return opened.Failure!;
            var conflict = (await unit.Conflicts(referral.Id)).FirstOrDefault(one => one.Id == command.Other);
            if (conflict is null) return Outcome.Missing;
            if (command.Clinician is { } clinician && conflict.Clinicians.All(involved => involved.Id != clinician))
                return Outcome.Invalid(nameof(Command.Clinician), "Choose a clinician who was involved on the other side");

            var id = Guid.CreateVersion7(unit.Now);
            var added = await unit.Run(Insert, new { id, referral = referral.Id, command.Other, command.Clinician, words = command.Words.Trim(), by = actor.UserId, name = actor.DisplayName, at = unit.Now });
            if (added == 0) return false;
            await unit.Note(referral, "declare_independence", AuditAction.DeclareIndependence, id, new { other = conflict.Reference }, clinicOnly: true, words: command.Words.Trim());
            return true;
        }, ct);
    }

    const string Insert = """
        insert into conflict_declaration (id, referral_id, other_referral_id, clinician_id, words, declared_by, declared_by_name, declared_at)
        values (@id, @referral, @other, @clinician, @words, @by, @name, @at)
        on conflict (referral_id, other_referral_id, clinician_id) do nothing
        """;
}
