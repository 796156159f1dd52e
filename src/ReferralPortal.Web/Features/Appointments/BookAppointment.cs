using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Books an appointment: the initial assessment of an accepted referral, or a further one until discharge. Allowed to clinic administrators and
/// clinicians. Nothing is booked while a red flag stands, and never two patients for one clinician at one time.
/// </summary>
public sealed class BookAppointment(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Form">When, where, with whom. The first appointment is an initial assessment whatever it says.</param>
    public sealed record Command(Guid Referral, int Version, AppointmentForm Form);

    /// <summary>What was booked.</summary>
    public sealed record Booked(Guid Id, AppointmentTime Time, ReferralState State);

    public async Task<Outcome<Booked>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        var content = await catalogue.Get(ct);
        var (time, errors) = AppointmentTime.Read(command.Form, content, clock.GetUtcNow());
        if (time is null) return Outcome.Invalid(errors);

        try
        {
            return await database.Write(actor, unit => Book(unit, command, time, new ReferralClock(content)), ct);
        }
        catch (PostgresException fault) when (AppointmentRows.IsTaken(fault))
        {
            return AppointmentRows.Taken;
        }
    }

    static async Task<Outcome<Booked>> Book(PortalUnit unit, Command command, AppointmentTime time, ReferralClock clock)
    {
        var opened = await unit.Open(command.Referral, command.Version);
        if (opened.Value is not { } referral) return opened.Failure!;

        var first = referral.State == ReferralState.Accepted;
        var action = first ? ReferralAction.BookFirstAppointment : ReferralAction.BookAppointment;
        if (unit.Permit(referral, action) is { } failure) return failure;
        if (referral.StandingRedFlag() is not null) return Outcome.Refused("A clinician must review the safety answers and clear the red flag before anything is booked.");

        var kind = first ? AppointmentKind.InitialAssessment : command.Form.Kind;
        var assessment = kind == AppointmentKind.InitialAssessment;
        if (assessment && !first && (referral.State == ReferralState.InTreatment || await unit.One<bool>(AppointmentRows.AssessmentBooked, new { referral.Id })))
            return Outcome.Invalid(nameof(AppointmentForm.Kind), referral.State == ReferralState.InTreatment ? "The initial assessment has taken place" : "The initial assessment is booked already; move it instead");

        var clinician = command.Form.Clinician!.Value;
        if (!await unit.IsClinician(clinician)) return Outcome.Invalid(nameof(AppointmentForm.Clinician), "Choose a clinician who works here");
        if (await unit.UndeclaredClinician(referral.Id, clinician) is { } conflict) return conflict;
        if (await unit.PatientIsBusy(referral.Id, null, time)) return AppointmentRows.PatientBusy;

        await unit.QueueFor(clinician);
        var id = Guid.CreateVersion7(unit.Now);
        await unit.Run(Insert, new { id, referralId = referral.Id, kind = EnumText.Of(kind), clinic = command.Form.Clinic, clinician, time.StartsAt, time.EndsAt });
        if (first) await unit.Run(Assign, new { referral.Id, clinic = command.Form.Clinic, clinician });

        await unit.Record(referral, action, AuditAction.BookAppointment,
            new StepRecord(Detail: new { appointmentId = id, kind = EnumText.Of(kind), startsAt = time.StartsAt, endsAt = time.EndsAt, clinicId = command.Form.Clinic, clinicianId = clinician }),
            assessment ? clock.For(referral).After(ReferralAction.BookFirstAppointment, referral.Priority, null, unit.Now) : null);
        unit.Queue(new AppointmentBooked(referral.Id, id), referral.Id);
        return new Booked(id, time, Lifecycle.Next(referral.State, action));
    }

    const string Insert = """
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
        values (@id, @referralId, @kind, @clinic, @clinician, @startsAt, @endsAt)
        """;

    // Whoever sees the patient first has the referral.
    const string Assign = "update referral set clinic_id = @clinic, clinician_id = @clinician where id = @id";
}

/// <summary>An appointment was booked: whoever follows the referral is told.</summary>
public sealed record AppointmentBooked(Guid ReferralId, Guid AppointmentId);
