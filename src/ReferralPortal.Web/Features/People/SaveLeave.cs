using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Clinics.Manage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>Writes down when a clinician is away, or takes it back. Allowed to the clinic manager. What is booked then stays booked, and is listed first.</summary>
public sealed class SaveLeave(PortalDatabase database)
{
    public const int LongestReason = 200;

    /// <param name="Clinician">Whose.</param>
    /// <param name="First">The first day.</param>
    /// <param name="FirstTime">From when on that day; empty for the whole of it.</param>
    /// <param name="Last">The last day; empty for the first.</param>
    /// <param name="LastTime">Until when on that day; empty for the whole of it.</param>
    /// <param name="Reason">For the managers; may be empty.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid Clinician, DateParts First, string FirstTime, DateParts Last, string LastTime, string Reason, bool Confirmed);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        var (starts, ends, errors) = Read(command);

        return await database.Write<CapacityChange>(actor, async unit =>
        {
            if (!await unit.One<bool>("select exists (select from portal_user where id = @clinician and 'clinician' = any (roles) and portal.manages_clinic())", command)) return Outcome.Missing;
            if (errors.Count == 0 && ends <= unit.Now) errors[nameof(command.First)] = "This has passed";
            if (errors.Count == 0 && ends > unit.Now.AddYears(3)) errors[nameof(command.Last)] = "Choose days within the next three years";
            if (errors.Count > 0) return Outcome.Invalid(errors);

            var affected = await unit.Booked(new(Clinician: command.Clinician, From: starts, Until: ends));
            if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);
            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(Add, new { id, command.Clinician, starts, ends, reason = AdminRules.Text(command.Reason) ?? "", at = unit.Now });
            // The reason may be an illness: the trail knows the days alone.
            unit.Audit(AuditAction.SaveLeave, subjectId: id, detail: new { clinicianId = command.Clinician, startsAt = starts, endsAt = ends, affected = affected.Count });
            return new CapacityChange(true, affected);
        }, ct);
    }

    /// <summary>Takes it back.</summary>
    public async Task<Outcome<bool>> Remove(Actor actor, Guid leave, int version, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Write<bool>(actor, async unit =>
        {
            if (await unit.One<Guid?>("delete from leave where id = @leave and version = @version and portal.manages_clinic() returning id", new { leave, version }) is null)
                return await unit.ChangedBySomebody(leave, await unit.One<bool>("select exists (select from leave where id = @leave)", new { leave }), "changed this leave");
            unit.Audit(AuditAction.SaveLeave, subjectId: leave, detail: new { removed = true });
            return true;
        }, ct);
    }

    static (DateTimeOffset Starts, DateTimeOffset Ends, Dictionary<string, string> Errors) Read(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (!ThreeFieldDate.TryParse(command.First.Day, command.First.Month, command.First.Year, out var first, out var problem)) errors[nameof(command.First)] = $"The first day {problem}";
        var last = first;
        if (!command.Last.IsEmpty && !ThreeFieldDate.TryParse(command.Last.Day, command.Last.Month, command.Last.Year, out last, out problem)) errors[nameof(command.Last)] = $"The last day {problem}";
        TimeOnly from = TimeOnly.MinValue, until = TimeOnly.MinValue;
        if (!string.IsNullOrWhiteSpace(command.FirstTime) && !TimeText.TryParse(command.FirstTime, out from)) errors[nameof(command.FirstTime)] = TimeText.Problem;
        var wholeDay = string.IsNullOrWhiteSpace(command.LastTime);
        if (!wholeDay && !TimeText.TryParse(command.LastTime, out until)) errors[nameof(command.LastTime)] = TimeText.Problem;
        if (command.Reason.Length > LongestReason) errors[nameof(command.Reason)] = $"Use {LongestReason} characters or fewer";
        if (errors.Count > 0) return (default, default, errors);

        var (starts, ends) = (LondonTime.Instant(first, from), LondonTime.Instant(wholeDay ? last.AddDays(1) : last, until));
        if (ends <= starts) errors[nameof(command.Last)] = "It must end after it begins";
        return (starts, ends, errors);
    }

    const string Add = "insert into leave (id, clinician_id, starts_at, ends_at, reason, created_at) values (@id, @clinician, @starts, @ends, @reason, @at)";
}
