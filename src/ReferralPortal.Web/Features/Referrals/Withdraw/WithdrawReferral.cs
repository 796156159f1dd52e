using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Withdraw;

/// <summary>
/// Takes a referral back, for a coded reason. Allowed to its referrer and to clinic administrators at any time before discharge. What was
/// still booked is cancelled with it, so that the clinician's time is free again.
/// </summary>
public sealed class WithdrawReferral(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestWords = 2000;

    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="Words">In the person's words; required when the reason is "other".</param>
    public sealed record Command(Guid Referral, int Version, WithdrawReason? Reason, string Words);

    /// <summary>Returns the referral's state after it.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var clock = ReferralClock.On(await catalogue.Get(ct));
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Withdraw);
            if (begun.Value is not { } referral) return begun.Failure!;

            var cancelled = await unit.Run(CancelWhatIsBooked, new
            {
                referralId = referral.Id,
                now = unit.Now,
                code = actor.IsClinic ? CancelledByProvider : CancelledByPatient,
            });
            await unit.Record(referral, ReferralAction.Withdraw, AuditAction.Withdraw,
                new StepRecord(Written(command.Words), EnumText.Of(command.Reason!.Value), new { appointmentsCancelled = cancelled }),
                clock.For(referral).After(ReferralAction.Withdraw, referral.Priority, null, unit.Now));
            unit.Queue(new ReferralWithdrawn(referral.Id), referral.Id);
            return ReferralState.Withdrawn;
        }, ct);
    }

    /// <summary>What is wrong with it, by field; empty when nothing is. The page asks before it asks for confirmation.</summary>
    public static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (command.Reason is null) errors[nameof(Command.Reason)] = "Choose why the referral is withdrawn";
        if (command.Reason == WithdrawReason.Other && string.IsNullOrWhiteSpace(command.Words)) errors[nameof(Command.Words)] = "Say why the referral is withdrawn";
        if (command.Words.Length > LongestWords) errors[nameof(Command.Words)] = $"Use {LongestWords:N0} characters or fewer";
        return errors;
    }

    static string? Written(string words) => string.IsNullOrWhiteSpace(words) ? null : words.Trim();

    // Attendance codes of the NHS data dictionary.
    const string CancelledByPatient = "2", CancelledByProvider = "4";

    const string CancelWhatIsBooked = """
        update appointment set state = 'cancelled', attendance_code = @code, version = version + 1
        where referral_id = @referralId and state = 'booked' and starts_at > @now
        """;
}

/// <summary>A referral was taken back: its parties are told.</summary>
public sealed record ReferralWithdrawn(Guid ReferralId);
