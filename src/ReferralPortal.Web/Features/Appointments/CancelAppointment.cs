using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Cancels a booked appointment: attendance code 2 when the patient asked, 4 when the clinic did. Allowed to clinic administrators and clinicians.
/// Its time is free at once; where it was the initial assessment, another one is due.
/// </summary>
public sealed class CancelAppointment(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Appointment">Which.</param>
    /// <param name="AskedBy">Who asked; required.</param>
    /// <param name="Reason">Why, for the readers of the timeline; required.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AskedBy? AskedBy, string Reason);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var clock = new ReferralClock(await catalogue.Get(ct));
        var code = (command.AskedBy == AskedBy.Patient ? AttendanceCode.CancelledByPatient : AttendanceCode.CancelledByProvider).Digit();
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.CancelAppointment);
            if (begun.Value is not { } referral) return begun.Failure!;
            var appointment = await unit.Appointment(command.Appointment, referral);
            if (appointment is null) return Outcome.Missing;
            if (appointment.State != "booked") return AppointmentRows.NoLongerBooked(appointment.State);

            await unit.Run(Cancel, new { appointment.Id, code, note = command.Reason.Trim() });
            await unit.Record(referral, ReferralAction.CancelAppointment, AuditAction.CancelAppointment,
                new StepRecord(command.Reason.Trim(), code, new { appointmentId = appointment.Id, kind = appointment.Kind, startsAt = appointment.StartsAt }),
                await unit.ClockAfterLosing(referral, clock));
            unit.Queue(new AppointmentCancelled(referral.Id, appointment.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (command.AskedBy is null) errors[nameof(Command.AskedBy)] = "Choose who cancelled";
        if (string.IsNullOrWhiteSpace(command.Reason)) errors[nameof(Command.Reason)] = "Write why it is cancelled";
        else if (command.Reason.Length > AppointmentRows.LongestReason) errors[nameof(Command.Reason)] = $"Use {AppointmentRows.LongestReason:N0} characters or fewer";
        return errors;
    }

    const string Cancel = """
        update appointment set state = 'cancelled', attendance_code = @code, note = @note, version = version + 1
        where id = @id and state = 'booked'
        """;
}

/// <summary>An appointment was called off.</summary>
public sealed record AppointmentCancelled(Guid ReferralId, Guid AppointmentId);
