using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Moves a booked appointment to another time, clinic or clinician, and keeps who asked and why. Allowed to clinic administrators and clinicians
/// until it begins; the old time is free at once.
/// </summary>
public sealed class MoveAppointment(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Appointment">Which.</param>
    /// <param name="Form">The new time; its kind is not looked at.</param>
    /// <param name="AskedBy">Who asked; required.</param>
    /// <param name="Reason">Why, for the readers of the timeline; may be empty.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AppointmentForm Form, AskedBy? AskedBy, string Reason);

    /// <summary>Returns the new time.</summary>
    public async Task<Outcome<AppointmentTime>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        var (time, errors) = AppointmentTime.Read(command.Form, await catalogue.Get(ct), clock.GetUtcNow());
        if (command.AskedBy is null) errors[nameof(Command.AskedBy)] = "Choose who asked";
        if (command.Reason.Length > AppointmentRows.LongestReason) errors[nameof(Command.Reason)] = $"Use {AppointmentRows.LongestReason:N0} characters or fewer";
        if (time is null || errors.Count > 0) return Outcome.Invalid(errors);

        try
        {
            return await database.Write(actor, unit => Move(unit, command, time), ct);
        }
        catch (PostgresException fault) when (AppointmentRows.IsTaken(fault))
        {
            return AppointmentRows.Taken;
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

        var clinician = command.Form.Clinician!.Value;
        if (clinician != appointment.ClinicianId && !await unit.IsClinician(clinician)) return Outcome.Invalid(nameof(AppointmentForm.Clinician), "Choose a clinician who works here");
        if (await unit.PatientIsBusy(referral.Id, appointment.Id, time)) return AppointmentRows.PatientBusy;

        await unit.QueueFor(clinician);
        await unit.Run(Update, new { appointment.Id, clinic = command.Form.Clinic, clinician, time.StartsAt, time.EndsAt });
        await unit.Record(referral, ReferralAction.MoveAppointment, AuditAction.MoveAppointment,
            new StepRecord(
                string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim(),
                command.AskedBy == AskedBy.Patient ? AttendanceCode.CancelledByPatient.Digit() : AttendanceCode.CancelledByProvider.Digit(),
                new { appointmentId = appointment.Id, from = appointment.StartsAt, startsAt = time.StartsAt, endsAt = time.EndsAt, clinicId = command.Form.Clinic, clinicianId = clinician, askedBy = EnumText.Of(command.AskedBy!.Value) }));
        unit.Queue(new AppointmentMoved(referral.Id, appointment.Id), referral.Id);
        return time;
    }

    const string Update = """
        update appointment set clinic_id = @clinic, clinician_id = @clinician, starts_at = @startsAt, ends_at = @endsAt, version = version + 1
        where id = @id and state = 'booked'
        """;
}

/// <summary>An appointment is at another time or place.</summary>
public sealed record AppointmentMoved(Guid ReferralId, Guid AppointmentId);
