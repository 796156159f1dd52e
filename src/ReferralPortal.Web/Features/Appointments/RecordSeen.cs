using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Records that the patient was seen at a treatment or review: attendance code 5 on time, 6 late. A session is used. Allowed to clinic administrators and
/// clinicians once it has begun; the initial assessment is recorded with what was found at it.
/// </summary>
public sealed class RecordSeen(PortalDatabase database)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Appointment">Which.</param>
    /// <param name="Code"><see cref="AttendanceCode.OnTime"/> or <see cref="AttendanceCode.LateButSeen"/>; required.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AttendanceCode? Code);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        return await database.Write<ReferralState>(actor, async unit =>
        {
            // Who may say that a patient did not come may say that one did.
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.DidNotAttend);
            if (begun.Value is not { } referral) return begun.Failure!;
            var appointment = await unit.Appointment(command.Appointment, referral);
            if (appointment is null) return Outcome.Missing;
            if (appointment.StartsAt > unit.Now && appointment.State == "booked") return Outcome.Refused("This appointment has not begun yet.");
            return await Attend(unit, referral, appointment, command.Code) is { } failure ? failure : referral.State.Value;
        }, ct);
    }

    /// <summary>The same as a part of another command, which has locked the referral and asked whether its person may do this. Null when it is recorded.</summary>
    internal static async Task<Failure?> Attend(PortalUnit unit, LockedReferral referral, LockedAppointment appointment, AttendanceCode? seen)
    {
        if (seen is not { } code || !code.WasSeen()) return Outcome.Invalid(nameof(Command.Code), "Choose what happened");
        if (appointment.State != "booked") return AppointmentRows.NoLongerBooked(appointment.State);
        if (appointment.Kind == "initial_assessment") return Outcome.Refused("Record the assessment itself: that records that the patient came.");

        await unit.Run(Attended, new { appointment.Id, code = code.Digit() });
        await unit.UseSession(appointment.Id);
        await unit.Note(referral, "attend_appointment", AuditAction.RecordAttendance, appointment.Id,
            new { appointmentId = appointment.Id, kind = appointment.Kind, startsAt = appointment.StartsAt, attendance = code.Digit() });
        return null;
    }

    const string Attended = "update appointment set state = 'attended', attendance_code = @code, version = version + 1 where id = @id and state = 'booked'";
}
