using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>
/// The patient's work over time, from a day on. Every party reads it, an employer too: what is noted is fitness for work, not what is wrong. Clinicians only,
/// while the patient is treated.
/// </summary>
public sealed class RecordWork(PortalDatabase database)
{
    public const int LongestNote = 500;

    /// <param name="Key">The entry's id, made when the form opened: a repeat adds nothing more.</param>
    /// <param name="Note">What the patient can and cannot do at work; may be empty.</param>
    public sealed record Command(Guid Key, Guid Referral, WorkStatus? Status, DateParts From, string Note);

    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician records the patient’s work.");
        return await database.Write<Guid>(actor, async unit =>
        {
            if (Check(command, LondonTime.DateOf(unit.Now)) is { Count: > 0 } errors) return Outcome.Invalid(errors);
            var treated = await unit.Treated(command.Referral);
            if (treated.Value is not { } referral) return treated.Failure!;
            var note = string.IsNullOrWhiteSpace(command.Note) ? null : command.Note.Trim();
            if (await unit.AddWork(command.Key, referral.Id, command.Status!.Value, command.From.ToDate()!.Value, note) == 1)
                await unit.Note(referral, "record_work", AuditAction.RecordWork, command.Key, clinicOnly: true);
            return command.Key;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        if (command.Status is not { } status || !Enum.IsDefined(status)) errors[nameof(command.Status)] = "Choose the patient’s work";
        if (!ThreeFieldDate.TryParse(command.From.Day, command.From.Month, command.From.Year, out var from, out var problem)) errors[nameof(command.From)] = $"First day {problem}";
        else if (from > today) errors[nameof(command.From)] = "First day must not be in the future";
        if (command.Note.Length > LongestNote) errors[nameof(command.Note)] = $"Use {LongestNote:N0} characters or fewer";
        return errors;
    }
}

/// <summary>The rows of the patient's work.</summary>
static class WorkRows
{
    /// <summary>What was recorded last; null before the first.</summary>
    internal static async Task<WorkStatus?> CurrentWork(this PortalUnit unit, Guid referralId) =>
        EnumText.TryParse<WorkStatus>(await unit.One<string?>(Current, new { referralId }), out var status) ? status : null;

    /// <summary>The work as a note found it on a day: an entry where it is another than before.</summary>
    internal static async Task WorkIs(this PortalUnit unit, Guid referralId, WorkStatus status, DateOnly day)
    {
        if (await unit.CurrentWork(referralId) != status) await unit.AddWork(Guid.CreateVersion7(unit.Now), referralId, status, day, null);
    }

    internal static Task<int> AddWork(this PortalUnit unit, Guid id, Guid referralId, WorkStatus status, DateOnly from, string? note) =>
        unit.Run(Insert, new { id, referralId, status = EnumText.Of(status), from, note, personId = unit.Actor.UserId, at = unit.Now });

    const string Current = "select status from work_status_entry where referral_id = @referralId order by from_date desc, recorded_at desc, id desc limit 1";

    const string Insert = """
        insert into work_status_entry (id, referral_id, status, from_date, note, recorded_by, recorded_at, created_at)
        values (@id, @referralId, @status, @from, @note, @personId, @at, @at) on conflict (id) do nothing
        """;
}
