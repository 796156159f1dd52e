using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>
/// Books an appointment: the initial assessment of an accepted referral, or a further one until discharge. Allowed to clinic administrators and
/// clinicians. What nobody pays for takes a reason. Nothing is booked while a red flag stands, and never two patients for one clinician, or in one room, at one time.
/// </summary>
public sealed class BookAppointment(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <param name="Referral">Whose.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Form">When, where, with whom. The first appointment is an initial assessment whatever it says.</param>
    /// <param name="Key">Made when the form opened, and the appointment's id: whoever sends a booking again, not knowing what became of it, books once.</param>
    public sealed record Command(Guid Referral, int Version, AppointmentForm Form, Guid? Key = null);

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
            return await database.Write(actor, unit => Book(unit, command, time, ReferralClock.On(content)), ct);
        }
        catch (PostgresException fault) when (TakenTime.Refused(fault) is { } taken)
        {
            return taken;
        }
    }

    static async Task<Outcome<Booked>> Book(PortalUnit unit, Command command, AppointmentTime time, ReferralClock clock)
    {
        var opened = await unit.Open(command.Referral, command.Version);
        if (opened.Value is not { } referral)
            return opened.Failure is Failure.Conflict && await unit.BookedBefore(command) is { } before ? before : opened.Failure!;

        var first = referral.State == ReferralState.Accepted;
        var action = first ? ReferralAction.BookFirstAppointment : ReferralAction.BookAppointment;
        if (unit.Permit(referral, action) is { } failure) return failure;
        if (referral.StandingRedFlag() is not null) return AppointmentRows.FlagStands;

        var kind = first ? AppointmentKind.InitialAssessment : command.Form.Kind;
        var assessment = kind == AppointmentKind.InitialAssessment;
        if (assessment && !first && (referral.State == ReferralState.InTreatment || await unit.One<bool>(AppointmentRows.AssessmentBooked, new { referral.Id })))
            return Outcome.Invalid(nameof(AppointmentForm.Kind), referral.State == ReferralState.InTreatment ? "The initial assessment has taken place" : "The initial assessment is booked already; move it instead");

        var (clinic, clinician) = (command.Form.Clinic!.Value, command.Form.Clinician!.Value);
        if (await unit.MayTreat(referral, clinician) is { } notThisOne) return notThisOne;
        if (await unit.PatientIsBusy(referral.Id, null, time)) return AppointmentRows.PatientBusy;

        var beyond = (await FundingBalance.Read(unit, referral.Id)).Beyond(1, LondonTime.DateOf(time.StartsAt));
        if (command.Form.NotBeyond(beyond) is { } unpaid) return unpaid;

        if (await unit.OutsideHours(command.Form, time) is { } outside) return outside;
        await unit.QueueFor([clinic], [clinician]);
        var taken = await unit.Take(referral.Id, (clinic, clinician, command.Form.Room), time);
        if (taken.Failure is { } gone) return gone;

        var id = command.Key ?? Guid.CreateVersion7(unit.Now);
        await unit.Run(Insert, new { id, referralId = referral.Id, kind = EnumText.Of(kind), clinic, clinician, room = taken.Value, time.StartsAt, time.EndsAt, now = unit.Now });
        if (first) await unit.Run(Assign, new { referral.Id, clinic, clinician });

        await unit.Record(referral, action, AuditAction.BookAppointment,
            new StepRecord(beyond is null ? null : command.Form.WhyBeyond.Trim(),
                Detail: new { appointmentId = id, kind = EnumText.Of(kind), startsAt = time.StartsAt, endsAt = time.EndsAt, clinicId = clinic, clinicianId = clinician, beyondAuthority = beyond is not null }),
            assessment ? clock.For(referral).After(ReferralAction.BookFirstAppointment, referral.Priority, null, unit.Now) : null);
        unit.Queue(new AppointmentBooked(referral.Id, id), referral.Id);
        return new Booked(id, time, Lifecycle.Next(referral.State, action));
    }

    const string Insert = """
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, room_id, starts_at, ends_at, created_at)
        values (@id, @referralId, @kind, @clinic, @clinician, @room, @startsAt, @endsAt, @now)
        """;

    // Whoever sees the patient first has the referral.
    const string Assign = "update referral set clinic_id = @clinic, clinician_id = @clinician where id = @id";
}

/// <summary>What booking, holding and moving ask alike.</summary>
static class BookingChecks
{
    /// <summary>Why this clinician must not see the patient; null when nothing stands in the way.</summary>
    internal static async Task<Failure?> MayTreat(this PortalUnit unit, LockedReferral referral, Guid clinician) =>
        !await unit.IsClinician(clinician) ? Outcome.Invalid(nameof(AppointmentForm.Clinician), "Choose a clinician who works here")
        : await unit.UndeclaredClinician(referral.Id, clinician);

    /// <summary>What is wrong with a booking that is <paramref name="beyond"/> what is paid for, and says no reason; null when it may be.</summary>
    internal static Failure? NotBeyond(this AppointmentForm form, string? beyond) =>
        beyond is not null && string.IsNullOrWhiteSpace(form.WhyBeyond) ? Outcome.Invalid(nameof(form.WhyBeyond), $"{beyond} Write why it is booked all the same")
        : form.WhyBeyond.Length > AppointmentRows.LongestReason ? Outcome.Invalid(nameof(form.WhyBeyond), $"Use {AppointmentRows.LongestReason:N0} characters or fewer") : null;

    /// <summary>What came of the same booking when it was sent before; null when nothing did.</summary>
    internal static async Task<BookAppointment.Booked?> BookedBefore(this PortalUnit unit, BookAppointment.Command command) =>
        command.Key is { } key && await unit.One<Row>(Before, new { key, command.Referral }) is { } row
            ? new BookAppointment.Booked(key, new AppointmentTime(row.StartsAt, row.EndsAt), row.State) : null;

    sealed record Row(DateTimeOffset StartsAt, DateTimeOffset EndsAt, Coded<ReferralState> State);

    // Asked only of a referral that this unit has locked.
    const string Before = """
        select appointment.starts_at, appointment.ends_at, referral.state
        from appointment join referral on referral.id = appointment.referral_id
        where appointment.id = @key and appointment.referral_id = @referral and appointment.state <> 'held'
        """;
}

/// <summary>An appointment was booked: whoever follows the referral is told.</summary>
/// <param name="ReferralId">Whose.</param>
/// <param name="AppointmentId">Which.</param>
/// <param name="SeriesId">The series that it was booked with; null for one by itself.</param>
public sealed record AppointmentBooked(Guid ReferralId, Guid AppointmentId, Guid? SeriesId = null);
