using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments.Series;

/// <summary>
/// Books a course of treatments, all of it or nothing. Allowed to clinic administrators and clinicians from the first booking until discharge. More than is
/// authorised takes a reason, which is kept.
/// </summary>
public sealed class BookSeries(PortalDatabase database, TimeProvider clock)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Key">Made when the plan was made: whoever sends it again books once.</param>
    /// <param name="Clinic">Where.</param>
    /// <param name="Minutes">How long each of them is.</param>
    /// <param name="Sessions">When and with whom, as chosen from the plan.</param>
    /// <param name="WhyBeyond">Why more is booked than is authorised; required where it is.</param>
    public sealed record Command(Guid Referral, int Version, Guid Key, Guid Clinic, int Minutes, IReadOnlyList<SeriesTime> Sessions, string WhyBeyond);

    /// <summary>Returns how many were booked. A time that has gone is named by its place: <c>Sessions.2</c>.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        try
        {
            return await database.Write(actor, unit => Book(unit, command), ct);
        }
        catch (PostgresException fault) when (TakenTime.Refused(fault) is not null)
        {
            return Outcome.Invalid("Sessions.0", "One of these times has just been taken. Look at the plan again");
        }
    }

    Dictionary<string, string> Check(Command command)
    {
        var (errors, now) = (new Dictionary<string, string>(), clock.GetUtcNow());
        if (command.Sessions.Count is < 1 or > PlanSeries.Most) errors["Sessions.0"] = $"Choose from 1 to {PlanSeries.Most} times";
        if (!AppointmentTime.Lengths.Contains(command.Minutes)) errors["Sessions.0"] = "Choose a length";
        for (var place = 0; place < command.Sessions.Count && place < PlanSeries.Most; place++)
            if (command.Sessions[place].StartsAt <= now || command.Sessions[place].StartsAt > now.AddYears(1)) errors[$"Sessions.{place}"] = "Choose a time within the next year that has not passed";
        if (command.WhyBeyond.Length > AppointmentRows.LongestReason) errors[nameof(command.WhyBeyond)] = $"Use {AppointmentRows.LongestReason:N0} characters or fewer";
        return errors;
    }

    static async Task<Outcome<int>> Book(PortalUnit unit, Command command)
    {
        var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.BookAppointment);
        if (begun.Value is not { } referral)
            return begun.Failure is Failure.Conflict && await unit.One<int>(Before, new { command.Key, command.Referral }) is > 0 and var before ? before : begun.Failure!;
        if (referral.StandingRedFlag() is not null) return AppointmentRows.FlagStands;

        var clinicians = command.Sessions.Select(session => session.ClinicianId).Distinct().ToList();
        foreach (var clinician in clinicians)
            if (await unit.MayTreat(referral, clinician) is { } notThisOne) return notThisOne;

        var balance = await FundingBalance.Read(unit, referral.Id);
        var last = LondonTime.DateOf(command.Sessions.Max(session => session.StartsAt));
        var beyond = balance.Beyond(command.Sessions.Count, last);
        if (beyond is not null && string.IsNullOrWhiteSpace(command.WhyBeyond)) return Outcome.Invalid(nameof(command.WhyBeyond), $"{beyond} Write why it is booked all the same");

        await unit.QueueFor([command.Clinic], clinicians);
        var booked = await Insert(unit, referral, command);
        if (booked.Value is not { } ids) return booked.Failure!;

        await unit.Record(referral, ReferralAction.BookAppointment, AuditAction.BookAppointment, new StepRecord(
            beyond is null ? null : command.WhyBeyond.Trim(),
            Detail: new { appointmentIds = ids, seriesId = command.Key, kind = "treatment", sessions = ids.Count, startsAt = command.Sessions.Min(session => session.StartsAt), lastAt = command.Sessions.Max(session => session.StartsAt), clinicId = command.Clinic, beyondAuthority = beyond is not null }));
        foreach (var id in ids) unit.Queue(new AppointmentBooked(referral.Id, id, command.Key), referral.Id);
        return ids.Count;
    }

    static async Task<Outcome<List<Guid>>> Insert(PortalUnit unit, LockedReferral referral, Command command)
    {
        var (ids, errors) = (new List<Guid>(), new Dictionary<string, string>());
        Guid? room = null;
        for (var place = 0; place < command.Sessions.Count; place++)
        {
            var session = command.Sessions[place];
            var time = new AppointmentTime(session.StartsAt, session.StartsAt.AddMinutes(command.Minutes));
            if (await unit.PatientIsBusy(referral.Id, null, time))
            {
                errors[$"Sessions.{place}"] = "The patient has another appointment at that time. Choose another one";
                continue;
            }
            // The same room each time, where it is free.
            var taken = await unit.Take(referral.Id, (command.Clinic, session.ClinicianId, room), time);
            if (taken.Failure is Failure.Invalid gone) errors[$"Sessions.{place}"] = gone.Errors.Values.First();
            else if (taken.Failure is { } other) return other;
            if (errors.Count > 0) continue;

            room ??= taken.Value;
            ids.Add(Guid.CreateVersion7(unit.Now));
            await unit.Run(InsertOne, new { id = ids[^1], referralId = referral.Id, clinic = command.Clinic, clinician = session.ClinicianId, room = taken.Value, time.StartsAt, time.EndsAt, series = command.Key, now = unit.Now });
        }
        return errors.Count > 0 ? Outcome.Invalid(errors) : ids;
    }

    const string InsertOne = """
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, room_id, starts_at, ends_at, series_id, created_at)
        values (@id, @referralId, 'treatment', @clinic, @clinician, @room, @startsAt, @endsAt, @series, @now)
        """;

    // Asked only of a referral that this unit has locked.
    const string Before = "select count(*)::int from appointment where series_id = @key and referral_id = @referral";
}
