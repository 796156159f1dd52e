using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>Closes a clinic, or all of them, for some days, or takes such a closure back. Allowed to the clinic manager. What is booked then stays booked, and is listed first.</summary>
public sealed class SaveClosure(PortalDatabase database)
{
    public const int LongestReason = 200;

    /// <param name="Clinic">Which; null for every clinic.</param>
    /// <param name="First">The first day, as typed.</param>
    /// <param name="Last">The last day; empty for one day.</param>
    /// <param name="Reason">Why, for the clinic's own people.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid? Clinic, DateParts First, DateParts Last, string Reason, bool Confirmed);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();

        return await database.Write<CapacityChange>(actor, async unit =>
        {
            var (first, last, errors) = Check(command, LondonTime.DateOf(unit.Now));
            if (errors.Count > 0) return Outcome.Invalid(errors);
            if (command.Clinic is { } clinic && !await unit.One<bool>("select exists (select from clinic where id = @clinic and portal.manages_clinic())", new { clinic })) return Outcome.Missing;

            var affected = await unit.Booked(new(command.Clinic, From: LondonTime.Instant(first, TimeOnly.MinValue), Until: LondonTime.Instant(last.AddDays(1), TimeOnly.MinValue)));
            if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);

            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(Add, new { id, command.Clinic, first, last, reason = AdminRules.Text(command.Reason), at = unit.Now });
            unit.Audit(AuditAction.SaveClosure, subjectId: id, detail: new { clinicId = command.Clinic, startsOn = first, endsOn = last, affected = affected.Count });
            return new CapacityChange(true, affected);
        }, ct);
    }

    /// <summary>Takes a closure back.</summary>
    public async Task<Outcome<bool>> Remove(Actor actor, Guid closure, int version, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Write<bool>(actor, async unit =>
        {
            if (await unit.One<Guid?>("delete from clinic_closure where id = @closure and version = @version and portal.manages_clinic() returning id", new { closure, version }) is null)
                return await unit.ChangedBySomebody(closure, await unit.One<bool>("select exists (select from clinic_closure where id = @closure)", new { closure }), "changed this closure");
            unit.Audit(AuditAction.SaveClosure, subjectId: closure, detail: new { removed = true });
            return true;
        }, ct);
    }

    static (DateOnly First, DateOnly Last, Dictionary<string, string> Errors) Check(Command command, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        if (!ThreeFieldDate.TryParse(command.First.Day, command.First.Month, command.First.Year, out var first, out var problem)) errors[nameof(command.First)] = $"The first day {problem}";
        var last = first;
        if (!command.Last.IsEmpty && !ThreeFieldDate.TryParse(command.Last.Day, command.Last.Month, command.Last.Year, out last, out problem)) errors[nameof(command.Last)] = $"The last day {problem}";
        if (errors.Count == 0 && last < first) errors[nameof(command.Last)] = "The last day must not be before the first";
        else if (errors.Count == 0 && last < today) errors[nameof(command.First)] = "These days have passed";
        else if (errors.Count == 0 && last > today.AddYears(3)) errors[nameof(command.Last)] = "Choose days within the next three years";
        if (AdminRules.Text(command.Reason) is not { Length: <= LongestReason }) errors[nameof(command.Reason)] = $"Say why in {LongestReason} characters or fewer";
        return (first, last, errors);
    }

    const string Add = "insert into clinic_closure (id, clinic_id, starts_on, ends_on, reason, created_at) values (@id, @clinic, @first, @last, @reason, @at)";
}
