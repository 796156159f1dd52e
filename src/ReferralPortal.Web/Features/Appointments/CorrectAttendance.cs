using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Puts right whether the patient came to a treatment or review, with the reason. The ledger gets another line; none is changed. Allowed to clinic
/// administrators and clinicians while the referral is in treatment; the initial assessment stands with what was found at it.
/// </summary>
public sealed class CorrectAttendance(PortalDatabase database)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Appointment">Which.</param>
    /// <param name="Code">What happened: 5, 6 seen; 3, 7 not seen. Required.</param>
    /// <param name="Why">For everybody on the referral; required.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AttendanceCode? Code, string Why);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var (code, why) = (command.Code!.Value, command.Why.Trim());
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.DidNotAttend);
            if (begun.Value is not { } referral) return begun.Failure!;
            var appointment = await unit.Appointment(command.Appointment, referral);
            if (appointment is null) return Outcome.Missing;
            if (appointment.State is not ("attended" or "did_not_attend")) return Outcome.Refused("Nothing is recorded of this appointment yet.");
            if (appointment.Kind == "initial_assessment") return Outcome.Refused("The assessment is recorded with what was found at it, and stands.");

            await unit.Run(Correct, new { appointment.Id, state = code.WasSeen() ? "attended" : "did_not_attend", code = code.Digit() });
            if (code.WasSeen() || await unit.MissedIsCharged(referral.Id)) await unit.UseSession(appointment.Id, PutRight);
            else await unit.ReturnSession(appointment.Id, PutRight);
            await unit.Note(referral, "correct_attendance", AuditAction.CorrectAttendance, appointment.Id,
                new { appointmentId = appointment.Id, kind = appointment.Kind, startsAt = appointment.StartsAt, attendance = code.Digit(), seen = code.WasSeen() }, words: why);
            return referral.State.Value;
        }, ct);
    }

    static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        if (command.Code is not (AttendanceCode.OnTime or AttendanceCode.LateButSeen or AttendanceCode.DidNotAttend or AttendanceCode.LateNotSeen)) errors[nameof(Command.Code)] = "Choose what happened";
        if (string.IsNullOrWhiteSpace(command.Why)) errors[nameof(Command.Why)] = "Write why it is put right";
        else if (command.Why.Length > AppointmentRows.LongestReason) errors[nameof(Command.Why)] = $"Use {AppointmentRows.LongestReason:N0} characters or fewer";
        return errors;
    }

    // Why is for the timeline, where it is shown to whom it may concern; the ledger is every party's.
    const string PutRight = "The attendance was put right";

    const string Correct = "update appointment set state = @state, attendance_code = @code, version = version + 1 where id = @id";
}
