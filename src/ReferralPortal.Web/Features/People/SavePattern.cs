using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Clinics.Manage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>
/// Keeps the week that a clinician works, from one day on or between two; before and after it stays as it was. Allowed to the clinic manager. What is booked
/// outside the new week stays booked, and is listed first.
/// </summary>
public sealed class SavePattern(PortalDatabase database)
{
    /// <summary>The most lines of one week.</summary>
    public const int MostLines = 28;

    /// <summary>One stretch of work, as typed.</summary>
    public sealed record Line(int Weekday, Guid? Clinic, string Starts, string Ends);

    /// <param name="Clinician">Whose.</param>
    /// <param name="Version">The account's version that the person saw.</param>
    /// <param name="From">The first day of this week, not before today.</param>
    /// <param name="Until">The last day; empty for as long as nothing else is said.</param>
    /// <param name="Lines">The week; none for somebody who does not work then.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid Clinician, int Version, DateParts From, DateParts Until, IReadOnlyList<Line> Lines, bool Confirmed);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        try
        {
            return await database.Write<CapacityChange>(actor, unit => Save(unit, command), ct);
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.ExclusionViolation, ConstraintName: "working_pattern_not_in_two_places" })
        {
            // Another manager's week came between: the next look shows it.
            return await database.Read<Outcome<CapacityChange>>(actor, async unit => await unit.ChangedBySomebody(command.Clinician, true, "changed this week"), ct);
        }
    }

    static async Task<Outcome<CapacityChange>> Save(PortalUnit unit, Command command)
    {
        var clinics = (await unit.Many<Guid>("select id from clinic where portal.manages_clinic()")).ToHashSet();
        var (from, until, week, errors) = Read(command, clinics, LondonTime.DateOf(unit.Now));
        if (errors.Count > 0) return Outcome.Invalid(errors);

        var affected = await unit.Booked(
            new(Clinician: command.Clinician, From: LondonTime.Instant(from, TimeOnly.MinValue), Until: until is { } end ? LondonTime.Instant(end.AddDays(1), TimeOnly.MinValue) : null),
            booked => !week.Any(line => line.Holds(booked)));
        if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);

        if (await unit.One<int?>(NextVersion, command) is null)
            return await unit.ChangedBySomebody(command.Clinician, await unit.One<bool>("select exists (select from portal_user where id = @clinician and 'clinician' = any (roles))", command), "changed this account");
        var before = await unit.Many<Hours>(Held, new { command.Clinician, from, until });
        await unit.Run(MakeRoom, new { command.Clinician, from, until });
        // What went on after the last day goes on.
        Hours[] after = until is { } last ? [.. before.Where(line => line.ValidUntil is null || line.ValidUntil > last).Select(line => line with { ValidFrom = last.AddDays(1) })] : [];
        Hours[] all = [.. week.Select(line => line with { ValidFrom = from, ValidUntil = until }), .. after];
        await unit.Run(Add, new
        {
            command.Clinician,
            ids = all.Select(_ => Guid.CreateVersion7(unit.Now)).ToArray(),
            clinics = all.Select(line => line.ClinicId).ToArray(),
            weekdays = all.Select(line => line.Weekday).ToArray(),
            starts = all.Select(line => line.Starts).ToArray(),
            ends = all.Select(line => line.Ends).ToArray(),
            from = all.Select(line => line.ValidFrom).ToArray(),
            until = all.Select(line => line.ValidUntil).ToArray(),
            at = unit.Now,
        });
        unit.Audit(AuditAction.SavePattern, subjectId: command.Clinician, detail: new { from, until, lines = week.Count, affected = affected.Count });
        return new CapacityChange(true, affected);
    }

    static (DateOnly From, DateOnly? Until, List<Hours> Week, Dictionary<string, string> Errors) Read(Command command, HashSet<Guid> clinics, DateOnly today)
    {
        var (week, errors) = (new List<Hours>(), new Dictionary<string, string>());
        DateOnly? until = null;
        if (!ThreeFieldDate.TryParse(command.From.Day, command.From.Month, command.From.Year, out var from, out var problem)) errors[nameof(command.From)] = $"The first day {problem}";
        else if (from < today) errors[nameof(command.From)] = "Choose today or a later day: what has passed stays as it was";
        else if (from > today.AddYears(3)) errors[nameof(command.From)] = "Choose a day within the next three years";
        if (!command.Until.IsEmpty)
        {
            if (!ThreeFieldDate.TryParse(command.Until.Day, command.Until.Month, command.Until.Year, out var last, out problem)) errors[nameof(command.Until)] = $"The last day {problem}";
            else if (last < from) errors[nameof(command.Until)] = "The last day must not be before the first";
            else until = last;
        }
        if (command.Lines.Count > MostLines) errors[""] = $"A week has {MostLines} lines at most";
        for (var place = 0; place < command.Lines.Count && place < MostLines; place++)
        {
            var line = command.Lines[place];
            if (line.Weekday is < 1 or > 7) errors[$"Weekday{place}"] = "Choose a day";
            if (line.Clinic is not { } clinic || !clinics.Contains(clinic)) { errors[$"Clinic{place}"] = "Choose a clinic"; continue; }
            if (!TimeText.TryParse(line.Starts, out var starts)) errors[$"Starts{place}"] = TimeText.Problem;
            else if (!TimeText.TryParse(line.Ends, out var ends)) errors[$"Ends{place}"] = TimeText.Problem;
            else if (ends <= starts) errors[$"Ends{place}"] = "Work must end after it starts";
            else if (week.Any(other => other.Weekday == line.Weekday && other.Starts < ends && starts < other.Ends)) errors[$"Starts{place}"] = $"This overlaps with other hours on {Weekdays.Name(line.Weekday)}";
            else week.Add(new(line.Weekday, clinic, starts, ends, default, null));
        }
        return (from, until, week, errors);
    }

    sealed record Hours(int Weekday, Guid ClinicId, TimeOnly Starts, TimeOnly Ends, DateOnly ValidFrom, DateOnly? ValidUntil)
    {
        public bool Holds(AffectedAppointment booked)
        {
            var day = LondonTime.DateOf(booked.StartsAt);
            return booked.ClinicId == ClinicId && Weekdays.Of(day) == Weekday && LondonTime.Instant(day, Starts) <= booked.StartsAt && booked.EndsAt <= LondonTime.Instant(day, Ends);
        }
    }

    const string NextVersion = """
        update portal_user set version = version + 1
        where id = @clinician and version = @version and 'clinician' = any (roles) and portal.manages_clinic()
        returning version
        """;

    const string Held = """
        select weekday, clinic_id, starts, ends, valid_from, valid_until from working_pattern
        where clinician_id = @clinician and (valid_until is null or valid_until >= @from) and (@until::date is null or valid_from <= @until)
        """;

    const string MakeRoom = """
        delete from working_pattern where clinician_id = @clinician and valid_from >= @from and (@until::date is null or valid_from <= @until);
        update working_pattern set valid_until = @from - 1, version = version + 1
        where clinician_id = @clinician and valid_from < @from and (valid_until is null or valid_until >= @from)
        """;

    const string Add = """
        insert into working_pattern (id, clinician_id, clinic_id, weekday, starts, ends, valid_from, valid_until, created_at)
        select id, @clinician, clinic, weekday, starts, ends, "from", until, @at
        from unnest(@ids, @clinics, @weekdays, @starts, @ends, @from, @until) line (id, clinic, weekday, starts, ends, "from", until)
        """;
}
