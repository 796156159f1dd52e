using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Decide;

/// <summary>
/// Makes a referral urgent, or routine again, with the reason, which everybody on it reads; a first appointment that is due falls due sooner or later
/// with it. Allowed to clinic administrators until it is booked. A safety answer that no clinician has cleared keeps it urgent.
/// </summary>
public sealed class ChangePriority(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Priority">How soon from now on.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Command(Guid Referral, int Version, Priority? Priority, string Reason);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages()) return TriageRules.NotATriager;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var (clock, priority) = (ReferralClock.On(await catalogue.Get(ct)), command.Priority!.Value);
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.ChangePriority);
            if (begun.Value is not { } referral) return begun.Failure!;

            if (referral.Priority == priority) return Outcome.Invalid(nameof(Command.Priority), $"The referral is {EnumText.Of(priority)} already");
            if (referral.StandingRedFlag() is not null && priority == Priority.Routine)
                return Outcome.Invalid(nameof(Command.Priority), "Keep the priority urgent until a clinician has cleared the red flag");

            await unit.Run(Set, new { referral.Id, priority = EnumText.Of(priority) });
            var due = clock.For(referral).AfterPriority(priority, unit.Now, referral.ClockNow());
            await unit.Record(referral, ReferralAction.ChangePriority, AuditAction.ChangePriority, new StepRecord(command.Reason.Trim(), Detail: new
            {
                priority = EnumText.Of(priority),
                firstAppointmentDue = due.DueFor == EnumText.Of(Target.FirstAppointment) && due.PausedAt is null ? due.DueAt : null,
            }), due);
            unit.Queue(new PriorityChanged(referral.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (command.Priority is null) errors[nameof(Command.Priority)] = "Choose a priority";
        if (TriageRules.Problem(command.Reason, "Write why the priority changes") is { } problem) errors[nameof(Command.Reason)] = problem;
        return errors;
    }

    const string Set = "update referral set priority = @priority where id = @id";
}

/// <summary>A referral is more urgent than it was, or less.</summary>
public sealed record PriorityChanged(Guid ReferralId);
