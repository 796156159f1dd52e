using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>
/// Puts a score right that was entered wrongly: a new one takes its place, or nothing does. The old one stays on record with who, when and why. Allowed to
/// clinicians; of two at once the second is told.
/// </summary>
public sealed class CorrectScore(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The longest reason.</summary>
    public const int LongestReason = 1000;

    /// <param name="Key">Made when the form opened: the id of what takes the score's place.</param>
    /// <param name="Referral">Which.</param>
    /// <param name="Entry">The score that is wrong.</param>
    /// <param name="Form">As it should be; null when there should be no score at all.</param>
    /// <param name="Reason">What was wrong.</param>
    public sealed record Command(Guid Key, Guid Referral, Guid Entry, MeasureForm? Form, string Reason);

    /// <summary>Returns the id of what takes its place.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        if (!actor.IsClinician()) return MeasureEntry.NotAClinician;
        var measures = (await catalogue.Get(ct)).Measures;
        try
        {
            return await database.Write<Guid>(actor, async unit =>
            {
                if (await MeasureEntry.Find(unit, command.Referral) is not { } referral) return Outcome.Missing;
                if (await unit.One<Wrong>(Find, new { command.Entry, command.Referral }) is not { } wrong) return Outcome.Missing;
                if (wrong.CorrectedId == command.Key) return command.Key;
                if (wrong.CorrectedAt is { } at) return Outcome.Conflict(wrong.CorrectedBy ?? "Somebody", "corrected this score", at);
                if (!referral.TakesScores) return MeasureEntry.NotNow;

                var measure = measures.FirstOrDefault(known => known.Key == wrong.MeasureKey);
                var errors = measure is null || command.Form is null ? [] : command.Form.Check(measure);
                var takenAt = command.Form?.TakenAt(unit.Now, LondonTime.DateOf(referral.SubmittedAt), errors);
                // The hour that was recorded stays where the day does.
                if (takenAt is { } day && LondonTime.DateOf(day) == LondonTime.DateOf(wrong.TakenAt)) takenAt = wrong.TakenAt;
                if (string.IsNullOrWhiteSpace(command.Reason)) errors[nameof(Command.Reason)] = "Say what was wrong";
                else if (command.Reason.Length > LongestReason) errors[nameof(Command.Reason)] = $"Use {LongestReason:N0} characters or fewer";
                if (errors.Count > 0) return Outcome.Invalid(errors);

                if (command.Form is null || measure is null)
                    await unit.Run(StrikeOut, new { command.Key, command.Entry, by = actor.UserId, reason = command.Reason.Trim(), at = unit.Now });
                else
                    await (MeasureEntry.Of(command.Key, referral.Id, takenAt!.Value, measure, command.Form) with { Supersedes = (command.Entry, command.Reason.Trim()) }).Store(unit);
                unit.Audit(AuditAction.CorrectScore, referral.Id, command.Entry, new { measure = wrong.MeasureKey, struckOut = command.Form is null });
                return command.Key;
            }, ct);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Somebody else was quicker by less than a look.
            return Outcome.Refused("Somebody else has just corrected this score. The page shows how it stands.");
        }
    }

    sealed record Wrong(string MeasureKey, DateTimeOffset TakenAt, Guid? CorrectedId, DateTimeOffset? CorrectedAt, string? CorrectedBy);

    const string Find = """
        select entry.measure_key, entry.taken_at, later.id as corrected_id, later.created_at as corrected_at, person.display_name as corrected_by
        from outcome_entry entry
        left join outcome_entry later on later.supersedes_id = entry.id
        left join portal_user person on person.id = later.recorded_by
        where entry.id = @Entry and entry.referral_id = @Referral and not entry.struck_out
        """;

    const string StrikeOut = """
        insert into outcome_entry (id, referral_id, measure_key, taken_at, recorded_by, rule_version, supersedes_id, reason, struck_out, created_at)
        select @Key, referral_id, measure_key, taken_at, @by, rule_version, id, @reason, true, @at from outcome_entry where id = @Entry
        """;
}
