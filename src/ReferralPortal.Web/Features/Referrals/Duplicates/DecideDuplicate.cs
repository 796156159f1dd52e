using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>
/// Decides about two referrals that look like one patient's: link them, take both for one person, or keep them apart. For clinic administrators. No party
/// of either referral sees anything of it or anything by it: both keep their own rows.
/// </summary>
public sealed class DecideDuplicate(PortalDatabase database)
{
    /// <param name="Referral">The referral in front of the person.</param>
    /// <param name="Other">The one beside it.</param>
    /// <param name="Decision">What they are to each other.</param>
    /// <param name="Reason">Why, for the clinic's record.</param>
    public sealed record Command(Guid Referral, Guid Other, DuplicateDecision? Decision, string Reason);

    /// <summary>Returns the decision's id. Repeating one's own decision changes nothing; while another one stands, it is told.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return DuplicatePair.NotADecider;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);
        if (command.Referral == command.Other) return Outcome.Missing;

        return await database.Write<Guid>(actor, async unit =>
        {
            var held = await DuplicatePair.Hold(unit, command.Referral, command.Other);
            if (held.Value is not { } pair) return held.Failure!;

            var (decision, reason) = (EnumText.Of(command.Decision!.Value), command.Reason.Trim());
            if (await unit.One<Standing>(Stands, new { first = pair.First.Id, second = pair.Second.Id }) is { } stands)
                return stands.DecidedBy == actor.UserId && stands.Decision == decision && stands.Reason == reason
                    ? stands.Id
                    : Outcome.Conflict(stands.DecidedByName, "decided about these two already", stands.DecidedAt);

            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(Insert, new { id, first = pair.First.Id, second = pair.Second.Id, decision, reason, by = actor.UserId, name = actor.DisplayName, at = unit.Now });
            if (command.Decision == DuplicateDecision.Merge) await pair.Regroup(unit);
            await pair.Note(unit, What(command.Decision.Value), AuditAction.DecideDuplicate, id, reason);
            return id;
        }, ct);
    }

    static string What(DuplicateDecision decision) => decision switch
    {
        DuplicateDecision.Link => "link_referrals",
        DuplicateDecision.Merge => "merge_patients",
        _ => "keep_patients_apart",
    };

    static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (command.Decision is null) errors[nameof(Command.Decision)] = "Choose what the two are to each other";
        if (string.IsNullOrWhiteSpace(command.Reason)) errors[nameof(Command.Reason)] = "Write why";
        else if (command.Reason.Trim().Length > DuplicatePair.LongestReason) errors[nameof(Command.Reason)] = $"Use {DuplicatePair.LongestReason:N0} characters or fewer";
        return errors;
    }

    sealed record Standing(Guid Id, Guid DecidedBy, string DecidedByName, string Decision, string Reason, DateTimeOffset DecidedAt);

    const string Stands = """
        select id, decided_by, decided_by_name, decision, reason, decided_at
        from duplicate_decision where first_referral_id = @first and second_referral_id = @second and undone_at is null
        """;

    const string Insert = """
        insert into duplicate_decision (id, first_referral_id, second_referral_id, decision, reason, decided_by, decided_by_name, decided_at)
        values (@id, @first, @second, @decision, @reason, @by, @name, @at)
        """;
}
