using ReferralPortal.Domain;
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
    /// <param name="Why">Why; required. Everybody on the referral reads it.</param>
    /// <param name="Words">More of it, for the readers of the timeline who see what is clinical; required where <paramref name="Why"/> is <see cref="ChangeReason.Other"/>.</param>
    public sealed record Command(Guid Referral, int Version, Guid Appointment, AskedBy? AskedBy, ChangeReason? Why, string Words);

    /// <summary>Returns the referral's state, which stays.</summary>
    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        var errors = new Dictionary<string, string>();
        Asking.Check(command.AskedBy, command.Why, command.Words, errors);
        if (errors.Count > 0) return Outcome.Invalid(errors);

        var clock = ReferralClock.On(await catalogue.Get(ct));
        var (asked, why, words) = (command.AskedBy!.Value, command.Why!.Value, string.IsNullOrWhiteSpace(command.Words) ? null : command.Words.Trim());
        return await database.Write<ReferralState>(actor, async unit =>
        {
            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.CancelAppointment);
            if (begun.Value is not { } referral) return begun.Failure!;
            var appointment = await unit.Appointment(command.Appointment, referral);
            if (appointment is null) return Outcome.Missing;
            if (appointment.State != "booked") return AppointmentRows.NoLongerBooked(appointment.State);

            await unit.Run(Cancel, new { appointment.Id, code = asked.Code().Digit(), note = words });
            await unit.Record(referral, ReferralAction.CancelAppointment, AuditAction.CancelAppointment,
                new StepRecord(words, asked.Code().Digit(), new { appointmentId = appointment.Id, kind = appointment.Kind, startsAt = appointment.StartsAt, clinicId = appointment.ClinicId, askedBy = EnumText.Of(asked), why = EnumText.Of(why) }),
                await unit.ClockAfterLosing(referral, clock));
            unit.Queue(new AppointmentCancelled(referral.Id, appointment.Id), referral.Id);
            return referral.State.Value;
        }, ct);
    }

    const string Cancel = """
        update appointment set state = 'cancelled', attendance_code = @code, note = @note, version = version + 1
        where id = @id and state = 'booked'
        """;
}

/// <summary>An appointment was called off.</summary>
public sealed record AppointmentCancelled(Guid ReferralId, Guid AppointmentId);
