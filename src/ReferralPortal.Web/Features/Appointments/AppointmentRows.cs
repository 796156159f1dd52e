using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>An appointment that this unit may change: its referral's row is locked, so nobody else changes it meanwhile.</summary>
sealed record LockedAppointment(Guid Id, string Kind, Guid ClinicId, Guid ClinicianId, Guid? RoomId, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State);

/// <summary>What the use cases of appointments have in common.</summary>
static class AppointmentRows
{
    internal const int LongestReason = 1000;

    internal static readonly Failure NotABooker = Outcome.Refused("Your role does not allow this: clinic administrators and clinicians book appointments.");

    internal static readonly Failure FlagStands = Outcome.Refused("A clinician must review the safety answers and clear the red flag before anything is booked.");

    internal static Failure NoLongerBooked(string state) => Outcome.Refused(state switch
    {
        "attended" => "The patient has attended this appointment already.",
        "cancelled" => "This appointment has been cancelled already.",
        "did_not_attend" => "This appointment is already recorded as not attended.",
        _ => "This appointment cannot be changed any more.",
    });

    /// <summary>The appointment of a referral that is locked.</summary>
    internal static Task<LockedAppointment?> Appointment(this PortalUnit unit, Guid id, LockedReferral referral) =>
        unit.One<LockedAppointment>(Locked, new { id, referralId = referral.Id });

    /// <summary>Whether the patient has another appointment at that time.</summary>
    internal static Task<bool> PatientIsBusy(this PortalUnit unit, Guid referral, Guid? except, AppointmentTime time) =>
        unit.One<bool>(Overlapping, new { referral, except, time.StartsAt, time.EndsAt });

    internal static readonly Failure PatientBusy = Outcome.Invalid(nameof(AppointmentForm.Time), "The patient has another appointment at that time. Choose another one");

    /// <summary>
    /// The clock after an appointment fell through: where the patient waits for the initial assessment and has no appointment left, a first one is due again;
    /// otherwise it goes on as it was (null).
    /// </summary>
    internal static async Task<LifecycleStep.Clock?> ClockAfterLosing(this PortalUnit unit, LockedReferral referral, ReferralClock clock) =>
        referral.State == ReferralState.AppointmentBooked && !await unit.One<bool>(AssessmentBooked, new { referral.Id })
            ? clock.For(referral).ToRebook(referral.Priority, unit.Now)
            : null;

    internal const string AssessmentBooked = "select exists (select from appointment where referral_id = @id and kind = 'initial_assessment' and state = 'booked')";

    const string Locked = """
        select id, kind, clinic_id, clinician_id, room_id, starts_at, ends_at, state
        from appointment where id = @id and referral_id = @referralId and state <> 'held'
        """;

    const string Overlapping = """
        select exists (
            select from appointment
            -- The patient's other referrals too, where the clinic takes them for one person.
            where referral_id in (
                select @referral
                union all
                select other.id from referral mine
                join person_patient me on me.patient_id = mine.patient_id
                join person_patient also on also.person_id = me.person_id and also.patient_id <> me.patient_id
                join referral other on other.patient_id = also.patient_id
                where mine.id = @referral) and state = 'booked' and id is distinct from @except
                and tstzrange(starts_at, ends_at) && tstzrange(@startsAt, @endsAt))
        """;
}
