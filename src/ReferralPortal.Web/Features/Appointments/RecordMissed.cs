using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Records that the patient was not seen at an appointment: attendance code 3 without notice, 7 when they came too late. Allowed to clinic
/// administrators and clinicians once it has begun. Where it was the initial assessment, another one is due.
/// </summary>
public sealed class RecordMissed(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Appointment">Which.</param>
    /// <param name="Code">How it was missed: <see cref="AttendanceCode.DidNotAttend"/> or <see cref="AttendanceCode.LateNotSeen"/>; required.</param>
    /// <param name="Note">For the readers of the timeline; may be empty.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AttendanceCode? Code, string Note);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        if (command.Code is not (AttendanceCode.DidNotAttend or AttendanceCode.LateNotSeen)) return Outcome.Invalid(nameof(Command.Code), "Choose what happened");
        if (command.Note.Length > AppointmentRows.LongestReason) return Outcome.Invalid(nameof(Command.Note), $"Use {AppointmentRows.LongestReason:N0} characters or fewer");

        var clock = ReferralClock.On(await catalogue.Get(ct));
        var (code, note) = (command.Code.Value.Digit(), string.IsNullOrWhiteSpace(command.Note) ? null : command.Note.Trim());
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.DidNotAttend);
            if (begun.Value is not { } referral) return begun.Failure!;
            var appointment = await unit.Appointment(command.Appointment, referral);
            if (appointment is null) return Outcome.Missing;
            if (appointment.State != "booked") return AppointmentRows.NoLongerBooked(appointment.State);
            if (appointment.StartsAt > unit.Now) return Outcome.Refused("This appointment has not begun yet. If the patient called it off, cancel it.");

            await unit.Run(Miss, new { appointment.Id, code, note });
            if (await unit.MissedIsCharged(referral.Id)) await unit.UseSession(appointment.Id, "Missed without notice: charged as agreed with the payer");
            await unit.Record(referral, ReferralAction.DidNotAttend, AuditAction.RecordAttendance,
                new StepRecord(note, code, new { appointmentId = appointment.Id, kind = appointment.Kind, startsAt = appointment.StartsAt }),
                await unit.ClockAfterLosing(referral, clock));
            unit.Queue(new AppointmentMissed(referral.Id, appointment.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    const string Miss = """
        update appointment set state = 'did_not_attend', attendance_code = @code, note = @note, version = version + 1
        where id = @id and state = 'booked'
        """;
}

/// <summary>The patient was not seen at an appointment.</summary>
public sealed record AppointmentMissed(Guid ReferralId, Guid AppointmentId);
