using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Moves a booked appointment to another time, clinic or clinician, and keeps who asked and why. Allowed to clinic administrators and clinicians
/// until it begins; the old time is free at once. Where nobody pays for it at its new time, that takes a reason, as booking does.
/// </summary>
public sealed class MoveAppointment(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Appointment">Which.</param>
    /// <param name="Form">The new time; its kind is not looked at.</param>
    /// <param name="AskedBy">Who asked; required.</param>
    /// <param name="Why">Why; required. Everybody on the referral reads it.</param>
    /// <param name="Words">More of it, for the readers of the timeline who see what is clinical; required where <paramref name="Why"/> is <see cref="ChangeReason.Other"/>.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AppointmentForm Form, AskedBy? AskedBy, ChangeReason? Why, string Words);

    /// <summary>Returns the new time.</summary>
    public async Task<Outcome<AppointmentTime>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        var (time, errors) = AppointmentTime.Read(command.Form, await catalogue.Get(ct), clock.GetUtcNow());
        Asking.Check(command.AskedBy, command.Why, command.Words, errors);
        if (time is null || errors.Count > 0) return Outcome.Invalid(errors);

        try
        {
            return await database.Write(actor, unit => Move(unit, command, time), ct);
        }
        catch (PostgresException fault) when (TakenTime.Refused(fault) is { } taken)
        {
            return taken;
        }
    }

    static async Task<Outcome<AppointmentTime>> Move(PortalUnit unit, Command command, AppointmentTime time)
    {
        var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.MoveAppointment);
        if (begun.Value is not { } referral) return begun.Failure!;
        var appointment = await unit.Appointment(command.Appointment, referral);
        if (appointment is null) return Outcome.Missing;
        if (appointment.State != "booked") return AppointmentRows.NoLongerBooked(appointment.State);
        if (appointment.StartsAt <= unit.Now) return Outcome.Refused("This appointment has begun already. Record how it went, and book another one.");

        var (clinic, clinician) = (command.Form.Clinic!.Value, command.Form.Clinician!.Value);
        if (clinician != appointment.ClinicianId && await unit.MayTreat(referral, clinician) is { } notThisOne) return notThisOne;
        if (await unit.PatientIsBusy(referral.Id, appointment.Id, time)) return AppointmentRows.PatientBusy;

        var beyond = (await FundingBalance.Read(unit, referral.Id)).BeyondMoved(appointment.StartsAt, time.StartsAt);
        if (command.Form.NotBeyond(beyond) is { } unpaid) return unpaid;

        if (await unit.OutsideHours(command.Form, time) is { } outside) return outside;
        await unit.QueueFor([clinic], [clinician]);
        var taken = await unit.Take(referral.Id, (clinic, clinician, command.Form.Room ?? appointment.RoomId), time, appointment.Id);
        if (taken.Failure is { } gone) return gone;

        var (asked, why) = (command.AskedBy!.Value, command.Why!.Value);
        await unit.Run(Update, new { appointment.Id, clinic, clinician, room = taken.Value, time.StartsAt, time.EndsAt });
        await unit.Record(referral, ReferralAction.MoveAppointment, AuditAction.MoveAppointment,
            new StepRecord(
                Words(command.Words, beyond is null ? "" : command.Form.WhyBeyond),
                asked.Code().Digit(),
                new
                {
                    appointmentId = appointment.Id,
                    kind = appointment.Kind,
                    from = appointment.StartsAt,
                    fromClinicId = appointment.ClinicId,
                    fromClinicianId = appointment.ClinicianId,
                    startsAt = time.StartsAt,
                    endsAt = time.EndsAt,
                    clinicId = clinic,
                    clinicianId = clinician,
                    askedBy = EnumText.Of(asked),
                    why = EnumText.Of(why),
                    beyondAuthority = beyond is not null,
                }));
        unit.Queue(new AppointmentMoved(referral.Id, appointment.Id), referral.Id);
        return time;
    }

    // Why it is moved, and why although nobody pays: two sentences of one person, one under the other.
    static string? Words(string why, string whyBeyond) =>
        (why.Trim(), whyBeyond.Trim()) switch { ("", "") => null, (var only, "") => only, ("", var beyond) => beyond, var (moved, beyond) => $"{moved}\n{beyond}" };

    const string Update = """
        update appointment set clinic_id = @clinic, clinician_id = @clinician, room_id = @room, starts_at = @startsAt, ends_at = @endsAt, version = version + 1
        where id = @id and state = 'booked'
        """;
}

/// <summary>An appointment is at another time or place.</summary>
public sealed record AppointmentMoved(Guid ReferralId, Guid AppointmentId);
