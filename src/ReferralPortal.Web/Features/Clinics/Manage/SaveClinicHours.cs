using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>Keeps when a clinic opens: as the group does, or by hours of its own. Allowed to the clinic manager. What is booked outside them stays booked, and is listed first.</summary>
public sealed class SaveClinicHours(PortalDatabase database)
{
    /// <summary>One weekday as typed; both empty is closed.</summary>
    public sealed record Day(int Weekday, string Opens, string Closes);

    /// <param name="Clinic">Whose.</param>
    /// <param name="Version">The clinic's version that the person saw.</param>
    /// <param name="Own">Its own week; null for the group's hours.</param>
    /// <param name="GroupHours">The group's hours, to look what is booked outside them.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid Clinic, int Version, IReadOnlyList<Day>? Own, ClinicHours GroupHours, bool Confirmed);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        var (days, errors) = Read(command.Own ?? []);
        if (errors.Count > 0) return Outcome.Invalid(errors);
        if (command.Own is not null && days.Count == 0) return Outcome.Invalid("", "Enter the hours of at least one day, or close the clinic");

        return await database.Write<CapacityChange>(actor, async unit =>
        {
            var affected = await unit.Booked(new(command.Clinic), booked => !Holds(booked));
            if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);

            var row = new
            {
                command.Clinic, command.Version,
                weekdays = days.Select(day => day.Weekday).ToArray(),
                opens = days.Select(day => day.Opens).ToArray(),
                closes = days.Select(day => day.Closes).ToArray(),
            };
            if (await unit.One<int?>(NextVersion, row) is null) return await unit.ChangedBySomebody(command.Clinic, await unit.One<bool>(Exists, row), "changed this clinic");
            await unit.Run(Replace, row);
            unit.Audit(AuditAction.SaveClinicHours, subjectId: command.Clinic, detail: new { own = command.Own is not null, affected = affected.Count });
            return new CapacityChange(true, affected);
        }, ct);

        bool Holds(AffectedAppointment booked)
        {
            var date = LondonTime.DateOf(booked.StartsAt);
            var open = command.Own is null ? command.GroupHours.OpeningOn(date)
                : days.FirstOrDefault(day => day.Weekday % 7 == (int)date.DayOfWeek) is { } own ? (LondonTime.Instant(date, own.Opens), LondonTime.Instant(date, own.Closes)) : null;
            return open is var (opens, closes) && booked.StartsAt >= opens && booked.EndsAt <= closes;
        }
    }

    static (List<ClinicDay> Days, Dictionary<string, string> Errors) Read(IReadOnlyList<Day> typed)
    {
        var (days, errors) = (new List<ClinicDay>(), new Dictionary<string, string>());
        foreach (var day in typed.Where(day => !string.IsNullOrWhiteSpace(day.Opens + day.Closes)))
        {
            if (day.Weekday is < 1 or > 7 || days.Any(other => other.Weekday == day.Weekday)) errors[""] = "Enter each day of the week once";
            if (!TimeText.TryParse(day.Opens, out var opens)) errors[$"Opens{day.Weekday}"] = TimeText.Problem;
            else if (!TimeText.TryParse(day.Closes, out var closes)) errors[$"Closes{day.Weekday}"] = TimeText.Problem;
            else if (closes <= opens) errors[$"Closes{day.Weekday}"] = "The clinic must close after it opens";
            else days.Add(new(day.Weekday, opens, closes));
        }
        return (days, errors);
    }

    const string NextVersion = "update clinic set version = version + 1 where id = @clinic and version = @version and portal.manages_clinic() returning version";

    const string Exists = "select exists (select from clinic where id = @clinic)";

    const string Replace = """
        delete from clinic_hours where clinic_id = @clinic;
        insert into clinic_hours (clinic_id, weekday, opens, closes)
        select @clinic, weekday, opens, closes from unnest(@weekdays, @opens, @closes) day (weekday, opens, closes)
        """;
}
